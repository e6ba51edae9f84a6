import { toId } from "../../base/bytes.ts";
import type { DeviceId, LogId, Signature } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { isRelayAddress, plainAddress } from "../../charter/relay-address.ts";
import { sheetUnlockKey } from "../../charter/recovery-sheet.ts";
import type { BoxKeyId } from "../../charter/types.ts";
import { boxKeyPair } from "../../crypto/box.ts";
import { signKeyPair } from "../../crypto/sign.ts";
import { parseContents, type Contents } from "../../pair/contents.ts";
import type { PairCode, PairFault } from "../../pair/channel.ts";
import { readPairCode } from "../../pair/code.ts";
import { NAME_MAX } from "../../pair/messages.ts";
import { NewSide, type NewEvent } from "../../pair/new-side.ts";
import { FORMAT_LEVEL } from "../../sync/found.ts";
import { Mailbox } from "../../sync/mailbox.ts";
import type { ActError } from "../answer.ts";
import type { Arrival } from "./arrival.ts";
import type { ReplicaCore } from "../core.ts";
import { countersign } from "./link-statements.ts";
import { mailboxError, pairError, type LinkDesk } from "./link-desk.ts";
import type { DeviceGroup } from "../secret-rows.ts";
import { logRows, vaultRows, type NewKeys } from "./vault-contents.ts";

/** The new device waits so long for the next word of the old one. */
const PATIENCE = 15 * 60_000;
const REACH = 20_000;

interface Exchange {
  readonly side: NewSide;
  readonly mailbox: Mailbox;
  /** Of the vault that is to be made; undefined where there is one. */
  readonly passphrase: string | undefined;
  readonly name: string;
  stopTimer: () => void;
  contents: Contents | undefined;
  made: ReadonlyMap<LogId, NewKeys>;
  /** Answers `begin`, once. */
  readonly settle: (result: Result<void, ActError>) => void;
}

/**
 * An empty device takes over the record from another one of the same person (rule C3): everything on this side but the exchange itself. Nothing is
 * kept here before the old device says that every statement is in its log; then all of it is, in one write.
 */
export class TakeOver {
  readonly #core: ReplicaCore;
  readonly #desk: LinkDesk;
  readonly #arrival: Arrival;
  readonly #opened: () => void;
  #now: Exchange | undefined;

  constructor(core: ReplicaCore, desk: LinkDesk, arrival: Arrival, opened: () => void) {
    this.#core = core;
    this.#desk = desk;
    this.#arrival = arrival;
    this.#opened = opened;
  }

