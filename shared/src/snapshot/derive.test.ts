import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { unpack } from "../../test/bundle.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { makeDevice } from "../../test/people.ts";
import { seededRandom } from "../../test/random.ts";
import type { StatementId } from "../base/ids.ts";
import { RECOVERY_WAIT } from "../charter/limits.ts";
import { devicesOf } from "../charter/people.ts";
import { grown } from "../charter/persistent.ts";
import type { Charter } from "../charter/state.ts";
import type { LogKeyId } from "../charter/types.ts";
import { ENTRY_KIND, makeAuthorPart } from "../entry/header.ts";
import { initCrypto } from "../crypto/init.ts";
import { sourceOf } from "../sample/source.ts";
import { Checks } from "./checks.ts";
import { deriveFrom, type Founded } from "./derive.ts";
import { decodeProof, type Proof } from "./proof.ts";
import { replay, type Replayed } from "./replay.ts";
import { Steps } from "./source.ts";
import { writeSnapshot } from "./write.ts";

let house: Household;
let proof: Proof;
let replayed: Replayed;

beforeAll(async () => {
  await Promise.all([initCrypto(), initAutomergeNode()]);
  house = makeHousehold();
  const made = await writeSnapshot(sourceOf(house), { threads: "all", expenses: "all", settlement: "include", files: true });
  if (!made.ok) throw new Error(made.error.code);
  const bundle = await unpack(made.value.bytes);
  const decoded = await decodeProof((path) => Promise.resolve(bundle.get(path)));
  if (!decoded.ok) throw new Error(decoded.error.code);
  proof = decoded.value;
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
    const relays = moved.messages.map(({ proof: p }) => [(p.seq ?? 0) > 20, p.stampedBy]);
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

  it("[S38][L0] takes no statement from an entry that another device pushed in its author's name", async () => {
    const at = proof.headers.findLastIndex((_, i) => replayed.headerOf(i)?.author.channel === "charter");
    const header = replayed.headerOf(at);
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
});
