import type { ChangeHash, Millis, RecordId } from "../base/ids.ts";
import { askedOf } from "../kinds/money.ts";
import { expenseActDraft, expenseDraft } from "./acts.ts";
import { link, revoke } from "./charter-steps.ts";
import type { Family, Parent, SentMessage } from "./family.ts";
import type { SampleFile } from "./files.ts";
import type { Known } from "./log-builder.ts";
import * as say from "./phrases.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const CURRENCY = "EUR";

interface Planned {
  readonly at: Millis;
  readonly run: () => void;
}

/** How much happens, a day. 500 messages and 100 expenses a year. */
const MESSAGES_A_DAY = 500 / 365.25;
const EXPENSES_A_DAY = 100 / 365.25;

/**
 * The generated years of one family, day by day: threads and answers, receipts, expenses through every state of their life, and once each
 * the rarer things (a change of a modified client, acts that cross, a device linked and one revoked, words compared).
 */
export class Life {
  readonly #family: Family;
  readonly #start: Millis;
  readonly #days: number;
  #planned: Planned[] = [];
  #threads: SentMessage[] = [];
  #crossed = 0;
  /** Threads and expenses that were asked whom they are about. */
  #named = 0;

  constructor(family: Family, days: number) {
    this.#family = family;
    this.#start = family.now;
    this.#days = days;
    this.#planMilestones();
  }

  get days(): number {
    return this.#days;
  }

  /** Tells day number `day`, from 0. */
  live(day: number): void {
    const { dice } = this.#family;
    const morning = this.#start + day * DAY;
    const today = this.#planned.filter((p) => p.at < morning + DAY);
    this.#planned = this.#planned.filter((p) => p.at >= morning + DAY);
    for (let n = this.#howMany(MESSAGES_A_DAY); n > 0; n--)
      today.push({
        at: this.#daytime(morning),
        run: () => {
          this.#message();
        },
      });
    for (let n = this.#howMany(EXPENSES_A_DAY); n > 0; n--)
      today.push({
        at: this.#daytime(morning),
        run: () => {
          this.#expense();
        },
      });
    // One of the two fixed times of the day at which receipts leave (design: record, 'delivery receipt').
    if (dice.chance(0.35))
      today.push({
        at: morning + 12 * HOUR,
        run: () => {
          this.#sendReceipts();
        },
      });
    today.sort((x, y) => x.at - y.at);
    for (const { at, run } of today) {
      this.#family.now = Math.max(this.#family.now + 1_000, at);
      run();
    }
  }

  #howMany(rate: number): number {
    const { dice } = this.#family;
    let n = 0;
    for (let p = dice.next(), sum = Math.exp(-rate), term = sum; p > sum; sum += term) term *= rate / ++n;
    return n;
  }

  /** Between six in the morning and ten at night. */
  #daytime(morning: Millis): Millis {
    return morning + this.#family.dice.between(0, 16 * HOUR);
  }

