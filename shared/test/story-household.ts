/** A small household in which everything happens of which a second reader may be unsure, for docs/example. The same parts each time. */
import { toId, utf8 } from "../src/base/bytes.ts";
import type { BookId, Hex32 } from "../src/base/ids.ts";
import type { LogKeyId } from "../src/charter/types.ts";
import { channelsOf } from "../src/base/channels.ts";
import { frameOn, makeStatement } from "../src/charter/sign.ts";
import { sha256 } from "../src/crypto/hash.ts";
import { signKeyPair, type SignKeyPair } from "../src/crypto/sign.ts";
import { openBody } from "../src/entry/body.ts";
import { ackPlacement, sealBundle, type Covered } from "../src/entry/bundle.ts";
import { ENTRY_KIND, parseAuthorPart } from "../src/entry/header.ts";
import { expenseActDraft, expenseDraft, type messageDraft } from "../src/sample/acts.ts";
import { openEpochs } from "../src/sample/charter-steps.ts";
import { Family, type Parent, type SentMessage } from "../src/sample/family.ts";
import { deviceKeys, type DeviceSecrets } from "../src/sample/keys.ts";
import type { Known, Logged } from "../src/sample/log-builder.ts";
import { sampleOf, type Sample } from "../src/sample/sample.ts";
import { Dice, seededRandom } from "../src/sample/seeded.ts";
import { HOUSEHOLD_START, HOUSEHOLD_ZONE } from "./household.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface StoryHousehold {
  readonly family: Family;
  /** Name and log key of the relay that the log left. */
  readonly left: { readonly relay: string; readonly key: SignKeyPair };
  readonly sample: Sample;
  /** The expense whose approval and withdrawal crossed. */
  readonly crossed: Logged;
}

/** @param bare whether the payment that comes without its note is the last thing that happens */
export function makeStoryHousehold(bare = true): StoryHousehold {
  const story = new Story();
  const { family } = story;
  const { a, b, builder } = family;
  const left = { relay: builder.relay, key: builder.logKey };
  family.bringTogether();
  const hike = story.say(a, {
    subject: "-2+3 days in the hills",
    children: ["Leo", "=Mia"],
    text: "@all: three papers, see below.",
    files: [family.paper("plan.pdf", ["Plan"]), family.paper("packing.pdf", ["Socks"]), family.picture("hut.png")],
  });
  story.say(b, { thread: hike.thread, text: "If you take the summer, I would give up Easter.", settlement: true });
  story.say(a, { thread: hike.thread, text: "=1+1 is what I can offer.\nThe rest on Friday." });
  const camp = story.spend(a, {
    title: '=HYPERLINK("http://x.example","Refund")',
    amount: 19_999,
    currency: "EUR",
    note: "+43 1 555",
    children: ["Leo"],
  });
  story.spend(b, { title: "School trip", amount: 12_000, currency: "JPY" });
  const before = story.known();
  story.act(b, camp, { act: "approve", of: camp.hash });
  story.act(a, camp, { act: "withdraw" }, before);
  const fees = story.spend(a, { title: "Fees", amount: 45_125, currency: "KWD" });
  const yes = story.act(b, fees, { act: "approve", of: fees.hash });
  story.bundle("messages");
  story.recover(b);
  story.say(b, { thread: hike.thread, text: "A new phone, by the sheet." });
  story.move();
  story.say(a, { thread: hike.thread, text: "Written at the new relay." });
  story.act(a, story.spend(a, { title: "Skis", amount: 1, currency: "EUR" }), { act: "withdraw" });
  if (bare) story.payWithoutNote(fees, yes);
  return { family, left, sample: sampleOf(family, HOUSEHOLD_ZONE), crossed: camp };
}

/** How things happen here, one half hour after another. */
class Story {
  readonly family = new Family({
    ...{ random: seededRandom(sha256(utf8("story household"))), dice: new Dice(3), start: HOUSEHOLD_START },
    ...{ relay: "old.example", names: ["Ada", "Ben"] as const },
  });

  known(): Known {
    return this.family.builder.known();
  }

