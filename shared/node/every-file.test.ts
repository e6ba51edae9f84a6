/** Rule S8: every file of a small bundle removed, renamed and swapped, and one more in every folder, as the command line says it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { filesOf, pack, unpack, type Bundle } from "../test/bundle.ts";
import { makeSmallBundle, type SmallBundle } from "../test/small-bundle.ts";
import { makeAuthority } from "../test/time-stamp-authority.ts";
import { utf8 } from "../src/base/bytes.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { sourceOfBytes } from "../src/snapshot/bytes-io.ts";
import { checkBag } from "../src/snapshot/check-bag.ts";
import { Checks } from "../src/snapshot/checks.ts";
import type { Founded } from "../src/snapshot/derive.ts";
import { Steps } from "../src/snapshot/source.ts";
import { checkCountersignatures } from "../src/snapshot/verify-more.ts";
import { checkSignature, checkTags } from "../src/snapshot/verify-tags.ts";
import { inspectSnapshot } from "../src/snapshot/verify.ts";
import { initAutomergeNode } from "./automerge.ts";
import { runCli } from "./cli/run.ts";
import { nodePages } from "./pdf-ports.ts";

// Pages are laid out anew more than a hundred times.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let folder = "";
let small: SmallBundle;
let good: Bundle;
let derived: Founded;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "every-file-"));
  small = await makeSmallBundle(await makeAuthority(join(folder, "authority")), nodePages);
  good = await unpack(small.zip);
  const looked = await inspectSnapshot(sourceOfBytes(small.zip), { pdf: nodePages });
  if (!looked.ok || !looked.value.derived) throw new Error("the small bundle is a good one");
  derived = looked.value.derived;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly code: number;
  readonly text: string;
}

async function verify(bundle: Bundle): Promise<Said> {
  const file = join(folder, "case.zip");
  await writeFile(file, await pack(bundle));
  const said = { text: "" };
  const say = (t: string): void => void (said.text += t);
  const code = await runCli(["verify", file], { out: say, err: say, isTerminal: false });
  return { code, ...said };
}

const without = (path: string): Bundle => new Map([...good].filter(([p]) => p !== path));
const withNew = (path: string): Bundle => new Map([...good, [path, utf8("x")]]);
const bytesOf = (path: string): Uint8Array => good.get(path) ?? new Uint8Array();

describe("every file of a small bundle", () => {
  it("[S8] is missed by the command line when it was removed, and named", async () => {
    expect((await verify(good)).code).toBe(0);
    for (const path of good.keys()) {
      const { code, text } = await verify(without(path));
      // What others added later may be taken out again: nobody can tell that it was there.
      if (path.includes("countersigned-")) expect(code, path).toBe(0);
      else if (path.startsWith("data/proof/") && code === 2) expect(text, path).toContain("missing or cannot be read");
      else {
        expect(code, path).toBe(1);
        expect(text, path).toMatch(new RegExp(`x (?:${path}|tagmanifest-sha256.txt|signatures/manifest.sig)`));
      }
    }
  });

  it("[S8] is missed by the command line when it was renamed", async () => {
    for (const path of good.keys()) {
      const name = `${path}.old`;
      const { code, text } = await verify(new Map([...good].map(([p, bytes]) => [p === path ? name : p, bytes])));
      if (path.includes("countersigned-")) expect([code, text], path).toEqual([0, expect.stringContaining(`! ${name}`)]);
      else {
        expect([1, 2], path).toContain(code);
        if (code === 1) expect(text, path).toContain(name);
      }
    }
  });

  it("[S8] and one that was added, in whichever folder", async () => {
    const folders = new Set([...good.keys()].map((path) => dirname(path)));
    for (const at of folders) {
      const path = at === "." ? "more.txt" : `${at}/more.txt`;
      const { code, text } = await verify(withNew(path));
      // Signatures may be added later (S10): an unknown one is remarked.
      if (at === "signatures") expect([code, text], path).toEqual([0, expect.stringContaining(`! ${path}`)]);
      else expect([code, text], path).toEqual([1, expect.stringContaining(`x ${path}`)]);
    }
  });

  it("[S8] is found when it was swapped with any other", async () => {
    const paths = [...good.keys()];
    let pairs = 0;
    for (const [i, a] of paths.entries()) {
      for (const b of paths.slice(i + 1)) {
        const bundle = new Map([...good, [a, bytesOf(b)] as const, [b, bytesOf(a)] as const]);
        const files = filesOf(bundle);
        const checks = new Checks();
        const hashes = await checkBag(files, checks, new Steps({}, 1));
        if (hashes === "cancelled") throw new Error("nobody cancels");
        await checkSignature(files, derived.statement.exporter, checks);
        await checkTags(files, hashes, derived, checks);
        await checkCountersignatures(files, derived, checks);
        const { unchanged, keys } = checks.verdict();
        const failed = [...unchanged.checks, ...keys.checks].filter((c) => c.state === "failed").map((c) => c.where);
        // A changed list is seen at what it lists, or at its signature.
        const known = [a, b, "signatures/manifest.sig", "signatures/signer.pem", "tagmanifest-sha256.txt"];
        expect(
          failed.some((where) => known.includes(where ?? "")),
          `${a} and ${b}: ${failed.join(", ")}`,
        ).toBe(true);
        pairs += 1;
      }
    }
    expect(pairs).toBe((paths.length * (paths.length - 1)) / 2);
  });
});
