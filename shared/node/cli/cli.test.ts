import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";
import { sealing } from "../../src/crypto/age.ts";
import { Gathered } from "../../src/snapshot/bytes-io.ts";
import { makeAuthority } from "../../test/time-stamp-authority.ts";
import { makeHousehold } from "../../test/household.ts";
import { pack, unpack } from "../../test/bundle.ts";
import { initCrypto } from "../../src/crypto/init.ts";
import { encodeProof } from "../../src/fault-proof/file.ts";
import { signCheckpoint } from "../../src/log/checkpoint.ts";
import { sampleOf } from "../../src/sample/sample.ts";
import { sourceOf } from "../../src/sample/source.ts";
import { PATH } from "../../src/snapshot/paths.ts";
import { writeSnapshot } from "../../src/snapshot/write.ts";
import { initAutomergeNode } from "../automerge.ts";
import { runCli } from "./run.ts";

vi.setConfig({ testTimeout: 60_000 });
const run = promisify(execFile);

let folder = "";
let good = "";

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "snapshot-"));
  good = join(folder, "good.zip");
  const made = await writeSnapshot(sourceOf(makeHousehold()), { threads: "all", expenses: "all", settlement: "include", files: true });
  if (!made.ok) throw new Error(made.error.code);
  await writeFile(good, made.value.bytes);
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A proof file of a relay that signed two histories of one log. */
async function proofOf(name: string, root: number): Promise<string> {
  const home = makeHousehold();
  const [found] = home.builder.statements;
  if (!found) throw new Error("a founding");
  const known = home.builder.known();
  const other = { ...known, origin: home.builder.origin, root: known.root.map((b) => b ^ root) };
  const path = join(folder, name);
  const claim = { t: "fork", a: known.note, b: signCheckpoint(other, home.builder.logKey.secretKey) } as const;
  await writeFile(path, encodeProof({ v: 1, c: [{ n: 0, t: found.time, b: found.signed.bytes }], f: claim }));
  return path;
}

async function cli(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const code = await runCli(args, { out: (t) => (said.out += t), err: (t) => (said.err += t), isTerminal: false });
  return { code, ...said };
}

describe("what is printed", () => {
  it("[S7] lets no name and no reason of the exporter's begin a line, or turn one", async () => {
    const source = sourceOf(makeHousehold());
    const lie = "\n  + All is well.\u2028\u202e\u001b[31m";
    const names = source.names.map((n) => ({ ...n, name: `${n.name}${lie}` }));
    const record = makeHousehold().expenses.settled.record;
    const redact = { reason: `It is nobody's business.${lie}`, records: [record], files: [] };
    const made = await writeSnapshot({ ...source, names }, { threads: "all", expenses: "all", settlement: "include", files: true, redact });
    if (!made.ok) throw new Error(made.error.code);
    const path = join(folder, "lines.zip");
    await writeFile(path, made.value.bytes);
    const { code, out } = await cli("verify", path);
    expect(code).toBe(0);
    expect(out).toContain("It is nobody's business.[U+000A]  + All is well.[U+2028][U+202E][U+001B][31m");
    expect(out.split("\n").filter((line) => line.startsWith("  + All is well"))).toEqual([]);
  });
});

