import { idBytes } from "@countersign/shared/base/bytes";
import type { Hex32, LogId } from "@countersign/shared/base/ids";
import type { Receipt } from "../../log/actor-ports.ts";
import type { LogActor } from "../../log/actor.ts";
import { grantOf } from "../../log/rights.ts";
import type { Link } from "../link.ts";
import { LogPart } from "../log-part.ts";
import type { SessionHost } from "../session-host.ts";
import type { Request, Role } from "./role.ts";

/** Whoever moves a log here (rules C8d, C8e); a device of it reads what is here of it already. */
export class MoverRole implements Role {
  readonly #host: SessionHost;
  readonly #link: Link;
  readonly #key: Hex32;
  readonly #log: LogId;
  #part: LogPart | undefined;

  constructor(host: SessionHost, link: Link, key: Hex32, log: LogId) {
    this.#host = host;
    this.#link = link;
    this.#key = key;
    this.#log = log;
  }

  async handle(request: Request): Promise<boolean> {
    switch (request.t) {
      case "reserve":
        await this.#reserve();
        return true;
      case "subscribe":
        await this.#lookForPlace();
        return this.#part?.subscribe(request.from, request.window) ?? false;
      case "window":
        return this.#part?.window(request.add) ?? false;
      case "push":
        await this.#offer(request);
        return true;
      case "restore":
        await this.#bring(request);
        return true;
      default:
        return false;
    }
  }

  async #reserve(): Promise<void> {
    const key = await this.#host.moves.reserve(this.#log, () => this.#host.admission.mayFound(this.#link.peer));
    if (key.ok) this.#link.send({ t: "reserved", logKey: idBytes(key.value) });
    else this.#link.say(key.error);
  }

  /** A device of a log that is being moved here reads what is here of it, if it stands in that. */
  async #lookForPlace(): Promise<void> {
    const actor = await this.#host.logs.open(this.#log);
    const grant = actor && grantOf(actor.charter, "device", this.#key, actor.here());
    if (!grant || this.#link.isClosed) return;
    this.#follow(actor).grant = grant;
  }

  /** Whoever brings a log begins again where it is lost. */
  #follow(actor: LogActor): LogPart {
    if (this.#part?.actor === actor) return this.#part;
    this.#part?.end();
    this.#part = new LogPart(this.#host, this.#link, actor);
    return this.#part;
  }

  async #offer({ id, entries }: Extract<Request, { t: "push" }>): Promise<void> {
    const actor = await this.#host.logs.open(this.#log);
    if (actor && !this.#link.isClosed) this.#follow(actor);
    await this.#host.moves.offer({ as: "move", key: this.#key }, this.#log, entries, this.#answer(id));
  }

  async #bring(message: Extract<Request, { t: "restore" }>): Promise<void> {
    await this.#host.moves.bring({ as: "move", key: this.#key }, this.#log, message, this.#answer(message.id), (actor) => {
      if (!this.#link.isClosed) this.#follow(actor);
    });
  }

  #answer(id: number): (receipt: Receipt) => void {
    return (receipt) => this.#link.answer(id, receipt);
  }

  drained(): void {
    this.#part?.drained();
  }

  end(): void {
    this.#part?.end();
  }
}
