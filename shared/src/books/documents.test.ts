import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { AT, CHECKPOINT, devices, Entries, judgeAll, MESSAGES, raw, setField, signed } from "../../test/book.ts";
import { toHex, utf8 } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { formatCheckpointField } from "./checkpoint-field.ts";
import { Leb128Reader } from "./columns.ts";
import { initCrypto } from "../crypto/init.ts";
import { CURRENCIES, minorDigits } from "../kinds/money.ts";
import { changeHash } from "./chunk.ts";
import { seededRandom } from "../../test/random.ts";
import { newRecordId } from "./record-id.ts";
import { GENESIS_HASH, genesisBytes, RECORDS } from "./genesis.ts";
import { blamesCarrier, REASONS, type ReasonCode } from "../base/reasons.ts";

const text = readFileSync(join(import.meta.dirname, "../../../docs/protocol.md"), "utf8");
const order = text.slice(text.indexOf("- **X20**"), text.indexOf("## 6a."));
const rows = [...order.matchAll(/^\| [^|]*\| `([a-z-]+)` \|.*\| *(yes)? *\|$/gm)].map(([, reason = "", carrying]) => ({
  reason,
  isCarrying: carrying === "yes",
}));

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

describe("the order of judging in docs/protocol.md", () => {
  it("[X20] has a line for every reason, and for no other", () => {
    expect(new Set(rows.map((r) => r.reason))).toEqual(new Set(REASONS));
  });

  it("[X10][X20] says of each whether it blames the carrying", () => {
    for (const { reason, isCarrying } of rows) expect([reason, isCarrying]).toEqual([reason, blamesCarrier(reason as ReasonCode)]);
  });

  it("[X20] of two faults the first in the table is the reason", () => {
    const { alicePhone, bobPhone, stranger } = devices();
    const make = { action: "makeMap", obj: RECORDS, key: "ab".repeat(16), pred: [] };
    const own = { ...make, key: newRecordId(alicePhone.id, seededRandom("an id of her own")) };
    // Each has its fault and one that stands later in the table.
    const faulty: readonly (readonly [ReasonCode, object, { by?: typeof alicePhone; hasNote?: boolean }])[] = [
      ["change-author", { extra_bytes: [], message: null, deps: [], ops: [make] }, { by: bobPhone }],
      ["change-other-signer", { message: null, deps: [], ops: [make] }, { by: bobPhone }],
      ["change-signature", { message: null, deps: [], ops: [make] }, { by: stranger }],
      ["change-checkpoint", { message: null, deps: [], ops: [make] }, {}],
      ["change-checkpoint-missing", { deps: [], ops: [make], actor: "00".repeat(16) }, { hasNote: false }],
      ["change-actor", { deps: [], ops: [make], actor: "00".repeat(16) }, {}],
      ["change-dependencies", { deps: [], startOp: 9, ops: [make, setField("b", 1), setField("a", 1)] }, {}],
      ["change-start", { deps: [GENESIS_HASH], startOp: 9, ops: [make, setField("b", 1), setField("a", 1)] }, {}],
      ["change-shape", { ops: [make, setField("b", 1), setField("a", 1)] }, {}],
      ["record-id", { ops: [make, setField("at", AT), setField("kind", "poem")] }, {}],
      ["change-level", { ops: [own, setField("kind", "poem"), setField("v", 2)] }, {}],
      ["kind-unknown", { ops: [own, setField("kind", "poem"), setField("v", 1)] }, {}],
      ["kind-channel", { ops: [own, setField("kind", "expense"), setField("v", 1)] }, {}],
      [
        "message-empty",
        {
          ops: [
            own,
            setField("at", 0),
            setField("kind", "message"),
            setField("subject", "S"),
            setField("text", ""),
            setField("thread", ""),
            setField("v", 1),
          ],
        },
        {},
      ],
      [
        "record-other-book",
        {
          ops: [
            own,
            setField("at", 0),
            setField("kind", "message"),
            setField("subject", "S"),
            setField("text", "T"),
            setField("thread", ""),
            setField("v", 1),
          ],
        },
        {},
      ],
    ];
    const found = faulty.map(([reason, fields, { by = alicePhone, hasNote = true }]) => {
      const entries = new Entries();
      const bytes = raw(alicePhone, fields);
      // The last has a tag that says something else.
      const tag = reason === "record-other-book" ? { tag: { kind: "expense", root: own.key } } : {};
      entries.push(by === stranger ? bobPhone : by, [{ ...signed(by, MESSAGES, bytes), ...tag }], { hasNote: () => hasNote });
      return (judgeAll(MESSAGES, entries.all).get(changeHash(bytes)) ?? "").replace("set-aside ", "");
    });
    expect(found).toEqual(faulty.map(([reason]) => reason));
    // A reason that stands in the table more than once is met at the first place after the one before it.
    let at = -1;
    for (const reason of found) {
      at = rows.findIndex((r, i) => i > at && r.reason === reason);
      expect([reason, at >= 0]).toEqual([reason, true]);
    }
  });
});

