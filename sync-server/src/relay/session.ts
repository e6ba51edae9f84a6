import { idBytes, toId } from "@countersign/shared/base/bytes";
import type { Hex32, LogId } from "@countersign/shared/base/ids";
import { encode } from "@countersign/shared/cbor/cbor";
import { LIMITS } from "@countersign/shared/base/limits";
import {
  CLOSE,
  clientMessageCodec,
  type ClientMessage,
  type MailboxId,
  type RelayMessage,
  type RestoreMessage,
  type SignInRole,
} from "@countersign/shared/wire/messages";
import type { LogActor } from "../log/actor.ts";
import type { Receipt } from "../log/actor-ports.ts";
import { Reader } from "../log/reader.ts";
import { grantOf, stillHolds, type Grant } from "../log/rights.ts";
import { viewOf } from "../log/view.ts";
import type { MailItem } from "../store/store.ts";
import { Bucket } from "./bucket.ts";
import { MAX_WINDOW } from "./limits.ts";
import { Link, type LinkHost, type LinkReader, type RelayPeer } from "./link.ts";
import type { Mail, MailWatcher } from "./mail.ts";
import type { Moves } from "./moves.ts";
import { checkHello, isUnknownType } from "./sign-in.ts";
import type { Tokens } from "./tokens.ts";

/** What a session needs of the relay around it. */
export interface SessionHost extends LinkHost {
  readonly tokens: Tokens;
  readonly mail: Mail;
  readonly moves: Moves;
  open(log: LogId): Promise<LogActor | undefined>;
  found(session: Session, push: Extract<ClientMessage, { t: "push" }>, signer: Hex32): Promise<void>;
  reserve(): Uint8Array | undefined;
  logsOfRecoveryKey(key: Hex32): Promise<readonly LogId[]>;
  /** Rates that outlive a connection. */
  mayFrame(key: Hex32): boolean;
  mayMail(session: Session, bytes: number): boolean;
  mayFound(session: Session): boolean;
  signedIn(session: Session, key: Hex32, log: LogId | null): void;
  ended(session: Session): void;
}

type Of<T extends RelayMessage["t"]> = Extract<RelayMessage, { t: T }>;

interface SignedIn {
  readonly role: SignInRole;
  readonly key: Hex32;
  readonly token: string;
  /** As `move`: the log that is to come here. */
  readonly moving?: LogId;
  actor?: LogActor;
  grant?: Grant;
  detach?: () => void;
  reader?: Reader;
}

/** Before it has signed in a connection may say this much. */
const STRANGER_FRAMES = 4;

/** Pushes of one connection that may wait for their places together. */
const PUSHES_AT_ONCE = 32;

/**
 * One connection: challenge, sign-in, then messages in the order in which they came (rules W1, W6, W7). It is handed bytes and hands out bytes;
 * what it may do in its log is `rights.ts`, what it does is the log's actor.
 */
export class Session implements LinkReader, MailWatcher {
  readonly #host: SessionHost;
  readonly #link: Link;
  readonly #challenge: Uint8Array;
  readonly #strangerFrames: Bucket;
  #in: SignedIn | undefined;
  #taking = 0;

  constructor(host: SessionHost, peer: RelayPeer) {
    this.#host = host;
    this.#link = new Link(host, peer, this);
    this.#challenge = host.ports.random(32);
    this.#strangerFrames = new Bucket(STRANGER_FRAMES, 0, host.now());
  }

  get peer(): RelayPeer {
    return this.#link.peer;
  }
  get isClosed(): boolean {
    return this.#link.isClosed;
  }

  /** Speaks first (W1). */
  greet(): void {
    this.#link.send({ t: "challenge", v: 1, c: this.#challenge, name: this.#host.ports.name, time: this.#host.now() });
  }

  receive(bytes: Uint8Array): void {
    this.#link.receive(bytes);
  }
  alive(): void {
    this.#link.alive();
  }
  drained(): void {
    this.#link.drained();
    this.#in?.reader?.pump();
  }
  close(code: number): void {
    this.#link.close(code);
  }