  #later(days: number, run: () => void): void {
    const at = this.#family.now + days * DAY + this.#family.dice.between(0, 8 * HOUR);
    this.#planned.push({ at, run });
  }

  /** The author's clock: a little behind the relay's, now and then a quarter of an hour off. */
  #clock(): Millis {
    const { dice, now } = this.#family;
    return now - (dice.chance(0.01) ? 15 * MINUTE : dice.between(400, 4_000));
  }

  #someone(): Parent {
    return this.#family.dice.chance(0.5) ? this.#family.a : this.#family.b;
  }

  #planMilestones(): void {
    const f = this.#family;
    const at = (share: number, run: () => void): void => {
      this.#planned.push({ at: this.#start + Math.floor(share * this.#days) * DAY + 3 * HOUR, run });
    };
    const linkTo = (parent: Parent, name: string): void => {
      const device = f.newDevice(parent, name);
      link(f.builder, f.first(parent), device);
      parent.devices.push(device);
    };
    at(0.02, () => {
      f.compare(f.a);
    });
    at(0.03, () => {
      f.compare(f.b);
    });
    at(0.04, () => {
      linkTo(f.a, "Laptop");
    });
    at(0.06, () => {
      linkTo(f.b, "Tablet");
    });
    at(0.1, () => {
      f.a.showsViews = true;
    });
    at(0.2, () => {
      f.b.showsViews = true;
    });
    at(0.5, () => {
      this.#selfApproved();
    });
    at(0.7, () => {
      const lost = f.a.devices.pop();
      if (lost) revoke(f.builder, f.first(f.a), lost.id);
      linkTo(f.a, "New laptop");
    });
  }

  #message(): void {
    const f = this.#family;
    const { dice } = f;
    const open = this.#threads.slice(-6);
    const last = open.length > 0 && dice.chance(0.68) ? open[dice.between(0, open.length - 1)] : undefined;
    const author = last ? (dice.chance(0.85) ? f.other(last.author) : last.author) : this.#someone();
    const files = dice.chance(0.08) ? [f.picture(dice.pick(["photo.png", "Zettel Schule.png", 'note "Tom".png']))] : [];
    const settlement = dice.chance(0.01);
    const known = dice.chance(0.03) ? this.#awhileAgo : undefined;
    const at = known ? Math.max(known.time, f.now - dice.between(1, 9) * HOUR) : this.#clock();
    const base = { at, files, settlement };
    const sent = last
      ? f.send(
          author,
          {
            ...base,
            thread: last.thread,
            ...(dice.chance(0.6) ? { reply: last.record } : {}),
            text: settlement ? say.settlement(dice) : say.answer(dice),
          },
          known,
        )
      : f.send(author, this.#opening(base, settlement), known);
    this.#threads = [...this.#threads.filter((t) => t.thread !== sent.thread), sent].slice(-12);
    this.#awhileAgo = f.builder.known();
  }

  #opening(base: { readonly at: Millis; readonly files: readonly SampleFile[] }, settlement: boolean): Parameters<Family["send"]>[1] {
    const { dice } = this.#family;
    const subject = say.subject(dice);
    const text = settlement ? say.settlement(dice) : say.opener(dice);
    return { ...base, settlement, subject, text, children: say.about(`${subject} ${text}`, this.#named++) };
  }

  /** What a device that then went offline had verified. */
  #awhileAgo: Known | undefined;

  #sendReceipts(): void {
    const f = this.#family;
    const parent = this.#someone();
    const drafts = f.receipts(parent, this.#clock());
    if (drafts.length > 0) f.write(f.anyDevice(parent), drafts);
  }

  #receiptFor(title: string, amount: number): SampleFile[] {
    const f = this.#family;
    if (f.dice.chance(0.3)) return [];
    if (f.dice.chance(0.5)) return [f.picture("receipt.png")];
    return [f.paper("invoice.pdf", [title, `Total ${(amount / 100).toFixed(2)} ${CURRENCY}`, "Thank you"])];
  }

  #expense(): void {
    const f = this.#family;
    const { dice } = f;
    const author = this.#someone();
    const bought = say.purchase(dice);
    const amount = dice.between(bought.from, bought.to);
    const share = dice.chance(0.8) ? 5_000 : dice.pick([3_333, 4_000, 6_000]);
    const spent = new Date(f.now - dice.between(0, 9) * DAY).toISOString().slice(0, 10);
    const at = this.#clock();
    const files = this.#receiptFor(bought.title, amount);
    const noted = dice.chance(0.4) ? { note: say.note(dice) } : {};
    const draft = expenseDraft({
      at,
      amount,
      currency: CURRENCY,
      category: bought.category,
      title: bought.title,
      spent,
      share,
      children: say.about(bought.title, this.#named++),
      files,
      ...noted,
    });
    const [made] = f.write(f.anyDevice(author), [draft]);
    if (made) this.#answerLater(author, made.record, made.hash, askedOf(amount, share));
  }

  #answerLater(author: Parent, record: RecordId, of: ChangeHash, asked: number): void {
    const f = this.#family;
    const { dice } = f;
    const fate = dice.next();
    const act = (by: Parent, later: Parameters<typeof expenseActDraft>[2], known?: Known): ChangeHash | undefined =>
      f.write(f.anyDevice(by), [expenseActDraft(this.#clock(), record, later)], known)[0]?.hash;
    const other = f.other(author);
    const approve = (): void => {
      const before = f.builder.known();
      const approved = act(other, { act: "approve", of });
      // Once in a while the author withdraws offline at the same time: both acts stand, and the record shows that they crossed (rule R4).
      if (this.#crossed === 0 || dice.chance(0.01)) {
        this.#crossed += 1;
        f.now += 20 * MINUTE;
        act(author, { act: "withdraw" }, before);
      } else if (approved && dice.chance(0.9))
        this.#later(dice.between(2, 20), () => {
          this.#pay(other, record, approved, asked);
        });
    };
    if (fate < 0.66) this.#later(dice.between(0, 9), approve);
    else if (fate < 0.78)
      this.#later(dice.between(1, 6), () => {
        act(other, { act: "refuse", of, reason: say.refusal(dice) });
      });
    else if (fate < 0.84)
      this.#later(1, () => {
        act(author, { act: "withdraw" });
      });
    else if (fate < 0.95) {
      this.#later(dice.between(1, 5), () => {
        act(other, { act: "request-changes", of, reason: say.changeRequest(dice) });
        if (dice.chance(0.5)) this.#later(dice.between(2, 6), approve);
        else
          this.#later(2, () => {
            act(author, { act: "withdraw" });
          });
      });
    }
  }

  #pay(payer: Parent, record: RecordId, of: ChangeHash, asked: number): void {
    const f = this.#family;
    if (asked === 0) return;
    const draft = expenseActDraft(this.#clock(), record, { act: "pay", of, amount: asked, method: say.method(f.dice) });
    const [paid] = f.write(f.anyDevice(payer), [draft]);
    if (!paid || f.dice.chance(0.08)) return;
    this.#later(f.dice.between(1, 6), () => {
      f.write(f.anyDevice(f.other(payer)), [expenseActDraft(this.#clock(), record, { act: "confirm-payment", of: paid.hash })]);
    });
  }

  /** A modified client approves its own expense: every reader sets that aside (rules R3, R4), and the expense stays as submitted. */
  #selfApproved(): void {
    const f = this.#family;
    const at = this.#clock();
    const spent = new Date(f.now).toISOString().slice(0, 10);
    const made = f.write(f.first(f.b), [
      expenseDraft({ at, amount: 42_000, currency: CURRENCY, category: "Other", title: "Tablet for school", spent, share: 10_000 }),
    ])[0];
    if (!made) return;
    f.now += 5 * MINUTE;
    f.write(f.first(f.b), [{ ...expenseActDraft(this.#clock(), made.record, { act: "approve", of: made.hash }), rogue: true }]);
    this.#later(1, () => {
      f.write(f.first(f.a), [expenseActDraft(this.#clock(), made.record, { act: "refuse", of: made.hash, reason: say.refusal(f.dice) })]);
    });
  }
}
