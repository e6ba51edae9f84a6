import { zipSync } from "fflate";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { pack, resign, unpack, withProof, type Bundle } from "../../test/bundle.ts";
import type { HeldProof } from "../../test/held.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { utf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair } from "../crypto/sign.ts";
import type { CheckView, SnapshotReport, SnapshotScope } from "../views/snapshot.ts";
import { sourceOf } from "../sample/source.ts";
import { FILES_FOLDER, PATH } from "./paths.ts";
import { inspectSnapshot, verifySnapshot } from "./verify.ts";
import { writeSnapshot } from "./write.ts";

// Every case writes or reads whole bundles, on machines that may be slow.
vi.setConfig({ testTimeout: 60_000 });

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
let house: Household;
let good: Bundle;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  house = makeHousehold();
  const made = await writeSnapshot(sourceOf(house), ALL);
  if (!made.ok) throw new Error(made.error.code);
  good = await unpack(made.value.bytes);
}, 60_000);

async function check(bundle: Bundle): Promise<SnapshotReport> {
  const read = await verifySnapshot(await pack(bundle));
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

async function failures(bundle: Bundle): Promise<CheckView[]> {
  const { verdict } = await check(bundle);
  return [verdict.unchanged, verdict.complete, verdict.keys].flatMap((p) => p.checks.filter((c) => c.state === "failed"));
}

const lastOf = (channel: string): number => house.builder.entries.findLastIndex((e) => e.channel === channel);

/** By the exporter, who can sign whatever they like. */
const byExporter = (bundle: Bundle): Bundle => resign(bundle, house.me.device.sign);

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const out = bytes.slice();
  out[at] = (out[at] ?? 0) ^ 1;
  return out;
}

const edited = (path: string, change: (text: string) => string): Bundle => {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(good.get(path) ?? new Uint8Array());
  const next = change(text);
  if (next === text) throw new Error("the edit changed nothing");
  return new Map([...good, [path, utf8(next)]]);
};

const attachment = (): string => [...good.keys()].find((p) => p.startsWith(FILES_FOLDER)) ?? "";

describe("a copy that somebody without the key spoilt", () => {
  it("[S8] is found with the file's name, whichever file lost one bit", async () => {
    expect((await failures(good)).length).toBe(0);
    for (const [path, bytes] of good) {
      const middle = Math.floor(bytes.length / 2);
      for (const at of path.startsWith("signatures/") ? [0, middle, bytes.length - 1] : [middle]) {
        const found = await failures(new Map([...good, [path, flipped(bytes, at)]]));
        // A changed line of the manifest is seen at the file that it lists, and by its signature.
        const place = path === PATH.manifest ? PATH.signature : path;
        expect(
          found.map((f) => (f.where ?? "").split(",")[0]),
          `${path} at ${String(at)}`,
        ).toContain(place);
      }
    }
  }, 240_000);

  it("[S8] is found when a file was removed, added, renamed or two were swapped", async () => {
    const path = attachment();
    const removed = new Map(good);
    removed.delete(path);
    expect(await failures(removed)).toContainEqual(expect.objectContaining({ key: "file-missing", where: path }));
    const added = new Map([...good, ["data/files/extra.txt", utf8("x")]]);
    expect(await failures(added)).toContainEqual(expect.objectContaining({ key: "file-added", where: "data/files/extra.txt" }));
    const renamed = new Map([...removed, ["data/files/other.pdf", good.get(path) ?? new Uint8Array()]]);
    expect((await failures(renamed)).map((f) => f.where)).toEqual(expect.arrayContaining([path, "data/files/other.pdf"]));
    const [a, b] = [good.get(PATH.messages), good.get(PATH.expenses)];
    if (!a || !b) throw new Error("both pages are there");
    const swapped = new Map([...good, [PATH.messages, b] as const, [PATH.expenses, a] as const]);
    expect((await failures(swapped)).filter((f) => f.key === "file-changed").map((f) => f.where)).toEqual([PATH.messages, PATH.expenses]);
  }, 60_000);

  it("[S20] is told from one that another program only packed again", async () => {
    const again = zipSync(Object.fromEntries(good));
    const read = await verifySnapshot(again);
    if (!read.ok) throw new Error(read.error.code);
    const { unchanged } = read.value.verdict;
    expect(unchanged.checks.filter((c) => c.state !== "good")).toEqual([
      expect.objectContaining({ key: "archive-other", state: "remarks" }),
    ]);
  });

  it("[S7] is found when lists and signature were made anew with a key of their own", async () => {
    const stranger = signKeyPair(new Uint8Array(32).fill(9));
    const found = await failures(
      resign(
        edited(PATH.csvExpenses, (t) => t.replace("120.00", "920.00")),
        stranger,
      ),
    );
    expect(found.map((f) => f.key)).toEqual(expect.arrayContaining(["signature-false", "records-differ"]));
    const claimed = resign(
      await withProof(good, (p) => ({
        ...p,
        statement: { ...p.statement, exporter: stranger.publicKey.reduce((h, b) => h + b.toString(16).padStart(2, "0"), "") as never },
      })),
      stranger,
    );
    expect((await failures(claimed)).map((f) => f.key)).toContain("exporter-unknown");
  });
});

