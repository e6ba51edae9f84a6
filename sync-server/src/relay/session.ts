import { idBytes, toId, utf8 } from "@countersign/shared/base/bytes";
import type { Hex32, LogId, Millis } from "@countersign/shared/base/ids";
import { decode, encode } from "@countersign/shared/cbor/cbor";
import { verify } from "@countersign/shared/crypto/sign";
import { LIMITS } from "@countersign/shared/entry/limits";
import {
  CLOSE,
  clientMessageCodec,
  relayMessageCodec,
  signInBytes,
  type ClientMessage,
  type MailboxId,
  type RelayMessage,
  type SignInRole,
  type WireCode,
} from "@countersign/shared/wire/messages";
import type { LogActor, Receipt } from "../log/actor.ts";
import { mayRetry } from "../log/admit.ts";
import { Reader, type View } from "../log/reader.ts";
import { grantOf, readableChannels, stillHolds, type Grant } from "../log/rights.ts";
import type { MailItem } from "../store/store.ts";
import { Bucket } from "./bucket.ts";
import { MAX_WINDOW, type RelayLimits } from "./limits.ts";
import type { Mail } from "./mail.ts";
import type { RelayLog, RelayMeter, RelayPorts } from "./ports.ts";
import { SAY } from "./say.ts";
import type { Tokens } from "./tokens.ts";

/** The other end of a connection: a socket, or the simulator's. */
export interface RelayPeer {
  onMessage(bytes: Uint8Array): void;
  /** Exactly once, with the code to close with. */
  onClose(code: number): void;
  /** Bytes that were sent and have not left yet. */
  buffered?(): number;
  /** Asks to bring nothing more for now, or to go on. */
  pause?(paused: boolean): void;
  /** Names where it comes from, for rates; a hash, never the address. */
  readonly address?: string;
}

/** What a session needs of the relay around it. */
export interface SessionHost {
  readonly ports: RelayPorts;
  readonly limits: RelayLimits;
  readonly now: () => Millis;
  readonly tokens: Tokens;
  readonly mail: Mail;
  readonly log: RelayLog;
  readonly meter: RelayMeter;
  open(log: LogId): Promise<LogActor | undefined>;
  found(session: Session, push: Extract<ClientMessage, { t: "push" }>, signer: Hex32): Promise<void>;
  reserve(): Uint8Array | undefined;
  logsOfRecoveryKey(key: Hex32): Promise<readonly LogId[]>;
  /** Rates that outlive a connection. */
  mayFrame(key: Hex32): boolean;
  mayMail(session: Session): boolean;
  mayFound(session: Session): boolean;
  signedIn(session: Session, key: Hex32, log: LogId | null): void;
  ended(session: Session): void;
}

interface SignedIn {
  readonly role: SignInRole;
  readonly key: Hex32;
  readonly token: string;
  actor?: LogActor;
  grant?: Grant;
  detach?: () => void;
  reader?: Reader;
}

/** Frames of one connection that wait to be handled before it is asked to pause, and before it is taken for a flood. */
const QUEUE_PAUSE = 32;
const QUEUE_MOST = 4_096;
/** Before it has signed in a connection may say this much. */
const STRANGER_FRAMES = 4;

/**
 * One connection: challenge, sign-in, then messages in the order in which they came (rules W1, W6, W7). It is handed bytes and hands out bytes;
 * what it may do in its log is `rights.ts`, what it does is the log's actor.
 */
export class Session {
  readonly peer: RelayPeer;
  readonly #host: SessionHost;
  readonly #challenge: Uint8Array;
  readonly #strangerFrames: Bucket;
  readonly #queue: Uint8Array[] = [];
  #running = false;
  #paused = false;
  #closed = false;
  #in: SignedIn | undefined;
  #heard: Millis;
  #fullSince: Millis | undefined;
  #stopTimer: () => void;

