import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bagFaults } from "../test/bagit.ts";
import { pack, resign, unpack, withProof, type Bundle } from "../test/bundle.ts";
import { makeHousehold, type Household } from "../test/household.ts";
import { makeAuthority, type Authority } from "../test/time-stamp-authority.ts";
import { PYTHON, TYPED } from "../test/typed.ts";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { utf8 } from "../src/base/bytes.ts";
import { sealing } from "../src/crypto/age.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { MAX_TIME } from "../src/base/time.ts";
import { decode, encode, type CborValue } from "../src/cbor/cbor.ts";
import { signKeyPair } from "../src/crypto/sign.ts";
import type { SnapshotScope } from "../src/views/snapshot.ts";
import { sourceOf } from "../src/sample/source.ts";
import { Gathered } from "../src/snapshot/bytes-io.ts";
import type { ChangeItem } from "../src/snapshot/change-rows.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { readRows, writeRows } from "../src/snapshot/rows.ts";
import { streamSnapshot } from "../src/snapshot/write.ts";
import { initAutomergeNode } from "./automerge.ts";

// Programs of others over whole bundles, on machines that may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };

let folder = "";
let house: Household;
let authority: Authority;
let zip: Uint8Array;
let good: Bundle;

/** As if it had come without the relay's note. */
function withoutNote({ note: _, ...item }: Extract<ChangeItem, { form: "disclosed" }>): ChangeItem {
  return item;
}

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "stock-"));
  house = makeHousehold();
  authority = await makeAuthority(join(folder, "authority"));
  const gathered = new Gathered();
  const stamp = { authority: "http://stamp.invalid", nonce: new Uint8Array(8).fill(3), ask: authority.answer };
  const made = await streamSnapshot({ ...sourceOf(house), stamp }, ALL, gathered.sink);
  if (!made.ok) throw new Error(made.error.code);
  zip = gathered.bytes();
  good = await unpack(zip);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
}

