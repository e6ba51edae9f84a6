import { toHex } from "../base/bytes.ts";
import type { Signature } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { encodeBody } from "../charter/codec.ts";
import { CHARTER_LIMITS } from "../charter/limits.ts";
import { devicesOf, stage } from "../charter/query.ts";
import { joinSignatures, signBody } from "../charter/sign.ts";
import { encodeContents } from "../pair/contents.ts";
import type { PairCode, PairFault } from "../pair/channel.ts";
import { newPairSecret, pairCodeLink, pairCodeText } from "../pair/code.ts";
import { OldSide, TRIES, type KeysMessage, type OldEvent } from "../pair/old-side.ts";
import { Mailbox } from "../sync/mailbox.ts";
import type { ActError } from "./answer.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";
import { mailboxError, pairError, type LinkDesk } from "./link-desk.ts";
import { holds, propose, refuseKeys, type LinkStatement } from "./link-statements.ts";
import type { DeviceGroup } from "./secret-rows.ts";
import type { UnfinishedLinks } from "./unfinished-links.ts";
import { plainAddress, vaultContents } from "./vault-contents.ts";
import { untilLive } from "./waiting.ts";

/** How long a code lives, and how long the rest may take after the digits were right. */
export const CODE_LIFE = 10 * 60_000;
const REACH = 20_000;
/** How often a statement is made anew because others came first. */
const ROUNDS = 16;

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

  // ---------------------------------------------------------------------------------------------------------- the statements

  async #link(now: Exchange, keys: KeysMessage): Promise<void> {
    now.isLinking = true;
    const refusal = refuseKeys(now.logs, keys);
    if (refusal) {
      this.#fail(now, now.side.end(refusal).error);
      return;
    }
    now.name = keys.name.trim();
    const devices: DeviceGroup = keys.d.map(({ l, s }) => ({ l, d: s }));
    const all = now.logs.filter((l) => devices.some((d) => d.l === l.session.log));
    let waiting = [...all];
    for (let round = 0; waiting.length > 0; round++) {
      const proposed = waiting.map((open) => propose(open.session, keys));
      const signatures = await this.#signed(
        now,
        proposed.map((p) => encodeBody(p)),
      );
      if (!signatures || this.#now !== now) return;
      if (!proposed.every((p, i) => holds(p, signatures[i]))) {
        this.#fail(now, now.side.end("pair-contents").error);
        return;
      }
      // From here on a crash finds the row, and what is linked without an answer is taken out again.
      if (round === 0 && !(await this.#unfinished.add(now.id, devices))) {
        this.#end(now, { code: "storage-full" }, "pair-refused");
        return;
      }
      const left = await this.#push(now, all.length, waiting, proposed, signatures);
      if (left === undefined || (left.length > 0 && round >= ROUNDS)) {
        this.#fail(now, now.side.end("pair-refused").error);
        return;
      }
      waiting = left;
    }
    await this.#name(now, devices, keys.h);
    if (this.#now !== now) return;
    now.side.done();
    this.#desk.show({ state: "finishing", name: now.name });
    void this.#watch(now);
  }

  /** Pushes the countersigned statements. Gives the logs whose chain had grown before, or undefined where one was refused. */
  async #push(
    now: Exchange,
    all: number,
    logs: readonly OpenLog[],
    statements: readonly LinkStatement[],
    signatures: readonly Signature[],
  ): Promise<OpenLog[] | undefined> {
    const left: OpenLog[] = [];
    for (const [i, open] of logs.entries()) {
      const { session } = open;
      const statement = statements[i];
      const signature = signatures[i];
      if (!statement || !signature) throw new Error("a signature for each statement");
      const signed = joinSignatures(statement, [
        { key: session.device, signature: signBody(statement, session.signKeys.secretKey) },
        { key: statement.device.sign, signature },
      ]);
      const request = session.statements.request<ActError>((charter) => {
        if (this.#now !== now) return err({ code: "cancelled" });
        if (charter.head !== statement.prev) return err({ code: "record-moved-on" });
        return ok({ signed, secret: session.signKeys.secretKey });
      }, session);
      const done = await this.#unfinished.underWay(now.id, request);
      if (this.#now !== now) return undefined;
      if (done.ok) this.#desk.show({ state: "giving", done: all - logs.length + i + 1 - left.length, of: all });
      else if (done.error.code === "record-moved-on") left.push(open);
      else return undefined;
    }
    return left;
  }

  #signed(now: Exchange, bodies: readonly Uint8Array[]): Promise<readonly Signature[] | undefined> {
    return new Promise((resolve) => {
      now.onSigned = (signatures) => {
        now.onSigned = undefined;
        resolve(signatures);
      };
      now.side.ask(bodies);
    });
  }

  async #name(now: Exchange, devices: DeviceGroup, known: DeviceGroup): Promise<void> {
    for (const open of now.logs) {
      const device = devices.find((d) => d.l === open.session.log)?.d;
      if (!device) continue;
      const names = new Map(open.names.devices);
      if (now.name !== "") names.set(device, now.name);
      await this.#core.saveNames(open, { ...open.names, devices: names });
    }
    const same = [...devices, ...known];
    const others = this.#core.groups.filter((g) => !g.some((m) => same.some((s) => s.l === m.l && s.d === m.d)));
    await this.#core.saveGroups([...others, same].slice(-200));
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
    this.#leave(now.mailbox);
  }

  /** The last item still has to get into the box. */
  #leave(mailbox: Mailbox): void {
    const { clock } = this.#core.deps.ports;
    const end = clock.now() + REACH;
    const look = (): void => {
      if (mailbox.isSettled || clock.now() >= end) mailbox.close();
      else clock.after(100, look);
    };
    look();
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
