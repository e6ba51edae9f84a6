/** Files that somebody made to harm, or that came damaged: a clear sentence, no crash, and nothing is written anywhere. */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { pack, resign, unpack, type Bundle } from "../../test/bundle.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { utf8 } from "../../src/base/bytes.ts";
import { initCrypto } from "../../src/crypto/init.ts";
import { messageDraft } from "../../src/sample/acts.ts";
import { makeFile } from "../../src/sample/files.ts";
import { invoicePdf } from "../../src/sample/papers.ts";
import { sampleOf } from "../../src/sample/sample.ts";
import { sourceOf } from "../../src/sample/source.ts";
import { FILES_FOLDER, PATH } from "../../src/snapshot/paths.ts";
import { writeSnapshot } from "../../src/snapshot/write.ts";
import { initAutomergeNode } from "../automerge.ts";
import { runCli } from "./run.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ALL = { threads: "all", expenses: "all", settlement: "include", files: true } as const;
let folder = "";
let house: Household;
let whole: Uint8Array;
let good: Bundle;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "bad-input-"));
  await mkdir(join(folder, "in"));
  house = makeHousehold();
  const made = await writeSnapshot(sourceOf(house), ALL);
  if (!made.ok) throw new Error(made.error.code);
  whole = made.value.bytes;
  good = await unpack(whole);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const everything = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).sort();

/** Runs the command line on these bytes, and sees that it wrote nothing. */
async function cli(
  command: "verify" | "compare",
  bytes: Uint8Array,
): Promise<{ readonly code: number; readonly err: string; readonly out: string }> {
  const file = join(folder, "in", "given.zip");
  await writeFile(file, bytes);
  const before = await everything();
  const said = { out: "", err: "" };
  const args = command === "compare" ? ["compare", file, file] : ["verify", file];
  const code = await runCli(args, { out: (t) => (said.out += t), err: (t) => (said.err += t), isTerminal: false });
  expect(await everything()).toEqual(before);
  return { code, ...said };
}

