import type { LogPart } from "../log-part.ts";
import type { Link } from "../link.ts";
import type { Request, Role } from "./role.ts";

/** Pushes of one connection that may wait for their places together. */
const PUSHES_AT_ONCE = 32;

/** Somebody with a place in a log: a device, a recovery sheet, or an invitation. */
export class MemberRole implements Role {
  readonly #link: Link;
  readonly #part: LogPart;
  #taking = 0;

  constructor(link: Link, part: LogPart) {
    this.#link = link;
    this.#part = part;
  }

  async handle(request: Request): Promise<boolean> {
    switch (request.t) {
      case "subscribe":
        return this.#part.subscribe(request.from, request.window);
      case "window":
        return this.#part.window(request.add);
      case "push":
        return this.#push(request);
      case "restore":
        return this.#restore(request);
      default:
        return false;
    }
  }

  async #push({ id, entries }: Extract<Request, { t: "push" }>): Promise<boolean> {
    const { actor, grant } = this.#part;
    if (!grant) return false;
    const taken = actor.push(grant, entries, (receipt) => this.#link.answer(id, receipt));
    this.#taking++;
    const done = taken.finally(() => this.#taking--);
    // Their signatures are checked beside each other; a connection that brings more waits, so that its socket does.
    if (this.#taking >= PUSHES_AT_ONCE) await done;
    return true;
  }

  /** Only a device that the log has now may give back what comes after now (rule C8). */
  async #restore(message: Extract<Request, { t: "restore" }>): Promise<boolean> {
    const { actor, grant } = this.#part;
    if (grant?.as !== "device") return false;
    await actor.restore(grant, message, (receipt) => this.#link.answer(message.id, receipt));
    return true;
  }

  drained(): void {
    this.#part.drained();
  }

  end(): void {
    this.#part.end();
  }
}
