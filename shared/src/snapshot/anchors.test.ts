import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { pack, resign, unpack, type Bundle } from "../../test/bundle.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { makeAnchor } from "../entry/anchor.ts";
import { headerLeaf, makeRelayPart, parseHeader } from "../entry/header.ts";
import { signCheckpoint } from "../log/checkpoint.ts";
import { cosign, formatWitnessKey, withCosignatures, witnessKey } from "../log/cosignature.ts";
import { MerkleTree } from "../log/tree.ts";
import type { CheckView } from "../replica/api.ts";
import { sourceOf } from "../sample/source.ts";
import { decodeAnchorRow, encodeAnchorRow } from "./anchors.ts";
import { PATH } from "./paths.ts";
import { readRows, writeRows } from "./rows.ts";
import type { SnapshotSource } from "./source.ts";
import { verifySnapshot } from "./verify.ts";
import { writeSnapshot } from "./write.ts";

const ALL = { threads: "all", expenses: "all", settlement: "include", files: false } as const;
const SEEN = Date.UTC(2026, 3, 1, 12);
let house: Household;
let witness: SignKeyPair;
let bundle: Bundle;

beforeAll(async () => {
  await Promise.all([initCrypto(), initAutomergeNode()]);
  house = makeHousehold();
  witness = signKeyPair(new Uint8Array(32).fill(5));
  const made = await writeSnapshot(anchored(), ALL);
  if (!made.ok) throw new Error(made.error.detail ?? made.error.code);
  bundle = await unpack(made.value.bytes);
}, 60_000);

/** The household's log with an anchor over all of it as its last entry. */
function anchored(): SnapshotSource {
  const source = sourceOf(house);
  const key = witnessKey("w.example/witness", witness.publicKey);
  const last = house.builder.entries.findLast((e) => e.channel === "household");
  const header = last && parseHeader(last.authorBytes, last.relayBytes);
  const text = source.note.slice(0, source.note.indexOf("\n\n") + 1);
  const note = key && withCosignatures(source.note, cosign(text, key, witness.secretKey, SEEN / 1_000), [key]);
  if (!key || note === undefined) throw new Error("a cosigned note");
  const { a, b } = makeAnchor({
    ...{ log: house.log, device: house.me.device.id, epoch: 0, secret: house.me.device.sign.secretKey },
    anchor: { note, keys: [formatWitnessKey(key)] },
  });
  const seq = house.builder.size;
  const previous = header?.ok === true ? header.value.leaf : new Uint8Array(32);
  const channelSeq = header?.ok === true ? header.value.relay.channelSeq + 1 : 0;
  const r = makeRelayPart({ seq, channelSeq, previous, time: house.end });
  const tree = MerkleTree.of([...house.builder.entries.map((e) => e.leaf), headerLeaf(a, r)]);
  const over = { origin: house.builder.origin, size: tree.size, root: tree.root(), time: house.end };
  return {
    ...source,
    headers: [...source.headers, { authorBytes: a, relayBytes: r }],
    anchors: [{ seq, body: b }],
    note: signCheckpoint(over, house.builder.logKey.secretKey),
  };
}

async function checked(of: Bundle): Promise<{ readonly checks: readonly CheckView[]; readonly bounds: unknown }> {
  const report = await verifySnapshot(await pack(of));
  if (!report.ok) throw new Error(report.error.code);
  return { checks: report.value.verdict.unchanged.checks, bounds: report.value.messages[0]?.proof.bounds };
}

describe("a snapshot of a log with anchors", () => {
  it("[L11] carries them, checks each witness's lines, and bounds every record below by the witness's clock", async () => {
    const { checks, bounds } = await checked(bundle);
    expect(checks.filter((c) => c.state === "failed")).toEqual([]);
    expect(checks.find((c) => c.key === "anchors")?.values).toMatchObject({
      witness: "w.example/witness",
      count: 1,
      size: house.builder.size,
    });
    expect(bounds).toEqual([{ side: "not-after", kind: "cosignature", by: "w.example/witness", at: SEEN, seq: house.builder.size }]);
  });

  it("[L11] an anchor that is not its entry's, or stands at another place, fails with its place, also when the exporter signs anew", async () => {
    const rows = readRows(bundle.get(PATH.anchors) ?? new Uint8Array(), 1e5, 10) ?? [];
    const row = decodeAnchorRow(rows[0] ?? new Uint8Array());
    if (!row) throw new Error("a row");
    const flipped = { ...row, body: row.body.map((b, i) => (i === 200 ? b ^ 1 : b)) };
    for (const false_ of [flipped, { ...row, seq: 3 }, { ...row, seq: 9_999 }]) {
      const forged = resign(new Map([...bundle, [PATH.anchors, writeRows([encodeAnchorRow(false_)])]]), house.me.device.sign);
      const { checks, bounds } = await checked(forged);
      expect(checks.find((c) => c.key === "anchor-false")?.where).toContain(`entry ${String(false_.seq)}`);
      expect(bounds).toBeUndefined();
    }
  });

  it("[S1] rows that are none are a part that cannot be read", async () => {
    const { checks } = await checked(resign(new Map([...bundle, [PATH.anchors, new Uint8Array([0, 0, 0, 1, 7])]]), house.me.device.sign));
    expect(checks.find((c) => c.state === "failed")).toMatchObject({ key: "part-unreadable", where: PATH.anchors });
  });
});
