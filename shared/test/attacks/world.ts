import { utf8 } from "../../src/base/bytes.ts";
import { sha256 } from "../../src/crypto/hash.ts";
import { signKeyPair, type SignKeyPair } from "../../src/crypto/sign.ts";
import type { Redaction, SnapshotScope } from "../../src/views/snapshot.ts";
import { expenseActDraft, expenseDraft } from "../../src/sample/acts.ts";
import { link, revoke } from "../../src/sample/charter-steps.ts";
import { Family, type Parent, type SentMessage } from "../../src/sample/family.ts";
import type { DeviceSecrets } from "../../src/sample/keys.ts";
import type { Logged } from "../../src/sample/log-builder.ts";
import { sampleOf, type Sample } from "../../src/sample/sample.ts";
import { Dice, seededRandom } from "../../src/sample/seeded.ts";
import { Checks } from "../../src/snapshot/checks.ts";
import { derive, type Founded } from "../../src/snapshot/derive.ts";
import type { PageMaker } from "../../src/snapshot/pdf/render.ts";
import { Steps, type Job, type SnapshotSource } from "../../src/snapshot/source.ts";
import { writeSnapshot } from "../../src/snapshot/write.ts";
import { dayIn } from "../../src/snapshot/zone.ts";
import { anchored } from "../anchored.ts";
import { filesOf, unpack, type Bundle } from "../bundle.ts";
import { heldProof, heldViews, type Held, type HeldProof } from "../held.ts";

/** An honest snapshot, with all that its exporter has in hand to falsify it. */
export interface Exported {
  readonly source: SnapshotSource;
  readonly scope: SnapshotScope;
  readonly bundle: Bundle;
  readonly proof: HeldProof;
  readonly derived: Held<Founded>;
}

/** A household whose first parent is the adversary: they hold their own keys, and where an attack says so the relay's. */
export interface House {
  readonly seed: number;
  readonly family: Family;
  readonly sample: Sample;
  readonly zone: string;
  readonly threads: readonly SentMessage[];
  readonly expenses: readonly Logged[];
  readonly own: SignKeyPair;
  /** A device of the exporter's that was revoked before the end. */
  readonly revoked: DeviceSecrets;
  readonly stranger: SignKeyPair;
}

/** A message, an expense and an attachment of what is then still shown. */
function single({ sample, threads, expenses }: House): Pick<Redaction, "records" | "files"> {
  const [, thread] = threads;
  const [expense] = expenses;
  const [file] = sample.files.keys();
  if (!thread || !expense || !file) throw new Error("a life has threads, expenses and files");
  return { records: [thread.record, expense.record], files: [file] };
}

/** The same with honest snapshots of it. */
export interface World extends House {
  /** Of everything; of one thread without settlement talk; of the days in the middle. */
  readonly whole: Exported;
  readonly thread: Exported;
  readonly days: Exported;
  /** Of what names the first child. */
  readonly child: Exported;
  /** Of everything but one message, one expense and one attachment. */
  readonly redacted: Exported;
}

const MINUTE = 60_000;
const ZONES = ["Europe/Vienna", "America/New_York", "Asia/Tokyo", "Pacific/Auckland"] as const;
const NAMES = [
  ["Ada", "Ben"],
  ["Mia", "Noah"],
  ["Zoë", "Łukasz"],
] as const;
export const CHILDREN: readonly string[] = ["Lea", "Jón"];
const START = Date.UTC(2026, 2, 2, 8);
const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };

/** The same seed gives the same household. */
export function makeHouse(seed: number): House {
  const dice = new Dice(seed);
  const random = seededRandom(sha256(utf8(`attacked household ${String(seed)}`)));
  const names = NAMES[seed % NAMES.length] ?? NAMES[0];
  const zone = dice.pick(ZONES);
  const family = new Family({ random, dice, start: START, relay: "relay.example", names });
  const { threads, expenses, revoked } = live(family, dice);
  const sample = sampleOf(family, zone);
  return { seed, family, sample, zone, threads, expenses, revoked, own: sample.me.device.sign, stranger: signKeyPair(random(32)) };
}