  constructor(host: SessionHost, peer: RelayPeer) {
    this.#host = host;
    this.peer = peer;
    this.#challenge = host.ports.random(32);
    this.#heard = host.now();
    this.#strangerFrames = new Bucket(STRANGER_FRAMES, 0, this.#heard);
    this.#stopTimer = host.ports.clock.after(host.limits.handshake, () => this.refuse("sign-in-refused", CLOSE.signIn));
  }

  /** Speaks first (W1). */
  greet(): void {
    this.#send({ t: "challenge", v: 1, c: this.#challenge, name: this.#host.ports.name, time: this.#host.now() });
  }

  // ---------------------------------------------------------------------------------------------------------- bytes in

  receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#heard = this.#host.now();
    if (this.#queue.length >= QUEUE_MOST) {
      this.refuse("rate", CLOSE.rate);
      return;
    }
    this.#queue.push(bytes);
    if (!this.#paused && this.#queue.length >= QUEUE_PAUSE) this.#pause(true);
    if (!this.#running) void this.#drain();
  }

  /** A sign of life below the protocol, a WebSocket pong. */
  alive(): void {
    this.#heard = this.#host.now();
  }

  /** The socket has room again. */
  drained(): void {
    this.#fullSince = undefined;
    this.#in?.reader?.pump();
  }

  async #drain(): Promise<void> {
    this.#running = true;
    try {
      for (let bytes = this.#queue.shift(); bytes !== undefined; bytes = this.#queue.shift()) {
        await this.#handleFrame(bytes);
        if (this.#paused && this.#queue.length < QUEUE_PAUSE / 4) this.#pause(false);
      }
    } catch (problem) {
      this.#host.log.error("session-failed", problem);
      this.refuse("internal", CLOSE.tryLater);
    } finally {
      this.#running = false;
    }
  }

  #pause(paused: boolean): void {
    this.#paused = paused;
    this.peer.pause?.(paused);
  }

  async #handleFrame(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return;
    const within = this.#in ? this.#host.mayFrame(this.#in.key) : this.#strangerFrames.take(1, this.#host.now());
    if (!within) {
      this.refuse("rate", CLOSE.rate);
      return;
    }
    const read = clientMessageCodec.decode(bytes);
    if (!read.ok) {
      this.refuse(read.error.code === "struct-unknown" && isUnknownType(bytes) ? "unsupported" : "malformed", CLOSE.violation);
      return;
    }
    if (!this.#in) await this.#hello(read.value);
    else await this.#handle(this.#in, read.value);
  }

  // ------------------------------------------------------------------------------------------------------------ sign-in

  async #hello(hello: ClientMessage): Promise<void> {
    if (hello.t !== "hello") {
      this.refuse("sign-in-refused", CLOSE.signIn);
      return;
    }
    if (hello.v !== 1) {
      this.refuse("unsupported", CLOSE.version);
      return;
    }
    const needsLog = hello.as === "device" || hello.as === "invite";
    const takesLog = needsLog || hello.as === "recovery";
    if ((needsLog && hello.log === null) || (!takesLog && hello.log !== null)) {
      this.refuse("malformed", CLOSE.violation);
      return;
    }
    const signed = signInBytes(this.#challenge, hello.log === null ? null : idBytes(hello.log), utf8(this.#host.ports.name));
    if (!verify("sign-in", signed, hello.s, hello.key)) {
      this.refuse("sign-in-refused", CLOSE.signIn);
      return;
    }
    const key = toId<Hex32>(hello.key);
    if (hello.log === null) await this.#welcomeWithoutLog(hello.as, key);
    else await this.#welcomeTo(hello.log, hello.as, key);
  }

