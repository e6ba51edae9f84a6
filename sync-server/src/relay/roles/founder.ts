import type { Hex32 } from "@countersign/shared/base/ids";
import type { LogActor } from "../../log/actor.ts";
import type { Grant } from "../../log/rights.ts";
import type { Link } from "../link.ts";
import { LogPart } from "../log-part.ts";
import type { SessionHost } from "../session-host.ts";
import { MemberRole } from "./member.ts";
import type { Request, Role } from "./role.ts";

/** Whoever founds a log; from then on they speak as its founding device. */
export class FounderRole implements Role {
  readonly #host: SessionHost;
  readonly #link: Link;
  readonly #key: Hex32;
  readonly #token: string;
  #member: MemberRole | undefined;

  constructor(host: SessionHost, link: Link, key: Hex32, token: string) {
    this.#host = host;
    this.#link = link;
    this.#key = key;
    this.#token = token;
  }

  async handle(request: Request): Promise<boolean> {
    if (this.#member) return this.#member.handle(request);
    switch (request.t) {
      case "reserve":
        this.#reserve();
        return true;
      case "push":
        await this.#host.founding.found(
          this.#key,
          request.entries,
          (receipt) => this.#link.answer(request.id, receipt),
          (actor, grant) => this.#founded(actor, grant),
        );
        return true;
      default:
        return false;
    }
  }

  #reserve(): void {
    const logKey = this.#host.admission.mayFound(this.#link.peer) ? this.#host.founding.reserve() : undefined;
    if (logKey) this.#link.send({ t: "reserved", logKey });
    else this.#link.say("rate");
  }

  #founded(actor: LogActor, grant: Grant): void {
    if (this.#link.isClosed) return;
    this.#host.tokens.extend(this.#token, { log: actor.log, grant });
    this.#member = new MemberRole(this.#link, new LogPart(this.#host, this.#link, actor, grant));
  }

  drained(): void {
    this.#member?.drained();
  }

  end(): void {
    this.#member?.end();
  }
}