/** The same archive with another name of the same length in it. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const out = Buffer.from(bytes);
  for (let at = out.indexOf(from); at >= 0; at = out.indexOf(from, at + 1)) out.write(to, at, "latin1");
  return new Uint8Array(out);
}

const newer = (): Bundle => {
  const bytes = good.get(PATH.statement)?.slice() ?? new Uint8Array();
  bytes[Buffer.from(bytes).indexOf(Buffer.from([0x61, 0x76, 0x01])) + 2] = 2;
  return resign(new Map([...good, [PATH.statement, bytes]]), house.me.device.sign);
};

describe("a file that cannot be read as a snapshot", () => {
  const plain = (): Record<string, Uint8Array> => Object.fromEntries(good);
  const CASES: readonly (readonly [string, string, () => Uint8Array | Promise<Uint8Array>])[] = [
    [
      "a ZIP bomb",
      "unpacks to far more than it should",
      () => zipSync({ ...plain(), "data/bomb.csv": new Uint8Array(60_000_000) }, { level: 9 }),
    ],
    ["a name that climbs out", "file names that a snapshot never has", () => zipSync({ ...plain(), "../../outside.txt": utf8("x") })],
    ["an absolute name", "file names that a snapshot never has", () => zipSync({ ...plain(), "/tmp/outside.txt": utf8("x") })],
    ["a name of another system", "file names that a snapshot never has", () => zipSync({ ...plain(), "data\\..\\outside.txt": utf8("x") })],
    [
      "a link",
      "packed in an unusual way",
      () => zipSync({ ...plain(), "data/link": [utf8("/etc/passwd"), { os: 3, attrs: 0o120777 << 16 }] }),
    ],
    [
      "one name twice",
      "file names that a snapshot never has",
      () => renamed(zipSync({ "bagit.txt": utf8("1"), "bagat.txt": utf8("2") }), "bagat", "bagit"),
    ],
    ["one name twice but for its case", "file names that a snapshot never has", () => zipSync({ ...plain(), "BAGIT.txt": utf8("x") })],
    ["a download that was cut off", "ends too early", () => whole.subarray(0, Math.floor(whole.length * 0.7))],
    ["a download that was cut off at its end", "ends too early", () => whole.subarray(0, whole.length - 1)],
    ["an empty file", "not a ZIP archive", () => new Uint8Array()],
    ["another archive", "not a snapshot", () => zipSync({ "letter.txt": utf8("Dear") })],
    ["a later version", "made by a newer version", () => pack(newer())],
  ];
  for (const [what, sentence, make] of CASES) {
    it(`[S7] ${what}: exit 2 and a sentence, from verify and compare, and nothing is written`, async () => {
      const bytes = await make();
      for (const command of ["verify", "compare"] as const) {
        const { code, err } = await cli(command, bytes);
        expect([command, code, err]).toEqual([command, 2, expect.stringContaining(sentence)]);
        expect(err.trim().split("\n").length).toBe(1);
      }
    });
  }

  it("[S7] any part of a real one, cut at every place where a file begins, is never a crash", async () => {
    const places = [...whole.keys()].filter((at) => whole[at] === 0x50 && whole[at + 1] === 0x4b);
    for (const at of places) expect((await cli("verify", whole.subarray(0, at))).code, String(at)).toBe(2);
  });
});

describe("an attachment that needs a password", () => {
  it("[R6][S8] goes into the snapshot and comes out of it as the bytes that it is", async () => {
    const plain = join(folder, "plain.pdf");
    const locked = join(folder, "locked.pdf");
    await writeFile(plain, invoicePdf(["Private"]));
    expect(spawnSync("qpdf", ["--encrypt", "secret", "owner", "256", "--", plain, locked]).status).toBe(0);
    const bytes = new Uint8Array(await readFile(locked));
    expect(spawnSync("qpdf", ["--check", locked]).status).not.toBe(0);
    const home = makeHousehold({ seed: 3 });
    const file = makeFile("locked.pdf", "application/pdf", bytes, (n) => new Uint8Array(n).fill(9));
    home.family.files.set(file.record.id, file);
    const at = (home.family.now += 60_000);
    home.family.write(home.me.device, [messageDraft({ at, text: "The report, as I got it.", subject: "Report", files: [file] })]);
    const made = await writeSnapshot(sourceOf(sampleOf(home.family, home.zone)), ALL);
    if (!made.ok) throw new Error(made.error.code);
    const { code, out } = await cli("verify", made.value.bytes);
    expect([code, out]).toEqual([0, expect.stringContaining("Unchanged: good\n")]);
    const inside = await unpack(made.value.bytes);
    expect([...inside].filter(([path]) => path.startsWith(FILES_FOLDER) && path.endsWith("locked.pdf")).map(([, b]) => b)).toEqual([bytes]);
  });
});

describe("a time-stamp authority that answers nonsense", () => {
  const ANSWERS: Readonly<Record<string, RequestListener>> = {
    "an empty answer": (_, reply) => void reply.end(),
    "a web page": (_, reply) => void reply.end("<html>Welcome</html>"),
    "a refusal": (_, reply) => void reply.writeHead(500).end("no"),
    "a way elsewhere": (_, reply) => void reply.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
    "more than any authority gives": (_, reply) => void reply.end(Buffer.alloc(2_000_000, 0x30)),
    "a broken answer in DER": (_, reply) => void reply.end(Buffer.from("3003020100", "hex")),
    "an end in the middle": (_, reply) => {
      reply.writeHead(200, { "content-length": "5000" });
      reply.write("30");
      reply.destroy();
    },
  };
  for (const [what, listener] of Object.entries(ANSWERS)) {
    it(`[S14] ${what}: a sentence, and no file is left`, async () => {
      const server = createServer(listener);
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const { port } = server.address() as AddressInfo;
      const file = join(folder, "in", "given.zip");
      await writeFile(file, whole);
      const before = await everything();
      const said = { text: "" };
      const say = (t: string): void => void (said.text += t);
      const args = ["stamp", file, "--authority", `http://127.0.0.1:${String(port)}/`, "--out", join(folder, "stamped.zip")];
      try {
        expect(await runCli(args, { out: say, err: say, isTerminal: false })).not.toBe(0);
      } finally {
        server.closeAllConnections();
        server.close();
      }
      expect(said.text).toMatch(/could not be reached|no time stamp|refused/);
      expect(await everything()).toEqual(before);
    });
  }
});