  async #welcomeWithoutLog(role: SignInRole, key: Hex32): Promise<void> {
    const logs = role === "recovery" ? await this.#host.logsOfRecoveryKey(key) : undefined;
    if (this.isClosed) return;
    if (logs?.length === 0) {
      this.refuse("not-member", CLOSE.notMember);
      return;
    }
    this.#enter({ role, key, token: this.#host.tokens.issue(undefined) }, null, 0, null, logs);
  }

  async #welcomeTo(log: LogId, role: SignInRole, key: Hex32): Promise<void> {
    const actor = await this.#host.open(log);
    if (this.isClosed) return;
    if (!actor) {
      this.refuse("no-such-log", CLOSE.signIn);
      return;
    }
    const grant = grantOf(actor.charter, role, key, actor.here());
    if (!grant) {
      this.refuse("not-member", CLOSE.notMember);
      return;
    }
    const signedIn: SignedIn = { role, key, token: this.#host.tokens.issue({ log, grant }), actor, grant };
    this.#attach(signedIn, actor);
    this.#enter(signedIn, log, actor.durable(), actor.freshNote());
  }

  #enter(signedIn: SignedIn, log: LogId | null, size: number, note: string | null, logs?: readonly LogId[]): void {
    this.#in = signedIn;
    this.#stopTimer();
    this.#watch();
    this.#host.signedIn(this, signedIn.key, log);
    this.#host.meter.signIn("welcome");
    const limits = { frame: LIMITS.frame, body: LIMITS.body, file: this.#host.limits.file, window: MAX_WINDOW };
    this.#send({ t: "welcome", size, note, time: this.#host.now(), token: signedIn.token, limits, ...(logs ? { logs: [...logs] } : {}) });
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
    this.refuse("not-member", CLOSE.notMember);
  }

  // ----------------------------------------------------------------------------------------------------------- messages

  async #handle(me: SignedIn, message: ClientMessage): Promise<void> {
    switch (message.t) {
      case "hello":
        this.refuse("malformed", CLOSE.violation);
        return;
      case "ping":
        this.#send({ t: "pong", x: message.x });
        return;
      case "reserve":
        this.#reserve(me);
        return;
      case "subscribe":
        this.#subscribe(me, message.from, message.window);
        return;
      case "window":
        if (me.reader) me.reader.grant(message.add);
        else this.#notHere();
        return;
      case "push":
        await this.#push(me, message);
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
    this.refuse("unsupported", CLOSE.violation);
  }

  #reserve(me: SignedIn): void {
    if (me.role !== "found" || me.actor) {
      this.#notHere();
      return;
    }
    const logKey = this.#host.mayFound(this) ? this.#host.reserve() : undefined;
    if (logKey) this.#send({ t: "reserved", logKey });
    else this.say("rate", null);
  }

  #subscribe(me: SignedIn, from: number, window: number): void {
    const { actor, grant } = me;
    if (!actor || !grant || !stillHolds(actor.charter, grant, actor.here())) {
      this.#notHere();
      return;
    }
    me.reader?.stop();
    const view = viewOf(actor, grant);
    const sink = {
      send: (frame: Uint8Array) => this.sendBytes(frame),
      hasRoom: () => this.#hasRoom(),
      count: (entries: number) => this.#host.meter.sent(entries),
      failed: (problem: unknown) => {
        this.#host.log.error("read-failed", problem, { log: this.#host.log.tag(actor.log) });
        this.refuse("internal", CLOSE.tryLater);
      },
    };
    me.reader = new Reader(actor, sink, view, from, window);
    me.reader.pump();
  }

  async #push(me: SignedIn, push: Extract<ClientMessage, { t: "push" }>): Promise<void> {
    if (me.actor && me.grant) me.actor.push(me.grant, push.entries, (receipt) => this.answer(push.id, receipt));
    else if (me.role === "found") await this.#host.found(this, push, me.key);
    else this.#notHere();
  }

  /** A `found` connection speaks as the founding device from its founding on. */
  founded(actor: LogActor, grant: Grant): void {
    const me = this.#in;
    if (!me || this.#closed) return;
    me.actor = actor;
    me.grant = grant;
    this.#host.tokens.extend(me.token, { log: actor.log, grant });
    this.#attach(me, actor);
  }

  answer(id: number, receipt: Receipt): void {
    const { error } = receipt;
    if (error) this.#host.meter.refused(error.code);
    // Of the relay's own making, so it needs no look through the schema, which is for what comes from others.
    this.sendBytes(encode({ t: "receipt", id, n: [...receipt.n], ...(error ? { error: { ...error } } : {}) }));
  }

  async #mailPut(me: SignedIn, box: MailboxId, m: Uint8Array): Promise<void> {
    if (me.role !== "mail") {
      this.#notHere();
      return;
    }
    if (!this.#host.mayMail(this)) this.say("rate", null);
    else if (!(await this.#host.mail.put(box, m))) this.say("mailbox-full", null);
  }

  async #mailTake(me: SignedIn, box: MailboxId, after: number): Promise<void> {
    if (me.role !== "mail") {
      this.#notHere();
      return;
    }
    const items = await this.#host.mail.take(box, after, this);
    this.onMail(box, items);
  }

  onMail(box: MailboxId, items: readonly MailItem[]): void {
    this.#send({ t: "mail", box, items: [...items] });
  }

  // --------------------------------------------------------------------------------------------------------- bytes out

  #send(message: RelayMessage): void {
    this.sendBytes(relayMessageCodec.encode(message));
  }

  sendBytes(frame: Uint8Array): void {
    if (this.#closed) return;
    this.peer.onMessage(frame);
    if (this.#buffered() > this.#host.limits.buffered) this.close(CLOSE.tooSlow);
  }

  #buffered(): number {
    return this.peer.buffered?.() ?? 0;
  }

  #hasRoom(): boolean {
    if (this.#closed) return false;
    const room = this.#buffered() <= this.#host.limits.buffered / 2;
    if (!room) this.#fullSince ??= this.#host.now();
    return room;
  }

  /** An error that does not end the connection. */
  say(code: WireCode, ref: number | null): void {
    this.#host.meter.refused(code);
    this.#send({ t: "error", code, say: SAY[code], retry: mayRetry(code), ref });
  }

  /** An error, and the end. */
  refuse(code: WireCode, close: number): void {
    if (this.#closed) return;
    if (!this.#in) this.#host.meter.signIn("refused");
    this.say(code, null);
    this.close(close);
  }

  close(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopTimer();
    this.#queue.length = 0;
    const me = this.#in;
    me?.reader?.stop();
    me?.detach?.();
    if (me) this.#host.tokens.end(me.token);
    this.#host.mail.forget(this);
    this.#host.meter.closed(code);
    this.#host.ended(this);
    this.peer.onClose(code);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Looks in from time to time whether anybody is there, and whether they take what they are sent. */
  #watch(): void {
    const { limits, ports } = this.#host;
    this.#stopTimer = ports.clock.after(limits.idle / 3, () => {
      const now = this.#host.now();
      if (this.#fullSince !== undefined && now - this.#fullSince > limits.stalledAfter) this.close(CLOSE.tooSlow);
      else if (!this.#paused && now - this.#heard > limits.idle) this.close(CLOSE.goingAway);
      else this.#watch();
    });
  }
}

/** What a connection may read now. It is worked out again only when the charter has grown, or something in it waits for its time. */
function viewOf(actor: LogActor, grant: Grant): () => View {
  const own = grant.as === "device" ? grant.device : undefined;
  const read = (): View => ({ channels: readableChannels(actor.charter, grant, actor.here()), own });
  let charter = actor.charter;
  let view = read();
  return () => {
    if (charter !== actor.charter || charter.pending.length > 0) {
      charter = actor.charter;
      view = read();
    }
    return view;
  };
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(["hello", "reserve", "subscribe", "window", "push", "mail-put", "mail-take", "ping"]);

/** Whether a frame is canonical CBOR with a type that this version does not have: told apart from a broken message of a known type (W6). */
function isUnknownType(bytes: Uint8Array): boolean {
  const value = decode(bytes, LIMITS.frame);
  if (!value.ok || typeof value.value !== "object" || value.value === null || Array.isArray(value.value)) return false;
  const t: unknown = (value.value as { readonly t?: unknown }).t;
  return typeof t === "string" && !KNOWN_TYPES.has(t);
}