export async function makeWorld(seed: number): Promise<World> {
  const house = makeHouse(seed);
  const { sample, threads, zone } = house;
  const source = anchored(sample, signKeyPair(sha256(utf8(`witness ${String(seed)}`))));
  const [, , third] = threads;
  const [from, to] = [0.3, 0.7].map((part) => dayIn(START + part * (sample.end - START), zone));
  if (!third || from === undefined || to === undefined) throw new Error("a life has three threads");
  return {
    ...house,
    whole: await exported(source, ALL),
    thread: await exported(source, { ...ALL, threads: [third.thread], expenses: "none", settlement: "leave-out" }),
    days: await exported(source, { ...ALL, from, to }),
    child: await exported(source, { ...ALL, children: CHILDREN.slice(0, 1) }),
    redacted: await exported(source, { ...ALL, redact: { reason: "It names somebody else’s child.", ...single(house) } }),
  };
}

/** An honest snapshot of everything with printed pages, which take longer to make than all else. */
export const printed = (world: World, pdf: PageMaker): Promise<Exported> =>
  exported(world.whole.source, { ...ALL, pages: { style: "serial", prefix: "CS-", from: 1 } }, { pdf });

/** A snapshot of this scope as an honest program writes it, with what it is made of. */
export async function exported(source: SnapshotSource, scope: SnapshotScope, job: Job = {}): Promise<Exported> {
  const made = await writeSnapshot(source, scope, job);
  if (!made.ok) throw new Error(made.error.detail ?? made.error.code);
  const bundle = await unpack(made.value.bytes);
  const proof = await heldProof(filesOf(bundle));
  const derived = await derive(proof, new Checks(), new Steps({}, 1));
  if (!derived || derived === "cancelled") throw new Error("an honest snapshot derives");
  return { source, scope, bundle, proof, derived: await heldViews(derived) };
}

interface Life {
  readonly threads: readonly SentMessage[];
  readonly expenses: readonly Logged[];
  readonly revoked: DeviceSecrets;
}

/** Three threads, the first two about a child each, the last with settlement talk; expenses that were approved and paid, refused, and left open; receipts; a tablet that came and went. */
function live(family: Family, dice: Dice): Life {
  const { a, b, builder } = family;
  const tick = (): number => (family.now += dice.between(20, 400) * MINUTE) - 2_000;
  const say = (who: Parent, of: Partial<Parameters<Family["send"]>[1]>): SentMessage =>
    family.send(who, { at: tick(), text: `Note ${String(dice.between(100, 999))}`, ...of });
  family.bringTogether();
  if (dice.chance(0.5)) family.compare(a);
  a.showsViews = true;
  b.showsViews = true;
  const tablet = family.newDevice(a, "Tablet");
  link(builder, family.first(a), tablet);
  const threads = ["Friday", "Dentist", "Summer"].map((subject, t) => {
    const [one, other] = t % 2 === 0 ? [a, b] : [b, a];
    const files = t === 0 ? [family.picture("boots.png"), family.paper("plan.pdf", [subject])] : [];
    const first = say(one, { subject, children: CHILDREN.slice(t, t + 1), text: `About ${subject.toLowerCase()}?`, files });
    for (let i = 0; i < dice.between(2, 3); i++) say(i % 2 === 0 ? other : one, { thread: first.thread, settlement: t === 2 && i < 2 });
    return first;
  });
  const spend = (who: Parent, title: string, currency: string, children: readonly string[] = []): Logged => {
    const of = { currency, children, category: "School", title, spent: "2026-03-02", share: 5_000, amount: dice.between(1_000, 90_000) };
    const files = [family.paper("invoice.pdf", [title])];
    return one(family.write(family.first(who), [expenseDraft({ at: tick(), ...of, files })]));
  };
  const act = (who: Parent, on: Logged, later: Parameters<typeof expenseActDraft>[2]): Logged =>
    one(family.write(family.first(who), [expenseActDraft(tick(), on.record, later)]));
  const paid = spend(a, "Glasses", "EUR", CHILDREN);
  const yes = act(b, paid, { act: "approve", of: paid.hash });
  const payment = act(b, paid, { act: "pay", of: yes.hash, amount: 500, method: "bank transfer" });
  act(a, paid, { act: "confirm-payment", of: payment.hash });
  const refused = spend(a, "Jacket", "JPY", CHILDREN.slice(1));
  act(b, refused, { act: "refuse", of: refused.hash, reason: "Not agreed before." });
  const open = spend(b, "Train", "EUR");
  revoke(builder, family.first(a), tablet.id);
  const [friday] = threads;
  say(b, { thread: friday?.thread ?? open.record, text: "All noted." });
  family.write(family.first(a), family.receipts(a, tick()));
  return { threads, expenses: [paid, refused, open], revoked: tablet };
}

function one(logged: readonly Logged[]): Logged {
  const [first] = logged;
  if (!first) throw new Error("one act was written");
  return first;
}