  say(who: Parent, of: Partial<Parameters<typeof messageDraft>[0]>): SentMessage {
    return this.family.send(who, { at: this.#tick(), text: "", ...of });
  }

  spend(who: Parent, of: Pick<Parameters<typeof expenseDraft>[0], "title" | "amount" | "currency" | "children" | "note">): Logged {
    const more = { category: "School", spent: "2026-03-02", share: 5_000 };
    return one(this.family.write(this.family.first(who), [expenseDraft({ at: this.#tick(), ...more, ...of })]));
  }

  act(who: Parent, on: Logged, later: Parameters<typeof expenseActDraft>[2], known?: Known): Logged {
    return one(this.family.write(this.family.first(who), [expenseActDraft(this.#tick(), on.record, later)], known));
  }

  /** Ben's app leaves the note out of the body: on every device the payment is set aside. */
  payWithoutNote(on: Logged, yes: Logged): Logged {
    const draft = expenseActDraft(this.#tick(), on.record, { act: "pay", of: yes.hash, amount: 22_562 });
    const known = this.known();
    return one(this.family.builder.write(this.family.first(this.family.b), [draft], known, { ...known, note: "none" }));
  }

  /** A bundle of all entries of the channel's first book so far, acknowledged by the other parent: the relay then dropped the bodies (protocol L8). */
  bundle(channel: "messages" | "expenses"): void {
    const { builder, a, b } = this.family;
    const covered: Covered[] = [];
    let of: { readonly epoch: number; readonly book: Covered["body"]["book"]; readonly id: BookId } | undefined;
    for (const entry of builder.entries) {
      const author = parseAuthorPart(entry.authorBytes);
      const key = author.ok && builder.keys.get(channel)?.[author.value.epoch];
      if (!author.ok || !key || author.value.kind !== ENTRY_KIND.changes || author.value.channel !== channel) continue;
      const body = openBody(author.value, entry.body, key);
      if (!body.ok) continue;
      of ??= { epoch: author.value.epoch, book: body.value.book, id: author.value.book };
      if (author.value.book === of.id && author.value.epoch === of.epoch)
        covered.push({ seq: entry.seq, leaf: entry.leaf, body: body.value });
    }
    const key = of && builder.keys.get(channel)?.[of.epoch];
    if (!of || !key) throw new Error("there are entries");
    const [maker, other] = [this.family.first(a), this.family.first(b)];
    this.#tick();
    const sealed = sealBundle({
      ...{ log: builder.log, device: maker.id, book: of.book, epoch: of.epoch, key },
      ...{ entries: covered, random: builder.random },
    });
    if (!sealed) throw new Error("a small bundle");
    const { seq, leaf } = builder.append(sealed.placement, sealed.body, maker);
    this.#tick();
    const named = { seq, leaf, channel, epoch: of.epoch, book: of.id };
    builder.append(ackPlacement(builder.log, named, other.id), new Uint8Array(), other);
  }

  /** The phone is lost: a new one comes in by the recovery sheet, and stands 72 hours later (rule C9). */
  recover(who: Parent): void {
    const { family } = this;
    const { builder } = family;
    const [old, fresh] = [family.first(who), family.newDevice(who, "New phone")];
    this.#tick();
    const fields = { device: deviceKeys(fresh), level: 1, revokes: [old.id] };
    builder.state(fresh, makeStatement({ ...this.#frame(fresh), type: "recover", ...fields }, [fresh.sign, who.recovery.sign]));
    family.now += 73 * HOUR;
    who.devices = [fresh];
    openEpochs(builder, fresh, channelsOf(builder.charter.kind));
  }

  /** Both agree, and the log goes on at another relay under another key (rule C8). */
  move(): void {
    const { builder, a, b } = this.family;
    const next = { relay: "new.example", logKey: signKeyPair(builder.random(32)) };
    this.#tick();
    const { size, root } = this.known();
    const fields = { size, root: toId<Hex32>(root), relay: next.relay, logKey: toId<LogKeyId>(next.logKey.publicKey) };
    const [by, other] = [this.family.first(a), this.family.first(b)];
    const move = builder.state(by, makeStatement({ ...this.#frame(by), type: "move-log", ...fields }, [by.sign]));
    this.#tick();
    builder.state(other, makeStatement({ ...this.#frame(other), type: "consent", to: move }, [other.sign]));
    builder.relay = next.relay;
    builder.logKey = next.logKey;
  }

  #frame(device: DeviceSecrets): ReturnType<typeof frameOn> {
    const { builder } = this.family;
    return frameOn(builder.charter, device.id, builder.checkpointRef());
  }

  #tick(): number {
    return (this.family.now += 30 * MINUTE) - 2_000;
  }
}

function one(logged: readonly Logged[]): Logged {
  const [first] = logged;
  if (!first) throw new Error("one act was written");
  return first;
}
