import type { MailboxId } from "@countersign/shared/wire/messages";
import type { MailItem } from "../../store/store.ts";
import type { Link } from "../link.ts";
import type { MailWatcher } from "../mail.ts";
import type { SessionHost } from "../session-host.ts";
import type { Request, Role } from "./role.ts";

/** Whoever writes to mailboxes and reads them, to link a device (rule C3). */
export class MailerRole implements Role, MailWatcher {
  readonly #host: SessionHost;
  readonly #link: Link;

  constructor(host: SessionHost, link: Link) {
    this.#host = host;
    this.#link = link;
  }

  async handle(request: Request): Promise<boolean> {
    switch (request.t) {
      case "mail-put":
        await this.#put(request.box, request.m);
        return true;
      case "mail-take":
        await this.#take(request.box, request.after);
        return true;
      default:
        return false;
    }
  }

  async #put(box: MailboxId, m: Uint8Array): Promise<void> {
    if (!this.#host.admission.mayMail(this.#link.peer, m.length)) this.#link.say("rate");
    else if (!(await this.#host.mail.put(box, m))) this.#link.say("mailbox-full");
  }

  async #take(box: MailboxId, after: number): Promise<void> {
    const items = this.#host.admission.mayMail(this.#link.peer, 0) ? await this.#host.mail.take(box, after, this) : undefined;
    if (items) this.onMail(box, items);
    else this.#link.say("rate");
  }

  onMail(box: MailboxId, items: readonly MailItem[]): void {
    this.#link.send({ t: "mail", box, items: [...items] });
  }

  drained(): void {
    // Mail is short; nothing of it waits for room.
  }

  end(): void {
    this.#host.mail.forget(this);
  }
}
