import type { EndReason } from "../../pair/messages.ts";
import type { PairFault } from "../../pair/channel.ts";
import type { MailboxEnd } from "../../sync/mailbox.ts";
import type { ActError } from "../answer.ts";
import type { LinkView } from "../link-view.ts";
import type { ReplicaCore } from "../core.ts";

/** A view before it is known whether the relay is reached. */
export type Shown = { [S in LinkView["state"]]: Omit<Extract<LinkView, { state: S }>, "offline"> }[LinkView["state"]];

const OVER: ReadonlySet<LinkView["state"]> = new Set(["off", "given", "taken", "failed"]);

/** Where the one linking of this replica stands, and who is told. */
export class LinkDesk {
  readonly #core: ReplicaCore;
  #shown: Shown = { state: "off" };
  #offline = false;

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  get state(): LinkView["state"] {
    return this.#shown.state;
  }

  /** Two devices are at it. What a new device still fetches when it is linked goes on after any lock. */
  get isUnderWay(): boolean {
    return !OVER.has(this.state) && this.state !== "syncing";
  }

  get view(): LinkView {
    return { ...this.#shown, offline: this.#offline } as LinkView;
  }

  show(shown: Shown): void {
    this.#shown = shown;
    this.#core.tell({ topic: "link" });
  }

  connected(connected: boolean): void {
    if (this.#offline === !connected) return;
    this.#offline = !connected;
    this.#core.tell({ topic: "link" });
  }
}

/** What the end of an exchange means to the person. */
export function pairError(fault: PairFault): ActError {
  switch (fault.code) {
    case "pair-broken":
    case "pair-key":
    case "pair-contents":
      return { code: "pairing-broken" };
    case "pair-version":
      return { code: "link-other-version" };
    case "pair-digits":
      return { code: "code-dead" };
    case "pair-used":
      return { code: "code-used" };
    case "pair-expired":
      return { code: "code-expired" };
    case "pair-cancelled":
      return { code: "cancelled" };
    case "pair-refused":
      return { code: "pairing-unfinished" };
    case "pair-level":
      return { code: "update-needed" };
    case "pair-ended":
      return endedError(fault.why ?? "cancelled");
  }
}

function endedError(why: EndReason): ActError {
  switch (why) {
    case "cancelled":
      return { code: "pairing-stopped" };
    case "expired":
      return { code: "code-expired" };
    case "digits":
      return { code: "code-dead" };
    case "broken":
      return { code: "pairing-broken" };
    case "used":
      return { code: "code-used" };
    case "version":
      return { code: "link-other-version" };
    case "level":
      return { code: "update-needed" };
    case "refused":
      return { code: "pairing-unfinished" };
  }
}

export function mailboxError(end: MailboxEnd): ActError {
  switch (end) {
    case "relay-version":
    case "relay-busy":
    case "relay-refused":
      return { code: end };
    case "not-member":
    case "relay-name":
    case "violation":
    case "full":
      return { code: "relay-refused" };
    case "expired":
      return { code: "code-expired" };
  }
}
