import type { DeviceId, LogId, Signature } from "../src/base/ids.ts";
import type { BoxKeyId } from "../src/charter/types.ts";
import type { PairFault } from "../src/pair/channel.ts";
import { newPairSecret, type PairSecret } from "../src/pair/code.ts";
import { PART_BYTES } from "../src/pair/messages.ts";
import { NewSide } from "../src/pair/new-side.ts";
import { OldSide } from "../src/pair/old-side.ts";
import { seededRandom } from "./random.ts";

/** What the new device says of itself. */
export const KEYS = {
  name: "Phone",
  level: 1,
  d: [{ l: "1".repeat(64) as LogId, s: "2".repeat(64) as DeviceId, x: "3".repeat(64) as BoxKeyId }],
  h: [],
};
export const BODY = new Uint8Array([1, 2, 3]);
export const SIGNATURE = new Uint8Array(64).fill(9) as Signature;
export const CONTENTS = new Uint8Array(300).fill(5);
/** Contents of more than one item. */
export const LONG = new Uint8Array(PART_BYTES + 100).fill(6);

/** What the two mailboxes hold, what each side took in of them, and what came of it. */
export class Exchange {
  readonly toOld: Uint8Array[] = [];
  readonly toNew: Uint8Array[] = [];
  readonly old: OldSide;
  readonly fresh: NewSide;
  digits: string | undefined;
  contents: Uint8Array | undefined;
  oldFault: PairFault | undefined;
  newFault: PairFault | undefined;
  answer: string | undefined;
  whole = CONTENTS;
  /** The digits that the person types; those of the new device by default. */
  typed: ((digits: string) => string) | undefined = (digits) => digits;

  constructor(seed: number, secret: PairSecret = newPairSecret(seededRandom(String(seed)))) {
    this.old = new OldSide(secret, seededRandom(String(seed + 1)), (item) => this.toNew.push(item));
    this.fresh = new NewSide(secret, seededRandom(String(seed + 2)), (item) => this.toOld.push(item));
    this.old.start();
  }

  giveOld(item: Uint8Array): void {
    const event = this.old.receive(item);
    if (!event.ok) this.oldFault ??= event.error;
    else if (event.value?.type === "keys") this.old.ask([BODY]);
    else if (event.value?.type === "signed") this.old.done();
  }

  giveNew(item: Uint8Array): void {
    const event = this.fresh.receive(item);
    if (!event.ok) this.newFault ??= event.error;
    else if (event.value?.type === "digits") this.digits = event.value.digits;
    else if (event.value?.type === "contents") {
      this.contents = event.value.bytes;
      this.fresh.keys(KEYS);
    } else if (event.value?.type === "ask") this.fresh.signed([SIGNATURE]);
  }

  type(): void {
    if (this.old.at !== "digits" || this.digits === undefined || !this.typed) return;
    this.answer = this.old.tryDigits(this.typed(this.digits)).answer;
    if (this.answer === "right") this.old.contents(this.whole);
  }

  /** Hands over what is in the boxes as a relay may: honest by default. */
  run(relay: (item: Uint8Array, to: "old" | "new", n: number) => readonly Uint8Array[] = (item) => [item]): this {
    let o = 0;
    let n = 0;
    for (let i = 0; i < 200; i++) {
      const oldItem = this.toOld[o];
      const newItem = this.toNew[n];
      if (newItem) for (const item of relay(newItem, "new", n++)) this.giveNew(item);
      else if (oldItem) for (const item of relay(oldItem, "old", o++)) this.giveOld(item);
      else if (this.old.at === "digits" && this.digits !== undefined && this.typed) this.type();
      else break;
    }
    return this;
  }
}
