import { toHex } from "../../base/bytes.ts";
import type { Signature } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { CHARTER_LIMITS } from "../../charter/limits.ts";
import { devicesOf, stage } from "../../charter/query.ts";
import { plainAddress } from "../../charter/relay-address.ts";
import { encodeContents } from "../../pair/contents.ts";
import type { PairCode, PairFault } from "../../pair/channel.ts";
import { newPairSecret, pairCodeLink, pairCodeText } from "../../pair/code.ts";
import { OldSide, TRIES, type KeysMessage, type OldEvent } from "../../pair/old-side.ts";
import { Mailbox } from "../../sync/mailbox.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { mailboxError, pairError, type LinkDesk } from "./link-desk.ts";
import type { UnfinishedLinks } from "./unfinished-links.ts";
import { vaultContents } from "./vault-contents.ts";
import { rememberDevice, writeLinks } from "./write-links.ts";
import { untilLive } from "../waiting.ts";

/** How long a code lives, and how long the rest may take after the digits were right. */
export const CODE_LIFE = 10 * 60_000;
const REACH = 20_000;
/** One exchange that this device began by showing a code. */
interface Exchange {
  readonly id: string;
  readonly side: OldSide;
  readonly mailbox: Mailbox;
  readonly logs: readonly OpenLog[];
  expires: number;
  stopTimer: () => void;
  onSigned: ((signatures: readonly Signature[] | undefined) => void) | undefined;
  name: string;
  isLinking: boolean;
}

/** The device that has the record brings in a new one (rule C3): everything on this side but the exchange itself. */
export class AddDevice {
  readonly #core: ReplicaCore;
  readonly #desk: LinkDesk;
  readonly #unfinished: UnfinishedLinks;
  #now: Exchange | undefined;

