import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { filesOf, unpack } from "../../test/bundle.ts";
import { heldProof, type HeldProof } from "../../test/held.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { AT, devices, factsOf, LOG, MESSAGES, raw, setField, signed } from "../../test/book.ts";
import { makeDevice } from "../../test/people.ts";
import { seededRandom } from "../../test/random.ts";
import type { StatementId } from "../base/ids.ts";
import { RECORDS } from "../books/genesis.ts";
import { bookId } from "../books/names.ts";
import { newRecordId } from "../books/record-id.ts";
import { RECOVERY_WAIT } from "../charter/limits.ts";
import { devicesOf, memberOf } from "../charter/people.ts";
import { grown } from "../charter/persistent.ts";
import type { Charter } from "../charter/state.ts";
import type { LogKeyId } from "../charter/types.ts";
import type { OldHeader } from "../entry/again.ts";
import { ENTRY_KIND, makeAuthorPart, type Header } from "../entry/header.ts";
import { initCrypto } from "../crypto/init.ts";
import { sourceOf } from "../sample/source.ts";
import { Checks } from "./checks.ts";
import { deriveFrom, type Founded } from "./derive.ts";
import { judgeWhole, type EntryChanges } from "./judge.ts";
import { judgePartial } from "./judge-partial.ts";
import { replay, type Replayed } from "./replay.ts";
import { allOf } from "./rows.ts";
import { Steps } from "./source.ts";
import { writeSnapshot } from "./write.ts";

let house: Household;
let proof: HeldProof;
let replayed: Replayed;

beforeAll(async () => {
  await Promise.all([initCrypto(), initAutomergeNode()]);
  house = makeHousehold();
  const made = await writeSnapshot(sourceOf(house), { threads: "all", expenses: "all", settlement: "include", files: true });
  if (!made.ok) throw new Error(made.error.code);
  const bundle = await unpack(made.value.bytes);
  proof = await heldProof(filesOf(bundle));
  const again = await replay(proof, new Checks(), new Steps({}, 1));
  if (again === undefined || again === "cancelled") throw new Error("the log holds");
  replayed = again;
}, 60_000);

/** What would be derived under this charter. */
async function under(charter: Charter): Promise<Founded> {
  const derived = await deriveFrom(proof, { ...replayed, charter }, new Checks(), new Steps({}, 1));
  if (derived === undefined || derived === "cancelled") throw new Error("the contents hold");
  return derived;
}

