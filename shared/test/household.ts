/**
 * A small household for tests: two parents, some twenty messages in three threads, five expenses in five different states, a file on a
 * message and on an expense. `initCrypto()` and `initAutomergeNode()` must have resolved. The same seed gives the same bytes.
 */
import { utf8 } from "../src/base/bytes.ts";
import { expenseActDraft, expenseDraft } from "../src/sample/acts.ts";
import { link } from "../src/sample/charter-steps.ts";
import { Family, type Parent, type SentMessage } from "../src/sample/family.ts";
import type { Logged } from "../src/sample/log-builder.ts";
import { sampleOf, type Sample } from "../src/sample/sample.ts";
import { Dice, seededRandom } from "../src/sample/seeded.ts";
import { sha256 } from "../src/crypto/hash.ts";

const MINUTE = 60_000;
export const HOUSEHOLD_START = Date.UTC(2026, 2, 2, 8);
export const HOUSEHOLD_ZONE = "Europe/Vienna";

export interface Household extends Sample {
  readonly family: Family;
  /** First messages of the three threads; the third has a message that its author calls settlement talk. */
  readonly threads: readonly SentMessage[];
  readonly expenses: {
    readonly submitted: Logged;
    readonly approved: Logged;
    readonly refused: Logged;
    readonly withdrawn: Logged;
    readonly settled: Logged;
  };
}

export interface HouseholdOptions {
  readonly seed?: number;
  /** Whether a parent noted that the words were compared. On unless said otherwise. */
  readonly compared?: boolean;
  /** Whether a modified client approved its own expense. On unless said otherwise. */
  readonly rogue?: boolean;
  /** Minutes between two acts. */
  readonly step?: number;
}

/** Makes the household. The relay's clock moves by `step` minutes (30) with every act. */
export function makeHousehold(options: HouseholdOptions = {}): Household {
  const seed = options.seed ?? 1;
  const random = seededRandom(sha256(utf8(`test household ${String(seed)}`)));
  const family = new Family({ random, dice: new Dice(seed), start: HOUSEHOLD_START, relay: "relay.example", names: ["Ada", "Ben"] });
  const { a, b, builder } = family;
  const tick = (): number => (family.now += (options.step ?? 30) * MINUTE) - 2_000;
  const say = (who: Parent, text: string, of: Partial<Parameters<Family["send"]>[1]> = {}): SentMessage =>
    family.send(who, { at: tick(), text, ...of });

  family.bringTogether();
  if (options.compared !== false) family.compare(a);
  a.showsViews = true;
  b.showsViews = true;
  const laptop = family.newDevice(a, "Laptop");
  link(builder, family.first(a), laptop);
  a.devices.push(laptop);

  const first = say(a, "Can you bring the rubber boots on Friday?", { subject: "Friday", files: [family.picture("boots.png")] });
  const second = say(b, 'Yes. =HYPERLINK("x") is what the school site printed, I don\'t know why.', {
    thread: first.thread,
    reply: first.record,
  });
  say(a, "Thank you. שלום <b>מחר</b> 🙂", { thread: first.thread, reply: second.record });
  for (let i = 0; i < 6; i++) say(i % 2 === 0 ? b : a, `Friday, note ${String(i + 1)}`, { thread: first.thread });
  const dentist = say(b, "The dentist moved to Tuesday, 3 pm.", { subject: 'Dentist; "new" time' });
  for (let i = 0; i < 6; i++) say(i % 2 === 0 ? a : b, `Dentist, note ${String(i + 1)}`, { thread: dentist.thread });
  const plan = say(a, "A plan for the summer\nwith two lines", { subject: "Summer" });
  say(b, "Settlement proposal: we share the flights by half.", { thread: plan.thread, settlement: true });
  say(a, "Noted.", { thread: plan.thread });

  const spend = (who: Parent, title: string, amount: number, share = 5_000): Logged => {
    const files = title === "School books" ? [family.paper("invoice.pdf", [title])] : [];
    const at = tick();
    return one(
      family.write(family.first(who), [
        expenseDraft({ at, amount, currency: "EUR", category: "School", title, spent: "2026-03-02", share, files }),
      ]),
    );
  };
  const act = (who: Parent, on: Logged, later: Parameters<typeof expenseActDraft>[2], rogue = false): Logged =>
    one(family.write(family.first(who), [{ ...expenseActDraft(tick(), on.record, later), rogue }]));

  const submitted = spend(a, "Class trip", 12_000);
  if (options.rogue !== false) act(a, submitted, { act: "approve", of: submitted.hash }, true);
  const approved = spend(b, "School books", 3_333);
  act(a, approved, { act: "approve", of: approved.hash });
  const refused = spend(a, "Jacket", 8_900);
  act(b, refused, { act: "refuse", of: refused.hash, reason: "Each of us buys clothes for their own home." });
  const withdrawn = spend(b, "Train", 4_500);
  act(b, withdrawn, { act: "withdraw" });
  const settled = spend(a, "Glasses", 15_001);
  const yes = act(b, settled, { act: "approve", of: settled.hash });
  const paid = act(b, settled, { act: "pay", of: yes.hash, amount: 7_501, method: "bank transfer" });
  act(a, settled, { act: "confirm-payment", of: paid.hash });
  say(b, "All noted.", { thread: first.thread });
  family.write(family.first(a), family.receipts(a, tick()));

  return {
    ...sampleOf(family, HOUSEHOLD_ZONE),
    family,
    threads: [first, dentist, plan],
    expenses: { submitted, approved, refused, withdrawn, settled },
  };
}

function one(logged: readonly Logged[]): Logged {
  const [first] = logged;
  if (!first) throw new Error("one act was written");
  return first;
}