  /** Resolves when the digits are shown, or with the reason for which there are none. */
  begin(input: { relay: string; code: string; passphrase: string; name: string }): Promise<Result<void, ActError>> {
    if (this.#core.vault.state !== "none") return Promise.resolve(err({ code: "vault-exists" }));
    return this.#exchange(input);
  }

  /** The same for a device that has the personal log already, and lacks a household that another device has. */
  beginMore(input: { relay: string; code: string }): Promise<Result<void, ActError>> {
    const personal = this.#core.personal;
    if (!personal || this.#core.isSample) return Promise.resolve(err({ code: this.#core.isSample ? "not-allowed" : "locked" }));
    if (personal.session.isRemoved) return Promise.resolve(err({ code: "removed" }));
    const name = personal.names.devices.get(personal.session.device) ?? "";
    return this.#exchange({ ...input, name, passphrase: undefined });
  }

  async #exchange(input: {
    readonly relay: string;
    readonly code: string;
    readonly passphrase: string | undefined;
    readonly name: string;
  }): Promise<Result<void, ActError>> {
    const code = readPairCode(input.code);
    if (!code.ok) return err({ code: code.error.code === "code-other-version" ? "link-other-version" : "code-broken" });
    const relay = plainAddress(code.value.relay ?? input.relay.trim());
    if (!isRelayAddress(relay)) return err({ code: "relay-unreachable" });
    this.stop();
    const { ports } = this.#core.deps;
    return new Promise((resolve) => {
      let answer: ((result: Result<void, ActError>) => void) | undefined = resolve;
      const settle = (result: Result<void, ActError>): void => {
        answer?.(result);
        answer = undefined;
      };
      const side: NewSide = new NewSide(code.value.secret, ports.random, (item) => {
        mailbox.put(item);
      });
      // Before the digits are there the form shows what went wrong; afterwards it is the state.
      const fail = (error: ActError): void => {
        if (this.#now !== now) return;
        this.#close(now);
        this.#desk.show(answer ? { state: "off" } : { state: "failed", side: "new", error });
        settle(err(error));
      };
      let isReached = false;
      const mailbox = new Mailbox(
        ports,
        relay,
        { read: side.boxes.toNew, write: side.boxes.toOld },
        {
          onItem: (item) => {
            if (this.#now !== now) return;
            const event = side.receive(item);
            if (!event.ok) fail(pairError(event.error));
            else if (event.value) {
              this.#patience(now, fail);
              if (event.value.type === "digits") settle(ok(undefined));
              this.#event(now, event.value, fail);
            }
          },
          onCaughtUp: () => {
            if (side.at === "code") fail({ code: "code-unknown" });
          },
          onForeign: () => {
            // Who has answered the code before goes on undisturbed.
            if (side.at === "code") fail({ code: "code-used" });
            else fail(pairError(side.end("pair-used").error));
          },
          onConnected: (connected) => {
            isReached ||= connected;
            if (this.#now === now) this.#desk.connected(connected);
          },
          onEnd: (end) => {
            fail(mailboxError(end));
          },
        },
      );
      const now: Exchange = {
        side,
        mailbox,
        passphrase: input.passphrase,
        name: input.name.trim().slice(0, NAME_MAX),
        stopTimer: () => undefined,
        contents: undefined,
        made: new Map(),
        settle,
      };
      this.#now = now;
      this.#desk.connected(true);
      this.#desk.show({ state: "looking" });
      // A wrong address gets its answer soon; an old device that does not answer, after a while.
      now.stopTimer = ports.clock.after(REACH, () => {
        if (isReached) this.#patience(now, fail);
        else fail({ code: "relay-unreachable" });
      });
      mailbox.open();
    });
  }

  /** Ends what is under way; once everything is here it only puts the end away. */
  stop(): void {
    const now = this.#now;
    if (now) {
      now.side.end("pair-cancelled");
      this.#close(now);
      now.settle(err({ code: "cancelled" }));
    }
    this.#desk.show({ state: "off" });
  }

  // ---------------------------------------------------------------------------------------------------------- the exchange

  #event(now: Exchange, event: NewEvent, fail: (error: ActError) => void): void {
    const refuse = (code: Exclude<PairCode, "pair-ended">): void => {
      const fault: PairFault = now.side.end(code).error;
      fail(pairError(fault));
    };
    switch (event.type) {
      case "digits":
        this.#desk.show({ state: "showing", digits: event.digits });
        return;
      case "part":
        this.#desk.show({ state: "taking", done: event.done, of: event.of });
        return;
      case "contents": {
        const contents = parseContents(event.bytes);
        if (!contents.ok) {
          refuse("pair-contents");
          return;
        }
        const { logs } = contents.value;
        const have = this.#have(contents.value);
        const missing = logs.filter(({ log }) => !have.some((h) => h.l === log));
        // Another person's vault is never mixed into this one.
        if (now.passphrase === undefined && !logs.some((of) => of.kind === "personal" && have.some((h) => h.l === of.log))) {
          refuse("pair-contents");
          return;
        }
        if (missing.length === 0) {
          now.side.end("pair-cancelled");
          fail({ code: "pairing-nothing" });
          return;
        }
        this.#desk.show({ state: "taking", done: 1, of: 1 });
        now.contents = contents.value;
        now.made = new Map(missing.map(({ log }) => [log, this.#keys()] as const));
        now.side.keys({
          name: now.name,
          level: FORMAT_LEVEL,
          h: [...have],
          d: [...now.made].map(([l, k]) => ({ l, s: k.device, x: toId<BoxKeyId>(boxKeyPair(k.box).publicKey) })),
        });
        return;
      }
      case "ask": {
        const signatures = event.bodies.map((body) => countersign(body, now.made));
        if (signatures.every((s): s is Signature => s !== undefined)) now.side.signed(signatures);
        else refuse("pair-contents");
        return;
      }
      case "done":
        void this.#keep(now, fail);
    }
  }

  /** What of the contents this device has already, and as whom. */
  #have(contents: Contents): DeviceGroup {
    return contents.logs.flatMap(({ log }) => {
      const session = this.#core.logs.get(log)?.session;
      return session ? [{ l: log, d: session.device }] : [];
    });
  }

  #keys(): NewKeys {
    const { random } = this.#core.deps.ports;
    const seed = random(32);
    return { sign: seed, box: random(32), device: toId<DeviceId>(signKeyPair(seed).publicKey) };
  }

  async #keep(now: Exchange, fail: (error: ActError) => void): Promise<void> {
    const { contents, made, passphrase, name } = now;
    if (!contents) throw new Error("contents came before the statements");
    const kept =
      passphrase === undefined
        ? await this.#core.add(logRows(contents, made, name, this.#have(contents)))
        : await this.#core.vault.create(passphrase, sheetUnlockKey(contents.sheet.seed), vaultRows(contents, made, name));
    if (!kept.ok) {
      fail(kept.error);
      return;
    }
    this.#close(now);
    this.#desk.show({ state: "syncing", done: 0, of: 0 });
    await this.#core.openLogs();
    if (passphrase !== undefined) this.#opened();
    this.#core.tell({ topic: "vault" });
    await this.#arrival.goOn();
  }

  // ---------------------------------------------------------------------------------------------------------------- ends

  #patience(now: Exchange, fail: (error: ActError) => void): void {
    now.stopTimer();
    now.stopTimer = this.#core.deps.ports.clock.after(PATIENCE, () => {
      now.side.end("pair-expired");
      fail({ code: now.side.at === "code" ? "code-unknown" : "code-expired" });
    });
  }

  #close(now: Exchange): void {
    if (this.#now === now) this.#now = undefined;
    now.stopTimer();
    now.mailbox.finish(REACH);
  }
}