const tool = (cwd: string, program: string, args: readonly string[], input?: Uint8Array): Promise<Ran> =>
  new Promise((done) => {
    const child = execFile(program, [...args], { cwd }, (error, stdout, stderr) => {
      done({ code: error ? (typeof error.code === "number" ? error.code : 99) : 0, out: stdout + stderr });
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });

let next = 0;
async function unpacked(bundle: Bundle): Promise<string> {
  const at = join(folder, `bag-${String(next++)}`);
  for (const [path, bytes] of bundle) {
    await mkdir(dirname(join(at, path)), { recursive: true });
    await writeFile(join(at, path), bytes);
  }
  return at;
}

const STOCK: Readonly<Record<string, (at: string) => Promise<Ran>>> = {
  sha256sum: (at) => tool(at, "sha256sum", ["--quiet", "-c", "manifest-sha256.txt", "tagmanifest-sha256.txt"]),
  openssl: (at) =>
    tool(at, "openssl", [
      ...["pkeyutl", "-verify", "-pubin", "-inkey", "signatures/signer.pem", "-rawin"],
      ...["-in", "manifest-sha256.txt", "-sigfile", "signatures/manifest.sig"],
    ]),
  "ssh-keygen": async (at) =>
    tool(
      at,
      "ssh-keygen",
      [
        ...["-Y", "verify", "-f", "signatures/allowed_signers", "-I", "exporter"],
        ...["-n", "countersign/v1/manifest", "-s", "signatures/manifest.sshsig"],
      ],
      await readFile(join(at, "manifest-sha256.txt")),
    ),
  "openssl ts": (at) =>
    tool(at, "openssl", ["ts", "-verify", "-data", "manifest-sha256.txt", "-in", "signatures/manifest.tsr", "-CAfile", authority.root]),
  bagit: async (at) => {
    const faults = await bagFaults(at);
    return { code: faults.length === 0 ? 0 : 1, out: faults.join("\n") };
  },
  "verify.py": (at) => tool(at, PYTHON, [join(at, PATH.verifyPy)]),
};

async function refusing(bundle: Bundle): Promise<string[]> {
  const at = await unpacked(bundle);
  const refused: string[] = [];
  for (const [name, check] of Object.entries(STOCK)) if ((await check(at)).code !== 0) refused.push(name);
  return refused;
}

function flipped(path: string, at?: number): Bundle {
  const bytes = (good.get(path) ?? new Uint8Array()).slice();
  const i = at ?? Math.floor(bytes.length / 2);
  bytes[i] = (bytes[i] ?? 0) ^ 1;
  return new Map([...good, [path, bytes]]);
}

const python = async (bundle: Bundle): Promise<Ran> => {
  const file = join(folder, `py-${String(next++)}.zip`);
  await writeFile(file, await pack(bundle));
  const script = join(folder, "verify.py");
  await writeFile(script, good.get(PATH.verifyPy) ?? "");
  return tool(folder, PYTHON, [script, file]);
};

describe("stock tools", () => {
  it("[S8][S31] all pass on a fresh snapshot", async () => {
    const file = join(folder, "good.zip");
    await writeFile(file, zip);
    expect(await tool(folder, "unzip", ["-tqq", file])).toMatchObject({ code: 0 });
    const at = await unpacked(good);
    for (const [name, check] of Object.entries(STOCK)) expect(await check(at), name).toMatchObject({ code: 0 });
    expect((await python(good)).code).toBe(0);
  });

  it("[S8] each finds what is in its scope, and nobody overlooks a changed file", async () => {
    expect(await refusing(flipped(PATH.csvMessages))).toEqual(["sha256sum", "bagit", "verify.py"]);
    expect(await refusing(flipped(PATH.manifest))).toEqual(["sha256sum", "openssl", "ssh-keygen", "openssl ts", "bagit", "verify.py"]);
    expect(await refusing(flipped(PATH.signature))).toEqual(["sha256sum", "openssl", "bagit", "verify.py"]);
    expect(await refusing(flipped(PATH.sshSignature))).toEqual(["sha256sum", "ssh-keygen", "bagit", "verify.py"]);
    expect(await refusing(flipped(PATH.stamp, 60))).toEqual(["sha256sum", "openssl ts", "bagit", "verify.py"]);
    expect(await refusing(flipped(PATH.bagit, 3))).toEqual(["sha256sum", "bagit", "verify.py"]);
    const gone = new Map(good);
    gone.delete(PATH.csvSteps);
    expect(await refusing(gone)).toEqual(["sha256sum", "bagit", "verify.py"]);
    // A file that no list names: sha256sum looks only at what is listed.
    expect(await refusing(new Map([...good, ["data/extra.txt", utf8("x")]]))).toEqual(["bagit", "verify.py"]);
  });

  it("[S9] age opens what was sealed for its reader, and unzip finds it whole", async () => {
    const identity = await generateX25519Identity();
    const out = new Gathered();
    const stream = sealing({ recipient: await identityToRecipient(identity) }, out.sink);
    await stream.write(zip);
    await stream.finish();
    await writeFile(join(folder, "key"), identity);
    await writeFile(join(folder, "sealed.zip.age"), out.bytes());
    expect(await tool(folder, "age", ["-d", "-i", "key", "-o", "opened.zip", "sealed.zip.age"])).toMatchObject({ code: 0 });
    expect(await tool(folder, "unzip", ["-tqq", "opened.zip"])).toMatchObject({ code: 0 });
    const spoilt = out.bytes();
    spoilt[spoilt.length - 9] = (spoilt[spoilt.length - 9] ?? 0) ^ 1;
    await writeFile(join(folder, "spoilt.zip.age"), spoilt);
    expect((await tool(folder, "age", ["-d", "-i", "key", "-o", "x.zip", "spoilt.zip.age"])).code).not.toBe(0);
  });
});

describe("stock tools on what is spoilt", () => {
  it("[S9] age opens what was sealed under a passphrase, and nothing with another one", async () => {
    const out = new Gathered();
    const stream = sealing({ passphrase: "twelve wooden lanterns" }, out.sink);
    await stream.write(zip);
    await stream.finish();
    await writeFile(join(folder, "typed.zip.age"), out.bytes());
    // It asks on a terminal and takes it from nowhere else.
    const typing = (passphrase: string): Promise<Ran> =>
      tool(folder, PYTHON, ["-c", TYPED, passphrase, "age", "-d", "-o", "typed.zip", "typed.zip.age"]);
    expect((await typing("twelve wooden lantern")).code).not.toBe(0);
    expect(await typing("twelve wooden lanterns")).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, "typed.zip"))).toEqual(Buffer.from(zip));
  });

  it("[S8] unzip finds a byte that was changed in the archive, and an archive that is cut short", async () => {
    const changed = zip.slice();
    const middle = Math.floor(zip.length / 2);
    changed[middle] = (changed[middle] ?? 0) ^ 1;
    await writeFile(join(folder, "changed.zip"), changed);
    await writeFile(join(folder, "short.zip"), zip.subarray(0, middle));
    for (const name of ["changed.zip", "short.zip"]) expect((await tool(folder, "unzip", ["-tqq", name])).code, name).not.toBe(0);
  });
});