describe("what is derived from a log", () => {
  it("[S35][C8] names for each act the relay that logged it, also where the log moved later", async () => {
    const { charter } = replayed;
    const since = { seq: 20, time: 0, after: 0 };
    const moved = await under({
      ...charter,
      relays: grown(charter.relays, { since, relay: "new.example", logKey: "4e".repeat(32) as LogKeyId }),
    });
    const relays = (await allOf(moved.messages)).map(({ proof: p }) => [(p.seq ?? 0) > 20, p.stampedBy]);
    expect(new Set(relays.map(String))).toEqual(new Set(["false,relay.example", "true,new.example"]));
  });

  it("[S33][C9] lists a device that came to stand without another statement, and the day of that", async () => {
    const { charter, checkpoint } = replayed;
    const fresh = makeDevice(seededRandom("a new phone"));
    const [first] = charter.parents.flatMap((m) => devicesOf(charter, m));
    if (!first) throw new Error("a member has a device");
    const standsAt = checkpoint.time - 1;
    const pending = {
      id: "5a".repeat(32) as StatementId,
      member: first.member,
      made: { seq: 5, time: standsAt - RECOVERY_WAIT },
      standsAt,
      device: { keys: fresh.keys, level: 1 },
      revokes: [first.id],
    };
    const found = (await under({ ...charter, pending: [pending] })).devices;
    expect(found.find((d) => d.device === fresh.id)).toMatchObject({ linked: standsAt, revoked: undefined });
    expect(found.find((d) => d.device === first.id)).toMatchObject({ revoked: standsAt });
    const waits = (await under({ ...charter, pending: [{ ...pending, standsAt: checkpoint.time + 1 }] })).devices;
    expect(waits.some((d) => d.device === fresh.id)).toBe(false);
  });

  it("[S41][S42] what was left out one by one is counted for whoever first sent it, not for who pushed it again after a fork", async () => {
    const [message] = house.threads;
    const [ada, ben] = [house.family.a, house.family.b].map((p) => p.devices[0]);
    if (!message || !ada || !ben) throw new Error("a household of two, with a thread");
    const redact = { reason: "By agreement.", records: [message.record], files: [] };
    const made = await writeSnapshot(sourceOf(house), { threads: "all", expenses: "all", settlement: "include", files: true, redact });
    if (!made.ok) throw new Error(made.error.code);
    const held = await heldProof(filesOf(await unpack(made.value.bytes)));
    const log = await replay(held, new Checks(), new Steps({}, 1));
    if (log === undefined || log === "cancelled") throw new Error("the log holds");
    const found = async (again: Replayed["again"]): Promise<Founded["redacted"]> => {
      const derived = await deriveFrom(held, { ...log, again }, new Checks(), new Steps({}, 1));
      if (derived === undefined || derived === "cancelled") throw new Error("the contents hold");
      return derived.redacted;
    };
    const [once] = await found(new Map());
    if (!once) throw new Error("one message was left out");
    const other = once.member === memberOf(replayed.charter, ada.id) ? ben : ada;
    const old = { device: other.id } as OldHeader;
    const [told] = await found(new Map([[once.seq, { old, carrier: ada.id, from: once.seq - 1 }]]));
    expect(told?.member).toBe(memberOf(replayed.charter, other.id));
    expect(told?.member).not.toBe(once.member);
  });

  it("[S38][L0] takes no statement from an entry that another device pushed in its author's name", async () => {
    const at = proof.headers.findLastIndex((_, i) => replayed.headerOf(i)?.author.channel === "charter");
    const header = replayed.entries.wholeHeaderOf(at);
    const body = proof.statements.at(-1);
    if (!header || !body) throw new Error("a log has a statement");
    const others = [house.family.a, house.family.b].flatMap((p) => p.devices).filter((d) => d.id !== header.author.device);
    const codes = [];
    for (const device of [...others.slice(0, 1), undefined]) {
      const kind = device ? header.author.kind : ENTRY_KIND.changes;
      const own = house.family.a.devices.concat(house.family.b.devices).find((d) => d.id === header.author.device);
      const by = device ?? own;
      if (!by) throw new Error("somebody pushed it");
      const authorBytes = makeAuthorPart({ ...header.author, kind, device: by.id }, body, by.sign.secretKey);
      const headers = proof.headers.map((h, i) => (i === at ? { authorBytes, relayBytes: header.relayBytes } : h));
      const checks = new Checks();
      expect(await replay({ ...proof, headers }, checks, new Steps({}, 1))).toBeUndefined();
      codes.push(checks.verdict().unchanged.checks.find((c) => c.key === "charter-false")?.values?.["code"]);
    }
    expect(codes).toEqual(["charter-other-body", "charter-other-body"]);
  });

  it("[X20][S26][S35] a book of which something is not here gives the same reason for what is wrong in a change itself", async () => {
    const { alicePhone, bobPhone } = devices();
    const make = { action: "makeMap", obj: RECORDS, key: "ab".repeat(16), pred: [] };
    const own = { ...make, key: newRecordId(alicePhone.id, seededRandom("an id of her own")) };
    const message = [
      setField("kind", "message"),
      setField("subject", "S"),
      setField("text", "T"),
      setField("thread", ""),
      setField("v", 1),
    ];
    const cases = [
      ["change-author", { extra_bytes: [] }, alicePhone],
      ["change-other-signer", { message: null }, bobPhone],
      ["change-checkpoint", { message: null, ops: [make] }, alicePhone],
      ["change-shape", { ops: [make, setField("b", 1), setField("a", 1)] }, alicePhone],
      ["record-id", { ops: [make, setField("kind", "poem"), setField("v", 2)] }, alicePhone],
      ["change-level", { ops: [own, setField("kind", "poem"), setField("v", 2)] }, alicePhone],
      ["kind-unknown", { ops: [own, setField("kind", "poem"), setField("v", 1)] }, alicePhone],
      ["kind-channel", { ops: [own, setField("kind", "expense"), setField("v", 1)] }, alicePhone],
      ["kind-fields", { ops: [own, ...message] }, alicePhone],
      ["record-other-book", { ops: [own, setField("at", 0), ...message] }, alicePhone],
    ] as const;
    for (const [reason, fields, by] of cases) {
      const change = { ...signed(by, MESSAGES, raw(alicePhone, fields as object)), tag: { kind: "expense", root: "" }, unaware: [] };
      const entry = { seq: 9, book: MESSAGES, hasNote: () => true, changes: [change] } as unknown as EntryChanges;
      const headerOf = () => ({ author: { device: by.id }, relay: { seq: 9, channelSeq: 9, time: AT } }) as unknown as Header;
      const context = { replayed, facts: factsOf(MESSAGES), book: bookId(LOG, MESSAGES), headerOf, hasNote: () => false };
      const said = [];
      const times = [];
      for (const judged of [await judgeWhole(context, [entry], new Steps({}, 1)), await judgePartial(context, [entry], new Steps({}, 1))]) {
        if (judged === "cancelled") continue;
        said.push(judged.setAside.map((s) => s.reason));
        times.push(judged.setAside.map((s) => s.checkpoint));
      }
      // They name a checkpoint that the relay signed nowhere here: no time of the relay's is shown for it (S35).
      expect(times).toEqual([[undefined], [undefined]]);
      expect(said).toEqual([[reason], [reason]]);
    }
  });
});
