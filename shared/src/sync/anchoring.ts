import { timestampRequest } from "../crypto/timestamp.ts";
import { ANCHOR_CHANNEL, makeAnchor, stampedText } from "../entry/anchor.ts";
import { ENTRY_KIND, parseAuthorPart } from "../entry/header.ts";
import type { Write } from "../vault/row-store.ts";
import { ANCHOR_EVERY, type AnchorDesk } from "./anchor-desk.ts";
import type { FaultDesk } from "./fault-desk.ts";
import type { LocalLog } from "./local-log.ts";
import type { Outbox, Sealed } from "./outbox.ts";
import type { Verified } from "./tail.ts";

/** An authority that was asked in vain is not asked again so soon. */
const STAMP_AGAIN = 3_600_000;

/** What witnesses and authorities say is taken in here, asked for, and brought into the log as anchors (rule L11). */
export class Anchoring {
  readonly desk: AnchorDesk;
  readonly #local: LocalLog;
  readonly #outbox: Outbox;
  readonly #faults: FaultDesk;
  /** When an authority was last asked from here. */
  #askedStamp = -Infinity;

  constructor(local: LocalLog, desk: AnchorDesk, outbox: Outbox, faults: FaultDesk) {
    this.#local = local;
    this.desk = desk;
    this.#outbox = outbox;
    this.#faults = faults;
  }

  /** Anchors that are due, as entries of the outbox. */
  due(): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const { log, device, signKeys } = this.#local;
    const epoch = this.#local.keyOf(ANCHOR_CHANNEL)?.epoch;
    // One that is on its way would come back as the very same entry.
    if (epoch === undefined || this.#outbox.sealed.some(isAnchor)) return { writes: [], kept: () => undefined };
    const due = this.desk.due(this.#local.state.tail.verified ?? undefined);
    const added = due.anchors.map((anchor) =>
      this.#outbox.addSealed(makeAnchor({ log, device, epoch, anchor, secret: signKeys.secretKey })),
    );
    return {
      writes: [...due.writes, ...added.map((a) => a.write)],
      kept: () => {
        due.kept();
        for (const a of added) a.kept();
      },
    };
  }

  /** A stamped checkpoint is held against this device's own log like those inside changes, then kept until it goes into an anchor. False: a fork. */
  async takeStamp(stamped: { readonly note: string; readonly token: Uint8Array }, nonce?: Uint8Array): Promise<boolean> {
    const { charter, tail } = this.#local.state;
    const opened = charter && (await this.desk.open(stamped, charter, this.#local.ports.clock.now(), nonce));
    if (!opened) {
      this.#local.tell({ type: "sync" });
      return true;
    }
    const { size, root } = opened.checkpoint;
    if (!(await this.#faults.compare([{ note: stamped.note, size, root, seq: tail.size }]))) return false;
    await this.#keep(opened.take());
    return true;
  }

  /** Asks the authority that is set on this device, after this person wrote something and at most once in 20 hours; nothing waits for it. */
  async askStamp(): Promise<void> {
    const { ports } = this.#local;
    const { verified } = this.#local.state.tail;
    const now = ports.clock.now();
    const text = verified && stampedText(verified.note);
    if (!ports.authority || !text || this.#local.keyOf(ANCHOR_CHANNEL) === undefined) return;
    if (now - this.desk.lastStamp < ANCHOR_EVERY || now - this.#askedStamp < STAMP_AGAIN) return;
    this.#askedStamp = now;
    const authority = await ports.authority();
    if (!authority) return;
    const nonce = ports.random(8);
    const token = await authority.ask(timestampRequest(text, nonce));
    await this.#local.exclusive(async () => {
      if (this.#local.isClosed) return;
      if (token) await this.takeStamp({ note: verified.note, token }, nonce);
      else this.desk.refuse({ at: now, code: "stamp-unreachable" });
      this.#local.tell({ type: "sync" });
    });
  }

  /** The relay names witnesses (rule L11). */
  learn(named: readonly string[]): Promise<void> {
    return this.#keep(this.desk.witnesses.learn(named));
  }

  /** The last checkpoint, for who cosigned it. */
  saw(verified: Verified): Promise<void> {
    return this.#keep(this.desk.witnesses.saw(verified));
  }

  /** What is not kept now is said again at the next sign-in, or with the next checkpoint. */
  async #keep(known: { readonly writes: readonly Write[]; readonly kept: () => void }): Promise<void> {
    if (known.writes.length === 0 || !(await this.#local.commit(known.writes)).ok) return;
    known.kept();
    this.#local.tell({ type: "sync" });
  }
}

function isAnchor({ row }: Sealed): boolean {
  const author = parseAuthorPart(row.a);
  return author.ok && author.value.kind === ENTRY_KIND.anchor;
}