  onClosed(): void {
    const me = this.#in;
    if (!me) this.#host.meter.signIn("refused");
    me?.reader?.stop();
    me?.detach?.();
    if (me) this.#host.tokens.end(me.token);
    this.#host.mail.forget(this);
    this.#host.ended(this);
  }

  async onFrame(bytes: Uint8Array): Promise<void> {
    if (this.isClosed) return;
    const within = this.#in ? this.#host.mayFrame(this.#in.key) : this.#strangerFrames.take(1, this.#host.now());
    if (!within) {
      this.#link.refuse("rate", CLOSE.rate);
      return;
    }
    const read = clientMessageCodec.decode(bytes);
    if (!read.ok) {
      this.#link.refuse(read.error.code === "struct-unknown" && isUnknownType(bytes) ? "unsupported" : "malformed", CLOSE.violation);
      return;
    }
    if (!this.#in) await this.#hello(read.value);
    else await this.#handle(this.#in, read.value);
  }

  // ------------------------------------------------------------------------------------------------------------ sign-in

  async #hello(hello: ClientMessage): Promise<void> {
    if (hello.t !== "hello") {
      this.#link.refuse("sign-in-refused", CLOSE.signIn);
      return;
    }
    const refusal = checkHello(hello, this.#challenge, this.#host.ports.name);
    if (refusal) {
      this.#link.refuse(refusal.code, refusal.close);
      return;
    }
    const key = toId<Hex32>(hello.key);
    if (hello.as === "move" && hello.log !== null) await this.#welcomeMover(hello.log, key);
    else if (hello.log === null) await this.#welcomeWithoutLog(hello.as, key);
    else await this.#welcomeTo(hello.log, hello.as, key);
  }

  async #welcomeWithoutLog(role: SignInRole, key: Hex32): Promise<void> {
    const logs = role === "recovery" ? await this.#host.logsOfRecoveryKey(key) : undefined;
    if (this.isClosed) return;
    if (logs?.length === 0) {
      this.#link.refuse("not-member", CLOSE.notMember);
      return;
    }
    this.#enter({ role, key, token: this.#host.tokens.issue(undefined) }, null, 0, null, logs);
  }

  async #welcomeTo(log: LogId, role: SignInRole, key: Hex32): Promise<void> {
    const actor = await this.#host.open(log);
    if (this.isClosed) return;
    if (!actor) {
      this.#link.refuse("no-such-log", CLOSE.signIn);
      return;
    }
    const { stage } = actor;
    if (stage && actor.isStaged) {
      // Not here yet. Who has it from an earlier time comes again when it is.
      if (stage.floor > 0) this.#link.refuse("busy", CLOSE.tryLater);
      else this.#link.refuse("no-such-log", CLOSE.signIn);
      return;
    }
    const grant = grantOf(actor.charter, role, key, actor.here());
    if (!grant) {
      this.#link.refuse("not-member", CLOSE.notMember);
      return;
    }
    const signedIn: SignedIn = { role, key, token: this.#host.tokens.issue({ log, grant }), actor, grant };
    this.#attach(signedIn, actor);
    this.#enter(signedIn, log, actor.durable(), actor.freshNote());
  }

  /** Whoever moves a log here: what is here of it already, and what waits for a consent. Of a log that lives here only its devices hear. */
  async #welcomeMover(log: LogId, key: Hex32): Promise<void> {
    const actor = await this.#host.open(log);
    if (this.isClosed) return;
    const isDevice = actor !== undefined && grantOf(actor.charter, "device", key, actor.here()) !== undefined;
    const staged = actor?.stage;
    if (actor && !staged && !isDevice) {
      this.#link.refuse("not-member", CLOSE.notMember);
      return;
    }
    const signedIn: SignedIn = { role: "move", key, token: this.#host.tokens.issue(undefined), moving: log };
    const stage = actor && !staged ? undefined : { offer: isDevice ? [...(staged?.offer ?? [])] : [] };
    this.#enter(signedIn, log, actor?.durable() ?? 0, actor?.freshNote() ?? null, undefined, stage);
  }