describe("the bytes of a change", () => {
  it("[X2a][X7] stand in the order that the document gives, with its columns and the author behind them", () => {
    const { alicePhone } = devices();
    const deps = ["ff".repeat(32), "00".repeat(32)];
    const bytes = raw(alicePhone, { deps });
    const hash = sha256(bytes.subarray(8));
    expect([toHex(bytes.subarray(0, 4)), toHex(bytes.subarray(4, 8)), bytes[8]]).toEqual(["856f4a83", toHex(hash.subarray(0, 4)), 1]);
    const r = new Leb128Reader(bytes.subarray(9));
    expect(r.unsigned()).toBe(bytes.length - 9 - r.at);
    const field = (): string => toHex(r.take(r.unsigned()));
    const head = [r.unsigned(), toHex(r.take(64)), field(), r.unsigned(), r.unsigned(), r.signed()];
    expect(head).toEqual([2, [...deps].sort().join(""), "ee".repeat(16), 1, 2, Math.floor(AT / 1000)]);
    expect(field()).toBe(toHex(utf8(formatCheckpointField(CHECKPOINT))));
    // The object `records` is the fixed change's.
    expect([r.unsigned(), field()]).toEqual([1, "00".repeat(16)]);
    const columns = Array.from({ length: r.unsigned() }, () => ({ spec: r.unsigned(), length: r.unsigned() }));
    expect(columns.map((c) => toHex(Uint8Array.of(c.spec)))).toEqual(["01", "02", "15", "34", "42", "56", "57", "70"]);
    for (const { spec } of columns) expect(text).toContain(`\`${toHex(Uint8Array.of(spec))}\` `);
    for (const { length } of columns) r.take(length);
    expect(toHex(bytes.subarray(9 + r.at))).toBe(`0120${alicePhone.id}`);
  });
});

describe("constants in docs/protocol.md", () => {
  it("[X8] the fixed first change stands there byte for byte, with its hash", () => {
    expect(text).toContain(`\`${toHex(genesisBytes())}\`, its hash \`${GENESIS_HASH}\``);
  });

  it("[R1] the currencies are those of the table, with their digits", () => {
    const list = text.slice(text.indexOf("## 6b."), text.indexOf("## 6c."));
    const printed = [...list.matchAll(/^- \((\d)\)((?:\s+[A-Z]{3}\b)+)/gm)].flatMap(([, digits = "", codes = ""]) =>
      codes
        .split(/\s+/)
        .filter((c) => c !== "")
        .map((code) => [code, Number(digits)] as const),
    );
    expect(printed.length).toBe(CURRENCIES.length);
    expect(new Map(printed)).toEqual(new Map(CURRENCIES.map((code) => [code, minorDigits(code)])));
  });
});
