/**
 * Writes shared/src/charter/vectors/charter.json: the life of a household, statement by statement, with attempts that must be refused, and what the
 * charter says after each. Run it with `npx tsx shared/test/make-charter-vectors.ts` after a change of the protocol, and read the difference.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { toHex } from "../src/base/bytes.ts";
import type { Hex32, StatementId } from "../src/base/ids.ts";
import { currentEpoch, levelAt, parentsOf, readersOf } from "../src/charter/query.ts";
import { safetyWordsOf } from "../src/charter/safety-words.ts";
import type { LogKeyId, SignedStatement } from "../src/charter/types.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { HOUR, makeDevice, makeInvite, makePerson, makeRecovery, TestLog } from "./people.ts";
import { seededRandom } from "./random.ts";

interface Case {
  readonly rule: string;
  readonly name: string;
  readonly seq: number;
  readonly time: number;
  readonly bytes: string;
  readonly id: StatementId;
  readonly verdict: string;
  /** For the entry after this one, at its time. */
  readonly after?: {
    readonly parents: readonly string[];
    readonly readers: readonly string[];
    readonly epoch: number | null;
    readonly level: number;
  };
}

await initCrypto();
const [alice, bob, eve] = [makePerson("alice"), makePerson("bob"), makePerson("eve")];
const log = new TestLog(alice);
const cases: Case[] = [];

const after = (): NonNullable<Case["after"]> => {
  const at = { seq: log.charter.at.seq + 1, time: log.charter.at.time };
  return {
    parents: parentsOf(log.charter, at).map((m) => m.id),
    readers: readersOf(log.charter, "messages", at).map((r) => r.id),
    epoch: currentEpoch(log.charter, "messages")?.epoch ?? null,
    level: levelAt(log.charter, at),
  };
};
/** The statements that stood since the last call. */
function stood(rule: string, name: string): void {
  for (const { signed, at } of log.entries.slice(cases.filter((c) => c.verdict === "ok").length)) {
    cases.push({ rule, name, ...at, bytes: toHex(signed.bytes), id: signed.id, verdict: "ok", after: after() });
  }
}
function refused(rule: string, name: string, signed: SignedStatement): void {
  const at = log.next;
  const verdict = log.verdict(signed);
  if (verdict === "ok") throw new Error(`${name} should be refused`);
  cases.push({ rule, name, ...at, bytes: toHex(signed.bytes), id: signed.id, verdict });
}

stood("C1", "alice founds");
log.openEpochs(alice.phone, ["messages"]);
stood("K4", "alice opens the first epoch");
const invite = makeInvite(seededRandom("vector invite"));
const inviteId = log.invite(alice.phone, invite);
stood("C2", "alice invites");
const join = { invite: inviteId, device: eve.phone.keys, recovery: eve.sheet.keys, level: 1 };
refused("C2", "eve joins without the link", log.make("join", join, [eve.phone]));
refused(
  "K2",
  "bob joins with alice's box key",
  log.make("join", { ...join, device: { ...bob.phone.keys, box: alice.phone.keys.box } }, [bob.phone, invite.key]),
);
log.join(bob, invite);
stood("C2", "bob joins");
refused("C2", "bob confirms himself", log.make("confirm", { join: log.charter.head }, [bob.phone]));
refused("C1", "alice closes while bob waits", log.make("close", {}, [alice.phone]));
const joined = log.charter.head;
log.openEpochs(bob.phone, ["messages"]);
stood("C2", "bob opens a new epoch");
log.say("confirm", { join: joined }, alice.phone);
stood("C2", "alice confirms");
log.say("attest", { member: log.memberOf(bob), method: "words", digest: log.digest() }, alice.phone);
stood("C2a", "alice attests bob");
const words = safetyWordsOf(log.charter);
refused("C1", "alice revokes bob's phone", log.make("revoke", { device: bob.phone.id }, [alice.phone]));
refused(
  "C7",
  "alice links a laptop below the level",
  log.make("link", { device: alice.laptop.keys, level: 0 }, [alice.phone, alice.laptop]),
);
const weak = { sign: `01${"00".repeat(31)}` as typeof alice.phone.id, box: alice.laptop.keys.box };
refused("K1", "alice links a key of small order", log.make("link", { device: weak, level: 1 }, [alice.phone, alice.laptop]));
log.say("link", { device: alice.laptop.keys, level: 1 }, alice.phone, alice.laptop);
stood("C1", "alice links her laptop");
refused("C1", "the laptop revokes the phone", log.make("revoke", { device: alice.phone.id }, [alice.laptop]));
const lost = makeDevice(seededRandom("vector device"));
const recover = log.say("recover", { device: lost.keys, level: 1, revokes: [bob.phone.id] }, lost, bob.sheet);
stood("C9", "bob's sheet recovers a device; his phone lives, so it waits");
refused("C9", "alice refuses for bob", log.make("refuse", { recover }, [alice.phone]));
refused("C9", "the waiting device acts", log.make("level", { level: 1 }, [lost]));
log.wait(72 * HOUR);
refused("C9", "bob's old phone acts 72 hours later", log.make("level", { level: 1 }, [bob.phone]));
log.say("level", { level: 2 }, lost);
stood("C9", "the recovered device acts");
log.openEpochs(alice.laptop, ["messages"]);
stood("K3", "alice's laptop opens the epoch that is owed");
const sheet = makeRecovery(seededRandom("vector sheet"));
log.say("set-recovery", { recovery: sheet.keys }, lost, sheet);
stood("C9", "bob replaces his sheet");
const move = {
  size: 1,
  root: "ab".repeat(32) as Hex32,
  relay: "new.example",
  logKey: makeDevice(seededRandom("vector relay")).id as string as LogKeyId,
  address: "https://new.example",
};
const proposal = log.say("move-log", move, alice.phone);
stood("C8", "alice proposes to move");
refused("C1", "alice consents to herself", log.make("consent", { to: proposal }, [alice.phone]));
log.say("consent", { to: proposal }, lost);
stood("C8", "bob consents");
log.say("revoke", { device: alice.laptop.id }, alice.phone);
stood("C1", "alice revokes her laptop");
log.say("leave", {}, lost);
stood("C5", "bob leaves");
refused("C5", "bob acts after leaving", log.make("level", { level: 2 }, [lost]));
log.say("close", {}, alice.phone);
stood("C1", "alice, alone, closes");
refused("C1", "alice raises her level after closing", log.make("level", { level: 3 }, [alice.phone]));

const about =
  "Statements in the order in which they reach the log, with the verdict that docs/protocol.md section 4 and docs/charter.md ask for. One that is refused changes nothing. `after` is what holds for the next entry, of the channel `messages`. Bytes are hex.";
const file = { about, log: log.log, words, cases };
await writeFile(fileURLToPath(new URL("../src/charter/vectors/charter.json", import.meta.url).href), `${JSON.stringify(file, null, 1)}\n`);
for (const c of cases) process.stdout.write(`${c.rule.padEnd(4)} ${c.name}: ${c.verdict}\n`);