  #enter(
    signedIn: SignedIn,
    log: LogId | null,
    size: number,
    note: string | null,
    logs?: readonly LogId[],
    stage?: Of<"welcome">["stage"],
  ): void {
    this.#in = signedIn;
    this.#link.watch();
    this.#host.signedIn(this, signedIn.key, log);
    this.#host.meter.signIn("welcome");
    const limits = { frame: LIMITS.frame, body: LIMITS.body, file: this.#host.limits.file, window: MAX_WINDOW };
    const witnesses = this.#host.ports.witnesses?.verifierKeys;
    this.#link.send({
      t: "welcome",
      size,
      note,
      time: this.#host.now(),
      token: signedIn.token,
      limits,
      ...(log === null || !witnesses || witnesses.length === 0 ? {} : { witnesses: [...witnesses] }),
      ...(logs ? { logs: [...logs] } : {}),
      ...(stage ? { stage } : {}),
    });
  }

  #attach(signedIn: SignedIn, actor: LogActor): void {
    signedIn.detach = actor.attach({
      onGrown: () => signedIn.reader?.pump(),
      onCharter: () => this.#recheck(signedIn),
      onLost: () => this.close(CLOSE.tryLater),
    });
  }

  /** The charter has grown: who was removed is shown the door, also in the middle of reading. */
  #recheck(signedIn: SignedIn): void {
    const { actor, grant } = signedIn;
    if (!actor || !grant || stillHolds(actor.charter, grant, actor.here())) return;
    // Who used their own invitation gets the receipt in peace; the key gives nothing any more.
    if (grant.as === "invite" && actor.charter.invite?.id === grant.invite && actor.charter.invite.state === "joined") {
      signedIn.reader?.stop();
      delete signedIn.reader;
      return;
    }
    this.#link.refuse("not-member", CLOSE.notMember);
  }

  // ----------------------------------------------------------------------------------------------------------- messages

  async #handle(me: SignedIn, message: ClientMessage): Promise<void> {
    switch (message.t) {
      case "hello":
        this.#link.refuse("malformed", CLOSE.violation);
        return;
      case "ping":
        this.#link.send({ t: "pong", x: message.x });
        return;
      case "reserve":
        await this.#reserve(me);
        return;
      case "subscribe":
        await this.#subscribe(me, message.from, message.window);
        return;
      case "window":
        if (me.reader) me.reader.grant(message.add);
        else this.#notHere();
        return;
      case "push":
        await this.#push(me, message);
        return;
      case "restore":
        await this.#restore(me, message);
        return;
      case "mail-put":
        await this.#mailPut(me, message.box, message.m);
        return;
      case "mail-take":
        await this.#mailTake(me, message.box, message.after);
        return;
    }
  }

  /** A message that this kind of sign-in does not have. */
  #notHere(): void {
    this.#link.refuse("unsupported", CLOSE.violation);
  }

  async #reserve(me: SignedIn): Promise<void> {
    if (me.moving !== undefined) {
      const key = await this.#host.moves.reserve(me.moving, () => this.#host.mayFound(this));
      if (key.ok) this.#link.send({ t: "reserved", logKey: idBytes(key.value) });
      else this.#link.say(key.error);
      return;
    }
    if (me.role !== "found" || me.actor) {
      this.#notHere();
      return;
    }
    const logKey = this.#host.mayFound(this) ? this.#host.reserve() : undefined;
    if (logKey) this.#link.send({ t: "reserved", logKey });
    else this.#link.say("rate");
  }

  async #subscribe(me: SignedIn, from: number, window: number): Promise<void> {
    await this.#asDevice(me);
    const { actor, grant } = me;
    if (!actor || !grant || !stillHolds(actor.charter, grant, actor.here())) {
      this.#notHere();
      return;
    }
    me.reader?.stop();
    const view = viewOf(actor, grant);
    const sink = {
      send: (frame: Uint8Array) => this.#link.sendBytes(frame),
      hasRoom: () => this.#link.hasRoom(),
      count: (entries: number) => this.#host.meter.sent(entries),
      failed: (problem: unknown) => {
        this.#host.log.error("read-failed", problem, { log: this.#host.log.tag(actor.log) });
        this.#link.refuse("internal", CLOSE.tryLater);
      },
    };
    me.reader = new Reader(actor, sink, view, from, window);
    me.reader.pump();
  }

  /** A device of a log that is being moved here reads what is here of it, if it stands in that. */
  async #asDevice(me: SignedIn): Promise<void> {
    const actor = me.moving === undefined ? undefined : await this.#host.open(me.moving);
    const grant = actor && grantOf(actor.charter, "device", me.key, actor.here());
    if (!grant || this.isClosed) return;
    this.#follow(me, actor);
    me.grant = grant;
  }

  /** Whoever brings a log begins again where it is lost. */
  #follow(me: SignedIn, actor: LogActor): void {
    if (me.actor === actor || this.isClosed) return;
    me.detach?.();
    me.actor = actor;
    delete me.grant;
    this.#attach(me, actor);
  }

  async #push(me: SignedIn, push: Extract<ClientMessage, { t: "push" }>): Promise<void> {
    if (me.moving !== undefined) {
      const actor = await this.#host.open(me.moving);
      const answer = (receipt: Receipt): void => this.answer(push.id, receipt);
      if (actor) this.#follow(me, actor);
      await this.#host.moves.offer({ as: "move", key: me.key }, me.moving, push.entries, answer);
    } else if (me.actor && me.grant) {
      const taken = me.actor.push(me.grant, push.entries, (receipt) => this.answer(push.id, receipt));
      this.#taking++;
      const done = taken.finally(() => this.#taking--);
      // Their signatures are checked beside each other; a connection that brings more waits, so that its socket does.
      if (this.#taking >= PUSHES_AT_ONCE) await done;
    } else if (me.role === "found") await this.#host.found(this, push, me.key);
    else this.#notHere();
  }

  /** Only a device that the log has now may give back what comes after now (rule C8). */
  async #restore(me: SignedIn, message: RestoreMessage): Promise<void> {
    if (me.moving !== undefined) {
      const answer = (receipt: Receipt): void => this.answer(message.id, receipt);
      await this.#host.moves.bring({ as: "move", key: me.key }, me.moving, message, answer, (actor) => this.#follow(me, actor));
    } else if (me.actor && me.grant?.as === "device")
      await me.actor.restore(me.grant, message, (receipt) => this.answer(message.id, receipt));
    else this.#notHere();
  }

  /** A `found` connection speaks as the founding device from its founding on. */
  founded(actor: LogActor, grant: Grant): void {
    const me = this.#in;
    if (!me || this.isClosed) return;
    me.actor = actor;
    me.grant = grant;
    this.#host.tokens.extend(me.token, { log: actor.log, grant });
    this.#attach(me, actor);
  }

  answer(id: number, receipt: Receipt): void {
    const { error } = receipt;
    if (error) this.#host.meter.refused(error.code);
    // Of the relay's own making, so it needs no look through the schema, which is for what comes from others.
    this.#link.sendBytes(encode({ t: "receipt", id, n: [...receipt.n], ...(error ? { error: { ...error } } : {}) }));
  }

  async #mailPut(me: SignedIn, box: MailboxId, m: Uint8Array): Promise<void> {
    if (me.role !== "mail") {
      this.#notHere();
      return;
    }
    if (!this.#host.mayMail(this, m.length)) this.#link.say("rate");
    else if (!(await this.#host.mail.put(box, m))) this.#link.say("mailbox-full");
  }

  async #mailTake(me: SignedIn, box: MailboxId, after: number): Promise<void> {
    if (me.role !== "mail") {
      this.#notHere();
      return;
    }
    const items = this.#host.mayMail(this, 0) ? await this.#host.mail.take(box, after, this) : undefined;
    if (items) this.onMail(box, items);
    else this.#link.say("rate");
  }

  onMail(box: MailboxId, items: readonly MailItem[]): void {
    this.#link.send({ t: "mail", box, items: [...items] });
  }
}