describe("a snapshot sealed for its reader", () => {
  it("[S9] is opened with a passphrase from a file, says so without one, and leaves nothing where it does not open", async () => {
    const sealed = join(folder, "sealed.zip.age");
    const out = new Gathered();
    const stream = sealing({ passphrase: "three quiet ducks" }, out.sink);
    await stream.write(new Uint8Array(await readFile(good)));
    await stream.finish();
    await writeFile(sealed, out.bytes());
    const [right, wrong] = [join(folder, "right"), join(folder, "wrong")];
    await writeFile(right, "three quiet ducks\n");
    await writeFile(wrong, "three loud ducks\n");
    expect(await cli("verify", sealed)).toMatchObject({ code: 2, err: expect.stringContaining("sealed for its reader") as string });
    expect(await cli("verify", sealed, "--passphrase-file", wrong)).toMatchObject({
      code: 2,
      err: expect.stringContaining("does not open") as string,
    });
    expect((await cli("verify", sealed, "--passphrase-file", right)).code).toBe(0);
    const plain = join(folder, "opened.zip");
    expect((await cli("open", sealed, "--out", plain, "--passphrase-file", wrong)).code).toBe(2);
    expect((await readdir(folder)).filter((f) => f.includes("opened"))).toEqual([]);
    expect((await cli("open", sealed, "--out", plain, "--passphrase-file", right)).code).toBe(0);
    expect((await readFile(plain)).equals(await readFile(good))).toBe(true);
    expect((await cli("open", good, "--out", plain)).err).toContain("not sealed");
  });

  it("[S14] gets a time stamp later, or says why not", async () => {
    const authority = await makeAuthority(join(folder, "authority"));
    const server = createServer((request, reply) => {
      void (async () => {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        reply.end(request.url === "/nonsense" ? "nonsense" : await authority.answer(new Uint8Array(Buffer.concat(pieces))));
      })();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const address = `http://127.0.0.1:${String(port)}`;
    const stamped = join(folder, "stamped.zip");
    try {
      expect((await cli("stamp", good, "--authority", `${address}/nonsense`, "--out", stamped)).err).toContain("no time stamp");
      expect((await readdir(folder)).filter((f) => f.includes("stamped"))).toEqual([]);
      expect(await cli("stamp", good, "--authority", address, "--out", stamped)).toMatchObject({ code: 0 });
    } finally {
      server.close();
    }
    expect((await cli("verify", stamped)).out).toContain("Test TSA");
    expect((await cli("stamp", stamped, "--authority", address, "--out", stamped)).err).toContain("has a time stamp already");
    expect((await cli("stamp", good, "--authority", "http://127.0.0.1:9", "--out", stamped)).err).toContain("could not be reached");
  });
});

describe("countersign verify", () => {
  it("[S7] prints the three parts and ends with 0 where nothing failed", async () => {
    const { code, out } = await cli("verify", good);
    expect(code).toBe(0);
    expect(out).toContain("Unchanged: good\n");
    expect(out).toContain("Complete in its scope: good\n");
    expect(out).toContain("Who holds the keys: good, with remarks\n");
    expect(out).toContain("only the exporter's word");
    expect(out.toLowerCase()).not.toMatch(/\bverified\b|tamper-proof|certified|admissible/);
  });

  it("[S7] ends with 1 and names the place where something failed", async () => {
    const bundle = await unpack(new Uint8Array(await readFile(good)));
    const page = bundle.get(PATH.csvMessages)?.slice() ?? new Uint8Array();
    page[200] = (page[200] ?? 0) ^ 1;
    const spoilt = join(folder, "spoilt.zip");
    await writeFile(spoilt, await pack(new Map([...bundle, [PATH.csvMessages, page]])));
    const plain = await cli("verify", spoilt);
    expect(plain.code).toBe(1);
    expect(plain.out).toContain(`x ${PATH.csvMessages}: `);
    const json = JSON.parse((await cli("verify", spoilt, "--json")).out) as { readable: boolean; unchanged: { state: string } };
    expect(json).toMatchObject({ readable: true, unchanged: { state: "failed" } });
  });

  it("[S7] ends with 2 and a sentence where the file is no snapshot", async () => {
    const other = join(folder, "notes.txt");
    await writeFile(other, "not a snapshot");
    const whole = new Uint8Array(await readFile(good));
    await writeFile(join(folder, "cut.zip"), whole.subarray(0, whole.length / 2));
    for (const [path, words] of [
      [other, "not a ZIP archive"],
      [join(folder, "cut.zip"), "ends too early"],
      [join(folder, "none.zip"), "no such file"],
      [folder, "no file"],
    ] as const) {
      const { code, err } = await cli("verify", path);
      expect([code, err]).toEqual([2, expect.stringContaining(words)]);
    }
    expect(JSON.parse((await cli("verify", other, "--json")).out)).toMatchObject({ readable: false, code: "snapshot-not-zip" });
  });

  it("[S7] explains itself, and what it does not know it says", async () => {
    expect(await cli("--help")).toMatchObject({ code: 0, out: expect.stringContaining("Usage:") as string });
    for (const args of [
      [],
      ["frobnicate"],
      ["verify"],
      ["verify", "a", "b"],
      ["verify", "--what", "a"],
      ["sample"],
      ["sample", "--out", "x", "--years", "0"],
      ["sample", "--out", "x", "--seed", "y"],
    ]) {
      expect(await cli(...args)).toMatchObject({ code: 2, err: expect.stringContaining("Usage:") as string });
    }
  });
});

describe("countersign sample", () => {
  it("[S1] writes a snapshot that verifies, the same for the same seed", async () => {
    const paths = [join(folder, "one.zip"), join(folder, "two.zip")] as const;
    for (const path of paths) expect((await cli("sample", "--years", "0.08", "--seed", "4", "--out", path)).code).toBe(0);
    expect((await readFile(paths[0])).equals(await readFile(paths[1]))).toBe(true);
    expect((await cli("verify", paths[0])).code).toBe(0);
  });
});

describe("stock tools alone", () => {
  it("[S8] unpack, hash and check the signature, and find a changed file and a changed manifest", async () => {
    const at = join(folder, "unpacked");
    await run("unzip", ["-q", good, "-d", at]).catch(async () => run("python3", ["-m", "zipfile", "-e", good, at]));
    expect((await readdir(at)).sort()).toEqual([
      "bag-info.txt",
      "bagit.txt",
      "data",
      "manifest-sha256.txt",
      "signatures",
      "tagmanifest-sha256.txt",
    ]);
    const sums = (list: string): ReturnType<typeof run> => run("sha256sum", ["--strict", "-c", list], { cwd: at });
    const signature = (): ReturnType<typeof run> =>
      run("openssl", ["pkeyutl", "-verify", "-pubin", "-inkey", PATH.signer, "-rawin", "-in", PATH.manifest, "-sigfile", PATH.signature], {
        cwd: at,
      });
    expect((await sums(PATH.manifest)).stdout).toContain(`${PATH.start}: OK`);
    await sums(PATH.tagManifest);
    expect((await signature()).stdout).toContain("Signature Verified Successfully");
    // The commands that page one gives are these.
    const start = await readFile(join(at, PATH.start), "utf8");
    expect(start).toContain("sha256sum -c manifest-sha256.txt");
    expect(start).toContain(
      "openssl pkeyutl -verify -pubin -inkey signatures/signer.pem -rawin -in manifest-sha256.txt -sigfile signatures/manifest.sig",
    );

    const page = await readFile(join(at, PATH.expenses));
    page[500] = (page[500] ?? 0) ^ 1;
    await writeFile(join(at, PATH.expenses), page);
    await expect(sums(PATH.manifest)).rejects.toMatchObject({ stdout: expect.stringContaining(`${PATH.expenses}: FAILED`) as string });
    const list = await readFile(join(at, PATH.manifest));
    list[3] = (list[3] ?? 0) ^ 1;
    await writeFile(join(at, PATH.manifest), list);
    await expect(signature()).rejects.toThrow();
  });
});

describe("countersign proof", () => {
  it("[F3][F4] ends with 0 where the proof holds, names the relay and says what it can't show", async () => {
    const { code, out } = await cli("proof", await proofOf("fork.countersign-proof", 1));
    expect(code).toBe(0);
    expect(out).toContain("The proof holds against relay relay.example.\n");
    expect(out).toMatch(/Signed by the log's key: \d+ entries/);
    expect(out).toContain("can't tell from the file alone");
  });

  it("[F3] ends with 1 and the reason where one note stands in it twice, also as JSON", async () => {
    const path = await proofOf("twice.countersign-proof", 0);
    expect(await cli("proof", path)).toMatchObject({ code: 1, out: expect.stringContaining("do not contradict") as string });
    const { code, out } = await cli("proof", path, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ readable: true, holds: false, reason: "agree", relay: "relay.example" });
  });

  it("[F3] ends with 2 where there is no such file, or another one, or two", async () => {
    expect(await cli("proof", join(folder, "none"))).toMatchObject({ code: 2, err: "There is no such file.\n" });
    expect(await cli("proof", good)).toMatchObject({ code: 2, err: "This is no proof file of Countersign.\n" });
    expect(JSON.parse((await cli("proof", good, "--json")).out)).toMatchObject({ readable: false, code: "proof-none" });
    expect((await cli("proof", good, good)).code).toBe(2);
    expect((await cli("proof", good, "--loud")).code).toBe(2);
  });
});

describe("countersign compare", () => {
  it("[S11] ends with 0 where two agree, 1 with a proof where the relay told two histories, 2 where there is nothing to compare", async () => {
    const path = async (name: string, text: string | undefined, seed = 1): Promise<string> => {
      const home = makeHousehold({ seed });
      const [first] = home.threads;
      if (!first) throw new Error("a thread");
      if (text !== undefined) home.family.send(home.family.a, { at: (home.family.now += 60_000), text, thread: first.thread });
      const scope = { threads: "all", expenses: "all", settlement: "include", files: false } as const;
      const made = await writeSnapshot(sourceOf({ ...home, ...sampleOf(home.family, home.zone) }), scope);
      if (!made.ok) throw new Error(made.error.code);
      const file = join(folder, name);
      await writeFile(file, made.value.bytes);
      return file;
    };
    const [a, b, c] = [await path("a.zip", "to one"), await path("b.zip", "to the other"), await path("c.zip", undefined)];
    const later = await cli("compare", a, c);
    expect(later.code).toBe(0);
    expect(later.out).toContain("later: only in A 1, only in B 0");
    const proof = join(folder, "found.countersign-proof");
    const fork = await cli("compare", a, b, "--proof", proof);
    expect(fork.code).toBe(1);
    expect(fork.out).toContain("two different histories");
    expect((await cli("proof", proof)).code).toBe(0);
    expect(JSON.parse((await cli("compare", a, b, "--json")).out)).toMatchObject({
      agrees: false,
      hasProof: true,
      counts: { fork: { a: 1, b: 1 } },
    });
    expect(await cli("compare", a, await path("d.zip", undefined, 2))).toMatchObject({
      code: 2,
      err: expect.stringContaining("two different records") as string,
    });
    expect((await cli("compare", a, join(folder, "none"))).code).toBe(2);
    expect((await cli("compare", a)).code).toBe(2);
    const out = new Gathered();
    const stream = sealing({ passphrase: "three quiet ducks" }, out.sink);
    await stream.write(new Uint8Array(await readFile(c)));
    await stream.finish();
    const [sealed, right, wrong] = [join(folder, "c.zip.age"), join(folder, "right"), join(folder, "wrong")];
    await writeFile(sealed, out.bytes());
    await writeFile(right, "three quiet ducks\n");
    await writeFile(wrong, "three loud ducks\n");
    expect((await cli("compare", a, sealed, "--passphrase-file", right)).out).toBe(later.out);
    expect((await cli("compare", sealed, sealed, "--passphrase-file", right)).code).toBe(0);
    const without = await cli("compare", a, sealed);
    expect([without.code, without.err]).toEqual([2, expect.stringMatching(/c\.zip\.age: .*sealed for its reader/)]);
    const not = await cli("compare", sealed, a, "--passphrase-file", wrong, "--json");
    expect([not.code, JSON.parse(not.out)]).toEqual([2, expect.objectContaining({ readable: false, code: "seal-wrong" })]);
  });
});