  constructor(core: ReplicaCore, desk: LinkDesk, unfinished: UnfinishedLinks) {
    this.#core = core;
    this.#desk = desk;
    this.#unfinished = unfinished;
    unfinished.onFinished = (id) => {
      if (this.#now?.id === id) this.#finished(this.#now);
    };
  }

  /** The passphrase was asked before. */
  async begin(): Promise<Result<void, ActError>> {
    const core = this.#core;
    const personal = core.personal;
    if (core.isSample || !core.sheet || !personal) return err({ code: core.vault.state === "open" ? "not-allowed" : "locked" });
    this.stop();
    const logs = [...core.logs.values()].filter((l) => !isOver(l));
    for (const { session } of logs) {
      if (session.isRemoved) return err({ code: "removed" });
      const { clock } = core.deps.ports;
      const live = await untilLive(session, clock, REACH);
      if (!live.ok) return live;
      if (!session.isDevice()) return err({ code: "recovery-waiting" });
      const used = devicesOf(live.value, session.identity.member).filter((d) => d.revoked === undefined).length;
      if (used >= CHARTER_LIMITS.devices) return err({ code: "not-allowed" });
    }
    await this.#unfinished.failAll();
    return this.#showCode(personal, logs);
  }

  async #showCode(personal: OpenLog, logs: readonly OpenLog[]): Promise<Result<void, ActError>> {
    const { ports } = this.#core.deps;
    const relay = plainAddress(personal.session.identity.address);
    const secret = newPairSecret(ports.random);
    const side: OldSide = new OldSide(secret, ports.random, (item) => {
      mailbox.put(item);
    });
    const exchange = (): Exchange | undefined => (this.#now?.side === side ? this.#now : undefined);
    let failure: ActError | undefined;
    const mailbox = new Mailbox(
      ports,
      relay,
      { read: side.boxes.toOld, write: side.boxes.toNew },
      {
        onItem: (item) => {
          const now = exchange();
          if (now) this.#item(now, item);
        },
        onCaughtUp: () => undefined,
        onForeign: () => {
          const now = exchange();
          if (now) this.#fail(now, side.end("pair-used").error);
        },
        onConnected: (connected) => {
          if (exchange()) this.#desk.connected(connected);
        },
        onEnd: (end) => {
          failure = mailboxError(end);
          const now = exchange();
          if (now) this.#end(now, failure);
        },
      },
    );
    side.start();
    mailbox.open();
    // The code is shown once the new device would find it.
    const limit = ports.clock.now() + REACH;
    while (!mailbox.isSettled) {
      if (failure) return err(failure);
      if (ports.clock.now() >= limit) {
        mailbox.close();
        return err({ code: "relay-unreachable" });
      }
      await new Promise<void>((done) => ports.clock.after(25, done));
    }
    const expires = ports.clock.now() + CODE_LIFE;
    const now: Exchange = {
      id: toHex(ports.random(8)),
      side,
      mailbox,
      logs,
      expires,
      stopTimer: () => undefined,
      onSigned: undefined,
      name: "",
      isLinking: false,
    };
    this.#now = now;
    this.#expireAt(now, expires);
    this.#desk.connected(true);
    this.#desk.show({ state: "code", code: pairCodeText(secret), text: pairCodeLink(relay, secret), expires });
    return ok(undefined);
  }

  async typeDigits(typed: string): Promise<Result<void, ActError>> {
    const now = this.#now;
    if (now?.side.at !== "digits") return err({ code: now || this.#desk.state === "failed" ? "code-dead" : "code-expired" });
    const tried = now.side.tryDigits(typed);
    if (tried.answer === "dead") {
      this.#fail(now, { code: "pair-digits" });
      return err({ code: "code-dead" });
    }
    if (tried.answer === "wrong") {
      this.#desk.show({ state: "digits", left: tried.left, expires: now.expires });
      return err({ code: "digits-wrong", limit: tried.left });
    }
    this.#expireAt(now, this.#core.deps.ports.clock.now() + CODE_LIFE);
    this.#desk.show({ state: "giving", done: 0, of: now.logs.length });
    const contents = encodeContents(await vaultContents(this.#core, now.logs));
    // Stopped, or run out, while it was gathered.
    if (this.#now !== now) return err({ code: "code-expired" });
    now.side.contents(contents);
    return ok(undefined);
  }

  /** Ends what is under way, or puts away how the last one ended. */
  stop(): void {
    const now = this.#now;
    // Once everything was written, only the new device's own word is missing, and `UnfinishedLinks` waits for it.
    if (now?.side.at === "done") this.#close(now);
    else if (now) this.#fail(now, now.side.end("pair-cancelled").error);
    this.#desk.show({ state: "off" });
  }

  // ---------------------------------------------------------------------------------------------------------- the exchange

  #item(now: Exchange, item: Uint8Array): void {
    const event = now.side.receive(item);
    if (!event.ok) this.#fail(now, event.error);
    else if (event.value) this.#event(now, event.value);
  }

  #event(now: Exchange, event: OldEvent): void {
    switch (event.type) {
      case "digits":
        this.#desk.show({ state: "digits", left: TRIES, expires: now.expires });
        return;
      case "keys":
        void this.#link(now, event.keys);
        return;
      case "signed":
        now.onSigned?.(event.signatures);
    }
  }

  async #link(now: Exchange, keys: KeysMessage): Promise<void> {
    now.isLinking = true;
    const name = keys.name.trim();
    now.name = name;
    const written = await writeLinks(this.#unfinished, {
      id: now.id,
      logs: now.logs,
      keys,
      countersigned: (bodies) =>
        new Promise((resolve) => {
          now.onSigned = (signatures) => {
            now.onSigned = undefined;
            resolve(signatures);
          };
          now.side.ask(bodies);
        }),
      isOver: () => this.#now !== now,
      onLinked: (done, of) => this.#desk.show({ state: "giving", done, of }),
    });
    if (this.#now !== now) return;
    if (!written.ok) {
      const { code } = written.error;
      if (code === "storage-full") this.#end(now, { code }, "pair-refused");
      else this.#fail(now, now.side.end(code).error);
      return;
    }
    await rememberDevice(this.#core, now.logs, { name, devices: written.value, known: keys.h });
    if (this.#now !== now) return;
    now.side.done();
    this.#desk.show({ state: "finishing", name });
    void this.#watch(now);
  }

  /** The new device speaks in the log; nothing else ends this well. */
  async #watch(now: Exchange): Promise<void> {
    while (this.#now === now) {
      await this.#unfinished.look();
      await new Promise<void>((done) => this.#core.deps.ports.clock.after(1_000, done));
    }
  }

  // ---------------------------------------------------------------------------------------------------------------- ends

  #finished(now: Exchange): void {
    this.#close(now);
    this.#desk.show({ state: "given", name: now.name });
  }

  #fail(now: Exchange, fault: PairFault): void {
    this.#end(now, pairError(fault));
  }

  /** `tell`: the other side has to hear it from here, since it ended for a reason that the exchange does not know. */
  #end(now: Exchange, error: ActError, tell?: Exclude<PairCode, "pair-ended">): void {
    if (tell) now.side.end(tell);
    const wasGiving = now.isLinking;
    this.#close(now);
    now.onSigned?.(undefined);
    this.#desk.show({ state: "failed", side: "old", error });
    if (wasGiving) void this.#unfinished.fail(now.id);
  }

  #close(now: Exchange): void {
    if (this.#now === now) this.#now = undefined;
    now.stopTimer();
    now.mailbox.finish(REACH);
  }

  #expireAt(now: Exchange, expires: number): void {
    now.stopTimer();
    now.expires = expires;
    const { clock } = this.#core.deps.ports;
    now.stopTimer = clock.after(Math.max(0, expires - clock.now()), () => {
      if (this.#now !== now) return;
      // Once everything was written it is for the new device to speak, and for `UnfinishedLinks` to wait for it.
      if (now.side.at === "done") {
        this.#close(now);
        this.#desk.show({ state: "failed", side: "old", error: { code: "pairing-unfinished" } });
      } else this.#fail(now, now.side.end("pair-expired").error);
    });
  }
}

/** Households that were left or closed are not synced any more: there is nothing to link. */
function isOver({ session }: OpenLog): boolean {
  const now = session.charter && stage(session.charter, session.identity.member, session.now());
  return now === "left" || now === "closed";
}
