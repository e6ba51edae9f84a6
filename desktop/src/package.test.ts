import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const settings = readFileSync(path.join(import.meta.dirname, "..", "..", "electron-builder.yml"), "utf8");

/** The lines below a top-level key, as name and value. */
function section(name: string): Record<string, string> {
  const body = new RegExp(`^${name}:\\n((?:  .*\\n?)+)`, "m").exec(settings)?.[1] ?? "";
  return Object.fromEntries([...body.matchAll(/^ {2}(\w+): (.+)$/gm)].map((line) => [line[1] ?? "", line[2] ?? ""]));
}

describe("the shipped package", () => {
  it("[desktop] is fused shut: no general Node.js, no debugger, no code but its own", () => {
    expect(section("electronFuses")).toEqual({
      runAsNode: "false",
      enableCookieEncryption: "true",
      enableNodeOptionsEnvironmentVariable: "false",
      enableNodeCliInspectArguments: "false",
      enableEmbeddedAsarIntegrityValidation: "true",
      onlyLoadAppFromAsar: "true",
      loadBrowserProcessSpecificV8Snapshot: "false",
      grantFileProtocolExtraPrivileges: "false",
    });
  });

  it("[desktop] names a target for each system", () => {
    expect(section("linux")["target"]).toBe("[dir]");
    expect(section("win")["target"]).toBe("[nsis]");
    expect(section("mac")["target"]).toBe("[dmg]");
  });
});
