import { ESLint, Linter } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { ROOT, inRoot } from "../lib/paths.mjs";
import { importArrow, refusal } from "./import-arrow.mjs";

/** @param {string} file @param {string} code @returns {string[]} */
function lint(file, code) {
  const linter = new Linter({ cwd: ROOT });
  return linter
    .verify(
      code,
      [
        {
          files: ["**/*.ts", "**/*.tsx"],
          languageOptions: { parser: /** @type {any} */ (tseslint.parser) },
          plugins: { countersign: { rules: { "import-arrow": importArrow } } },
          rules: { "countersign/import-arrow": "error" },
        },
      ],
      inRoot(file),
    )
    .map((message) => message.message);
}

describe("the import arrows", () => {
  it.each([
    ["shared/src/log/note.ts", 'import x from "../../../web/src/main.tsx";'],
    ["shared/src/log/note.ts", 'import x from "../../node/automerge.ts";'],
    ["shared/src/log/note.ts", 'import x from "@countersign/sync-server/src/main";'],
    ["shared/src/log/note.ts", 'import { readFile } from "node:fs/promises";'],
    ["shared/src/log/note.ts", 'import fs from "fs";'],
    ["shared/src/log/note.ts", 'import { WebSocket } from "ws";'],
    ["shared/src/log/note.ts", 'import Database from "libsql";'],
    ["shared/src/log/note.ts", 'import sodium from "libsodium-wrappers-sumo";'],
    ["shared/src/log/note.ts", 'export * from "node:crypto";'],
    ["shared/src/log/note.ts", 'export { x } from "node:crypto";'],
    ["shared/src/log/note.ts", 'await import("node:crypto");'],
    ["shared/src/log/note.ts", 'type T = import("node:crypto").KeyObject;'],
    ["shared/src/log/note.ts", 'import type { X } from "../sync/ports.ts";'],
    ["shared/src/new/note.ts", 'import { x } from "../base/result.ts";'],
    ["shared/src/base/note.ts", 'import { x } from "../new/note.ts";'],
    ["shared/node/main.ts", 'import x from "../../sync-server/src/main.ts";'],
    ["web/src/main.tsx", 'import x from "../../desktop/src/main.ts";'],
    ["web/src/main.tsx", 'import x from "@countersign/shared/node/automerge";'],
    ["web/src/main.tsx", 'import x from "node:path";'],
    ["web/src/main.tsx", 'import sodium from "libsodium-wrappers-sumo";'],
    ["sync-server/src/main.ts", 'import x from "@countersign/web/src/main";'],
    ["desktop/src/main.ts", 'import x from "../../web/src/main.tsx";'],
    ["desktop/src/main.ts", 'import x from "../../sync-server/src/main.ts";'],
    ["desktop/src/main.test.ts", 'import x from "@countersign/e2e/src/relay";'],
  ])("[architecture] refuses in %s: %s", (file, code) => {
    expect(lint(file, code)).toHaveLength(1);
  });

  it.each([
    ["shared/src/log/note.ts", 'import x from "../base/result.ts"; import { z } from "zod";'],
    ["shared/src/crypto/init.ts", 'import sodium from "libsodium-wrappers-sumo";'],
    ["shared/src/replica/note.ts", 'import { x } from "../sync/ports.ts"; import { y } from "./core.ts";'],
    ["shared/src/log/note.test.ts", 'import { x } from "../sync/ports.ts";'],
    ["shared/src/log/note.test.ts", 'import { readFileSync } from "node:fs"; import x from "../../node/automerge.ts";'],
    ["shared/node/main.ts", 'import x from "../src/base/result.ts"; import { WebSocket } from "ws"; import fs from "node:fs";'],
    ["web/src/main.tsx", 'import x from "@countersign/shared/base/result"; import y from "./app.tsx"; import React from "react";'],
    ["sync-server/src/main.ts", 'import x from "@countersign/shared/base/result"; import fs from "node:fs";'],
    ["desktop/src/main.ts", 'import x from "@countersign/shared/base/csp"; import page from "../../web/dist/index.html";'],
    ["e2e/tests/all.spec.ts", 'import x from "../../web/src/main.tsx"; import y from "@countersign/sync-server/src/main";'],
  ])("[architecture] lets through in %s: %s", (file, code) => {
    expect(lint(file, code)).toEqual([]);
  });

  it("[architecture] says what is allowed", () => {
    expect(refusal("web/src/main.tsx", "@countersign/desktop/src/main")).toBe(
      "web may import web, shared/src, and nothing else of ours: not 'desktop/src/main'",
    );
  });

  it("[architecture] the lint that everyone runs holds the arrows in every folder", async () => {
    const eslint = new ESLint({ cwd: ROOT });
    for (const file of ["shared/src/a.ts", "shared/node/a.ts", "web/src/a.tsx", "desktop/src/a.ts", "sync-server/src/a.ts"]) {
      const config = await eslint.calculateConfigForFile(inRoot(file));
      expect(config.rules["countersign/import-arrow"]).toEqual([2]);
    }
  });
});
