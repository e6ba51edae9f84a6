import type { Hex32, StatementId } from "../base/ids.ts";
import { ackPlacement } from "../entry/bundle.ts";
import { authorPartId, makeAuthorPart, parseAuthorPart } from "../entry/header.ts";
import { LIMITS } from "../base/limits.ts";
import type { PushEntry } from "../wire/messages.ts";
import type { Anchoring } from "./anchoring.ts";
import type { Bundler } from "./bundler.ts";
import type { ReceiptMessage } from "./link.ts";
import type { LeftDesk } from "./left-desk.ts";
import type { LocalLog } from "./local-log.ts";
import type { Outbox, Sealed } from "./outbox.ts";
import type { SigningIn } from "./signing-in.ts";
import type { StatementDesk } from "./statement-desk.ts";

/** What the entries of one push may have together: a frame, without its own fields and the lengths in it. */
const FRAME_ROOM = LIMITS.frame - 4_096;

interface PusherParts {
  readonly outbox: Outbox;
  readonly statements: StatementDesk;
  readonly bundler: Bundler;
  readonly anchoring: Anchoring;
  readonly signingIn: SigningIn;
  readonly left: LeftDesk;
}

/** What goes to the relay next, and what its receipts mean: statements first, then what is sealed, then anchors and acknowledgements. */
export class Pusher {
  readonly #local: LocalLog;
  readonly #parts: PusherParts;
  /** After a refusal that only newer entries can cure, nothing is pushed until they came. */
  #awaiting = false;
  /** How much of the log was here when the last push was made. */
  #pushedAt = 0;
  /** What the last push held, by author part, and what this connection has receipts for: that comes back in the log and is not pushed again. */
  #pushed: readonly Hex32[] = [];
  readonly #receipted = new Set<Hex32>();

  constructor(local: LocalLog, parts: PusherParts) {
    this.#local = local;
    this.#parts = parts;
  }

  /** A connection begins: nothing that another had receipts for counts. */
  begin(): void {
    this.#awaiting = false;
    this.#receipted.clear();
  }

  /** Newer entries are here. */
  resume(): void {
    this.#awaiting = false;
  }

  /** The entries of the next push, or nothing. `later`: the connection is to begin anew. */
  async next(): Promise<readonly PushEntry[] | undefined | "later"> {
    const local = this.#local;
    const { outbox, statements, anchoring, signingIn, left } = this.#parts;
    // Where the log has moved nothing more is taken here; what waits goes along.
    if (this.#awaiting || local.movedOn) return undefined;
    // It comes back as itself.
    if (signingIn.isOutgrown) return "later";
    this.#pushedAt = local.state.tail.size;
    const statement = statements.next(local.state, local, local.now());
    if (statement) return this.#fresh([statement]);
    if (!local.isDevice()) return undefined;
    const waiting = this.#unreceipted();
    if (waiting.length > 0) return this.#fresh(waiting);
    // What own changes may be built on goes before them.
    const again = await left.next();
    if (again.writes.length > 0) {
      if (!(await local.commit(again.writes)).ok) return "later";
      again.kept();
      return this.#fresh(this.#unreceipted());
    }
    const sealed = outbox.seal(local.device, local.signKeys.secretKey, (channel) => local.keyOf(channel), local.ports.random);
    if (sealed.writes.length === 0) return this.#fresh(this.#acks());
    // An anchor goes along with what this person wrote, and never by itself: it would tell when their device was on.
    const anchors = anchoring.due();
    const kept = await local.commit([...sealed.writes, ...anchors.writes]);
    if (!kept.ok) return "later";
    sealed.kept();
    anchors.kept();
    return this.#fresh(this.#unreceipted());
  }

  /** What this device answers for (rule L8d). Signed anew each time: the same words give the same bytes. */
  #acks(): readonly PushEntry[] {
    const { log, device, charter, signKeys } = this.#local;
    const { bundler } = this.#parts;
    const due = charter && !bundler.isRefusing ? bundler.ledger.due(device, charter, this.#local.now()) : [];
    return due.map((bundle) => {
      const b = new Uint8Array(0);
      return { a: makeAuthorPart(ackPlacement(log, bundle, device), b, signKeys.secretKey), b };
    });
  }

  #unreceipted(): readonly PushEntry[] {
    return this.#parts.outbox.sealed.filter((s) => !this.#receipted.has(s.id)).map((s) => ({ a: s.row.a, b: s.row.b }));
  }

  /** What has a receipt on this connection is on its way back and is not pushed again. As much of the rest as a frame holds. */
  #fresh(entries: readonly PushEntry[]): readonly PushEntry[] {
    const fresh: PushEntry[] = [];
    let bytes = 0;
    for (const entry of entries) {
      if (this.#receipted.has(authorPartId(entry.a))) continue;
      bytes += entry.a.length + entry.b.length;
      if (fresh.length === LIMITS.entriesInPush || (fresh.length > 0 && bytes > FRAME_ROOM)) break;
      fresh.push(entry);
    }
    this.#pushed = fresh.map((e) => authorPartId(e.a));
    return fresh;
  }

  /** The relay answered the last push. `refused`: what it refused was let go of, and the rest goes on. */
  async receipted({ n, error }: ReceiptMessage): Promise<"kept" | "later" | "refused"> {
    for (const id of this.#pushed.slice(0, n.length)) this.#receipted.add(id);
    if (!error) return "kept";
    const { outbox, statements, bundler } = this.#parts;
    const flight = statements.refused(error.code);
    if (flight) {
      this.#awaiting = this.#isWorthWaiting(error.code, flight.prev);
      return "kept";
    }
    const refusedBundle = bundler.isRefused(error, this.#pushed[n.length]);
    // The relay has no room for it, or knows no bundles: everything else goes on as before.
    if (refusedBundle) return (await this.#unseal(refusedBundle)) ? "refused" : "later";
    if (error.code !== "epoch-stale") return "kept";
    // Under another epoch the same changes are another entry.
    const refused = new Set(this.#pushed.slice(n.length));
    const entries = outbox.sealed.filter((s) => refused.has(s.id));
    // The newer epoch may be here already: an entry that was sealed before a restart, for one.
    this.#awaiting = entries.some((s) => this.#isCurrent(s));
    return (await this.#unseal(entries)) ? "kept" : "later";
  }

  /** What came before a refused statement in the chain may be here already, or still be on its way; only then is it worth waiting for. */
  #isWorthWaiting(code: string, prev: StatementId | null): boolean {
    const { charter, tail } = this.#local.state;
    return code === "charter-head" ? prev === charter?.head : tail.size === this.#pushedAt;
  }

  async #unseal(entries: readonly Sealed[]): Promise<boolean> {
    const dropped = this.#parts.outbox.unseal(entries);
    const kept = await this.#local.commit(dropped.writes);
    if (kept.ok) dropped.kept();
    return kept.ok;
  }

  /** As far as this device knows the epoch under which this was sealed is still the one. */
  #isCurrent({ row }: Sealed): boolean {
    const author = parseAuthorPart(row.a);
    if (!author.ok || author.value.channel === "charter") return false;
    return this.#local.keyOf(author.value.channel)?.epoch === author.value.epoch;
  }
}