describe("the reader in Python, over what the exporter falsified and signed again", () => {
  const byExporter = (bundle: Bundle): Bundle => resign(bundle, house.me.device.sign);

  it("[S1][L1][E12][S32] finds another signer, a broken log, charter, checkpoint and contents", async () => {
    const hidden = house.builder.entries.findLastIndex((e) => e.channel === "expenses");
    const late = decode(good.get(PATH.statement) ?? new Uint8Array(), 1_048_576);
    if (!late.ok) throw new Error("the statement is CBOR");
    const statement = late.value as Record<string, CborValue>;
    const names = statement["names"] as readonly CborValue[];
    const dated = encode({ ...statement, at: MAX_TIME + 1 });
    const twice = encode({ ...statement, names: [names[0], names[0]] as CborValue });
    const rows = readRows(good.get(PATH.changes) ?? new Uint8Array(), 1e6, 1e6) ?? [];
    // The same entry once more, counted from the end.
    const [row] = rows.map((bytes) => decode(bytes, 1e6)).flatMap((r) => (r.ok ? [r.value as Record<string, CborValue>] : []));
    const back = encode({ ...row, n: Number(row?.["n"]) - house.builder.size - 1 });
    const cases: readonly (readonly [string, Bundle])[] = [
      ["gives one person two names", byExporter(new Map([...good, [PATH.statement, twice]]))],
      ["other parts than it may", byExporter(new Map([...good, [PATH.changes, writeRows([...rows.slice(1), encode({ ...row, z: 1 })])]]))],
      ["an entry that is not there", byExporter(new Map([...good, [PATH.changes, writeRows([...rows, back])]]))],
      ["names a time that none can be", byExporter(new Map([...good, [PATH.statement, dated]]))],
      ["not the exporter's key", resign(good, signKeyPair(new Uint8Array(32).fill(9)))],
      ["does not follow", byExporter(await withProof(good, (p) => ({ ...p, headers: p.headers.filter((_, i) => i !== 20) })))],
      ["statements for", byExporter(await withProof(good, (p) => ({ ...p, statements: p.statements.slice(0, -1) })))],
      ["signed by the log's key", byExporter(await withProof(good, (p) => ({ ...p, note: makeHousehold({ seed: 9 }).note })))],
      [
        "bound to",
        byExporter(await withProof(good, (p) => ({ ...p, rows: p.rows.map((r) => ({ ...r, items: [...r.items].reverse() })) }))),
      ],
      [
        "not of the book",
        byExporter(await withProof(good, (p) => ({ ...p, rows: p.rows.map((r) => ({ ...r, book: { ...r.book, shard: 7 } })) }))),
      ],
      ["shown twice", byExporter(await withProof(good, (p) => ({ ...p, rows: [...p.rows, ...p.rows.slice(-1)] })))],
      ["not in the order of the log", byExporter(await withProof(good, (p) => ({ ...p, rows: [...p.rows].reverse() })))],
      [
        "hash: behind them",
        byExporter(
          await withProof(good, (p) => ({
            ...p,
            headers: p.headers.map((h, i) => (i === hidden ? (house.builder.entries[i]?.leaf ?? h) : h)),
          })),
        ),
      ],
    ];
    for (const [says, bundle] of cases) {
      const { code, out } = await python(bundle);
      expect([code, out], says).toEqual([1, expect.stringContaining(says)]);
    }
    expect((await python(byExporter(good))).code).toBe(0);
  });

  it("[S25] finds a note that was taken out, and that it was said not to have come, and says whose word it is that an entry did not open", async () => {
    const stripped = await python(byExporter(await withProof(good, (p) => ({ ...p, notes: p.notes.slice(0, -1) }))));
    expect([stripped.code, stripped.out]).toEqual([1, expect.stringContaining("came with a note that was taken out")]);
    const last = house.builder.entries.findLastIndex((e) => e.channel === "expenses");
    const bare = await withProof(good, (p) => ({
      ...p,
      rows: p.rows.map((r) => (r.seq === last ? { ...r, items: r.items.map((i) => (i.form === "disclosed" ? withoutNote(i) : i)) } : r)),
    }));
    const said = await python(byExporter(bare));
    expect([said.code, said.out]).toEqual([1, expect.stringContaining("is not what the entry is bound to")]);
    const closed = await python(byExporter(await withProof(good, (p) => ({ ...p, rows: p.rows.filter((r) => r.seq !== last) }))));
    expect([closed.code, closed.out]).toEqual([0, expect.stringMatching(/1 entries that member [0-9a-f]{64} sent have no contents here/)]);
  });

  it("[S1] never shows a trace, whatever the bytes, and writes nothing", async () => {
    // Signing again writes the key anew, so a spoilt key stays as it is.
    for (const path of [PATH.statement, PATH.charter, PATH.headers, PATH.changes, PATH.checkpoint, PATH.signer]) {
      const size = good.get(path)?.length ?? 0;
      const variants = [new Uint8Array(), new Uint8Array(200).fill(0x9f), good.get(path)?.slice(0, size >> 1) ?? new Uint8Array()];
      for (const bytes of variants) {
        const { code, out } = await python(
          path === PATH.signer ? new Map([...good, [path, bytes]]) : byExporter(new Map([...good, [path, bytes]])),
        );
        // Without any row every entry is counted as one without contents, which an exporter may say.
        if (path === PATH.changes && bytes.length === 0)
          expect(out).toMatch(/! \d+ entries that member [0-9a-f]{64} sent have no contents/);
        else expect([1, 2], path).toContain(code);
        expect(out, path).not.toContain("Traceback");
      }
    }
  });

  it("[S1] cannot be made to read outside, or to unpack a bomb", async () => {
    const script = join(folder, "verify.py");
    const bag = await unpacked(good);
    await symlink("/etc/passwd", join(bag, "data/files/link.txt"));
    expect(await tool(folder, PYTHON, [script, bag])).toMatchObject({ code: 2, out: expect.stringContaining("ordinary files") as string });
    const bomb = join(folder, "bomb.zip");
    await writeFile(bomb, await pack(new Map([...good, ["data/bomb.csv", new Uint8Array(20_000_000)]])));
    expect(await tool(folder, PYTHON, [script, bomb])).toMatchObject({
      code: 2,
      out: expect.stringContaining("unpacks to far more") as string,
    });
    await writeFile(join(folder, "cut.zip"), zip.subarray(0, zip.length >> 1));
    expect((await tool(folder, PYTHON, [script, join(folder, "cut.zip")])).code).toBe(2);
    expect((await tool(folder, PYTHON, [script, join(folder, "none")])).code).toBe(2);
  });
});