describe("a snapshot that its own exporter falsified and signed again", () => {
  const altered: readonly (readonly [string, string, (t: string) => string])[] = [
    ["a page", PATH.messages, (t) => t.replace("rubber boots", "rubber coats")],
    ["a table", PATH.csvSteps, (t) => t.replace("75.01", "15.01")],
    ["the lines for programs", PATH.records, (t) => t.replace('"state":"refused"', '"state":"approved"')],
    ["the first page", PATH.start, (t) => t.replace("Settlement talk: included", "Settlement talk: none")],
  ];
  for (const [what, path, change] of altered) {
    it(`[S1] is found where ${what} says something else than the signed changes`, async () => {
      const found = await failures(byExporter(edited(path, change)));
      expect(found).toEqual([expect.objectContaining({ key: "records-differ", where: path })]);
      expect(found[0]?.values?.["line"]).toBeGreaterThan(0);
    });
  }

  const proofs: readonly (readonly [string, string, (p: HeldProof) => HeldProof])[] = [
    ["drops an entry's changes", "records-differ", (p) => ({ ...p, rows: p.rows.slice(0, -1) })],
    ["drops an entry from the log", "log-false", (p) => ({ ...p, headers: p.headers.filter((_, i) => i !== 20) })],
    [
      "hides the end of a channel behind a bare hash",
      "unread",
      (p) => ({
        ...p,
        headers: p.headers.map((h, i) => (i === lastOf("expenses") ? (house.builder.entries[i]?.leaf ?? h) : h)),
        rows: p.rows.filter((r) => r.seq !== lastOf("expenses")),
      }),
    ],
    [
      "ends the log early under the old checkpoint",
      "checkpoint-false",
      (p) => ({ ...p, headers: p.headers.slice(0, -2), rows: p.rows.slice(0, -2) }),
    ],
    [
      "swaps two changes of an entry",
      "contents-false",
      (p) => ({ ...p, rows: p.rows.map((r) => ({ ...r, items: [...r.items].reverse() })) }),
    ],
    [
      "moves changes to another entry",
      "contents-false",
      (p) => ({ ...p, rows: p.rows.map((r, i) => (i === 3 ? { ...r, seq: r.seq + 1 } : r)) }),
    ],
    ["shows an entry twice", "contents-false", (p) => ({ ...p, rows: [...p.rows, ...p.rows.slice(-1)] })],
    ["leaves a statement out of the charter", "charter-false", (p) => ({ ...p, statements: p.statements.filter((_, i) => i !== 5) })],
    ["cuts the charter short", "charter-false", (p) => ({ ...p, statements: p.statements.slice(0, -1) })],
    [
      "splices another household's charter in",
      "charter-false",
      (p) => ({ ...p, statements: makeHousehold({ seed: 9 }).builder.statements.map((s) => s.signed.bytes) }),
    ],
    ["shows another household's checkpoint", "checkpoint-false", (p) => ({ ...p, note: makeHousehold({ seed: 9 }).note })],
  ];
  for (const [what, key, change] of proofs) {
    it(`[S3][L1] is found where it ${what}`, async () => {
      expect((await failures(byExporter(await withProof(good, change)))).map((f) => f.key)).toContain(key);
    });
  }

  it("[S2] is found where something was left out that the stated scope covers", async () => {
    const part = await writeSnapshot(sourceOf(house), { ...ALL, expenses: [house.expenses.settled.record] });
    if (!part.ok) throw new Error(part.error.code);
    const claims = await withProof(await unpack(part.value.bytes), (p) => ({ ...p, statement: { ...p.statement, scope: ALL } }));
    expect((await failures(byExporter(claims))).map((f) => f.key)).toContain("left-out-unfounded");
  });

  it("[S2] is found where only the refusal of a shown expense was left out", async () => {
    const refusal = house.expenses.refused.seq + 1;
    const hidden = await withProof(good, (p) => ({
      ...p,
      statement: { ...p.statement, scope: { ...ALL, expenses: [house.expenses.refused.record] } },
      rows: p.rows.map((r) => {
        const from = hiddenRow();
        return r.seq === refusal && from ? { ...r, items: from } : r;
      }),
    }));
    expect((await failures(byExporter(hidden))).map((f) => f.key)).toContain("left-out-unfounded");
  });

  it("[R6] is found where an attachment is another, and where one hangs there that no record names", async () => {
    const path = attachment();
    const other = byExporter(new Map([...good, [path, utf8("another paper")]]));
    expect(await failures(other)).toContainEqual(expect.objectContaining({ key: "attachment-false", where: path }));
    const more = byExporter(new Map([...good, ["data/files/0000-more.pdf", utf8("x")]]));
    expect(await failures(more)).toContainEqual(expect.objectContaining({ key: "file-unnamed" }));
  });

  it("[S7] is not plain 'verified' even when nothing was falsified", async () => {
    expect((await check(byExporter(good))).verdict.keys.state).toBe("remarks");
  });

  it("[S1] of a later version is told apart from a damaged one", async () => {
    const bytes = good.get(PATH.statement)?.slice() ?? new Uint8Array();
    // The map ends with "v": 1; its value is the one byte after the key.
    const at = Buffer.from(bytes).indexOf(Buffer.from([0x61, 0x76, 0x01]));
    bytes[at + 2] = 2;
    expect(await verifySnapshot(await pack(byExporter(new Map([...good, [PATH.statement, bytes]]))))).toMatchObject({
      ok: false,
      error: { code: "snapshot-newer" },
    });
  });

  it.each([PATH.signature, PATH.signer, PATH.sshSignature, PATH.bagInfo, PATH.manifest, PATH.statement, PATH.checkpoint])(
    "[S8] %s is not held, nor unpacked as one, where it is larger than it ever is",
    async (path) => {
      const large = new Uint8Array(20_000_000).fill(65);
      const zip = zipSync(Object.fromEntries([...good, [path, large]]), { level: 0 });
      const place = Buffer.from(zip).indexOf(Buffer.alloc(64, 65));
      let asked = 0;
      const read = await inspectSnapshot({
        size: zip.length,
        read: (from, to) => {
          if (to > place && from < place + large.length) asked += to - from;
          return Promise.resolve(new Uint8Array(zip.subarray(from, to)));
        },
      });
      if (!read.ok) throw new Error(read.error.code);
      expect(read.value.summary.verdict.unchanged.state).toBe("failed");
      // Under data/ it is hashed once, piece by piece; the end of the archive is looked for in its last 65,557 bytes.
      expect(asked).toBeLessThan((path.startsWith("data/") ? large.length : 0) + 70_000);
    },
  );

  it("[S20] unpacks a signature that it does not know, and says so where that does not hold", async () => {
    const seal = utf8("a seal of nobody that is known");
    const zip = zipSync(Object.fromEntries([...good, ["signatures/court.seal", seal]]), { level: 0 });
    const keys = async (): Promise<readonly string[]> => {
      const read = await verifySnapshot(zip);
      if (!read.ok) throw new Error(read.error.code);
      return read.value.verdict.unchanged.checks.filter((c) => c.where === "signatures/court.seal").map((c) => `${c.state} ${c.key}`);
    };
    expect(await keys()).toEqual(["remarks tag-unknown"]);
    const at = Buffer.from(zip).indexOf(seal);
    zip[at] = (zip[at] ?? 0) ^ 1;
    expect(await keys()).toEqual(["failed tag-file-changed"]);
  });
});

/** The refusal as a snapshot of another expense would show it: withheld, with its tag. */
function hiddenRow(): HeldProof["rows"][number]["items"] | undefined {
  return refusalItems;
}
let refusalItems: HeldProof["rows"][number]["items"] | undefined;
beforeAll(async () => {
  const part = await writeSnapshot(sourceOf(house), { ...ALL, expenses: [house.expenses.settled.record] });
  if (!part.ok) throw new Error(part.error.code);
  await withProof(await unpack(part.value.bytes), (p) => {
    refusalItems = p.rows.find((r) => r.seq === house.expenses.refused.seq + 1)?.items;
    return p;
  });
  if (!refusalItems) throw new Error("the refusal is an entry of its own");
}, 60_000);
