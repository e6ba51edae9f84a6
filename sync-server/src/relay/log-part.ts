import { CLOSE } from "@countersign/shared/wire/messages";
import type { LogActor } from "../log/actor.ts";
import { Reader } from "../log/reader.ts";
import { stillHolds, type Grant } from "../log/rights.ts";
import { viewOf } from "../log/view.ts";
import type { Link, LinkHost } from "./link.ts";

/** One connection's part in a log: what it reads there, for as long as the charter gives it a place. */
export class LogPart {
  readonly actor: LogActor;
  /** As whom it speaks; undefined while it only brings the log here. */
  grant: Grant | undefined;
  readonly #host: LinkHost;
  readonly #link: Link;
  readonly #detach: () => void;
  #reader: Reader | undefined;

  constructor(host: LinkHost, link: Link, actor: LogActor, grant?: Grant) {
    this.actor = actor;
    this.grant = grant;
    this.#host = host;
    this.#link = link;
    this.#detach = actor.attach({
      onGrown: () => this.#reader?.pump(),
      onCharter: () => this.#recheck(),
      onLost: () => link.close(CLOSE.tryLater),
    });
  }

  /** Reads from an entry on; false where the charter gives it no place. */
  subscribe(from: number, window: number): boolean {
    const { actor, grant } = this;
    if (!grant || !stillHolds(actor.charter, grant, actor.here())) return false;
    this.#reader?.stop();
    const sink = {
      send: (frame: Uint8Array) => this.#link.sendBytes(frame),
      hasRoom: () => this.#link.hasRoom(),
      count: (entries: number) => this.#host.meter.sent(entries),
      failed: (problem: unknown) => {
        this.#host.log.error("read-failed", problem, { log: this.#host.log.tag(actor.log) });
        this.#link.refuse("internal", CLOSE.tryLater);
      },
    };
    this.#reader = new Reader(actor.served, sink, viewOf(actor, grant), from, window);
    this.#reader.pump();
    return true;
  }

  /** Room for so many more entries; false where nothing is read. */
  window(add: number): boolean {
    this.#reader?.grant(add);
    return this.#reader !== undefined;
  }

  /** The socket has room again. */
  drained(): void {
    this.#reader?.pump();
  }

  end(): void {
    this.#reader?.stop();
    this.#detach();
  }

  /** The charter has grown: who was removed is shown the door, also in the middle of reading. */
  #recheck(): void {
    const { actor, grant } = this;
    if (!grant || stillHolds(actor.charter, grant, actor.here())) return;
    // Who used their own invitation gets the receipt in peace; the key gives nothing any more.
    if (grant.as === "invite" && actor.charter.invite?.id === grant.invite && actor.charter.invite.state === "joined") {
      this.#reader?.stop();
      this.#reader = undefined;
      return;
    }
    this.#link.refuse("not-member", CLOSE.notMember);
  }
}
