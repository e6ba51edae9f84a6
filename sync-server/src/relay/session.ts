import { LIMITS } from "@countersign/shared/base/limits";
import { CLOSE, clientMessageCodec, type ClientMessage } from "@countersign/shared/wire/messages";
import { Bucket } from "./bucket.ts";
import { MAX_WINDOW } from "./limits.ts";
import { Link, type LinkReader, type RelayPeer } from "./link.ts";
import type { SessionHost } from "./session-host.ts";
import { isUnknownType } from "./sign-in.ts";
import { signIn, type SignedIn } from "./welcome.ts";

/** Before it has signed in a connection may say this much. */
const STRANGER_FRAMES = 4;

/**
 * One connection: challenge, sign-in, then messages in the order in which they came (rules W1, W6, W7). It is handed bytes and hands out bytes;
 * what it may do is its role's.
 */
export class Session implements LinkReader {
  readonly #host: SessionHost;
  readonly #link: Link;
  readonly #challenge: Uint8Array;
  readonly #strangerFrames: Bucket;
  #in: SignedIn | undefined;

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
    this.#in?.role.drained();
  }
  close(code: number): void {
    this.#link.close(code);
  }

  onClosed(): void {
    if (this.#in) this.#leave(this.#in);
    else this.#host.meter.signIn("refused");
    this.#host.admission.leave(this);
    this.#host.logs.forgetIdle();
  }

  #leave({ role, token }: SignedIn): void {
    role.end();
    this.#host.tokens.end(token);
  }

  async onFrame(bytes: Uint8Array): Promise<void> {
    if (this.isClosed) return;
    const within = this.#in ? this.#host.admission.mayFrame(this.#in.key) : this.#strangerFrames.take(1, this.#host.now());
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

  async #hello(hello: ClientMessage): Promise<void> {
    if (hello.t !== "hello") {
      this.#link.refuse("sign-in-refused", CLOSE.signIn);
      return;
    }
    const signed = await signIn(this.#host, this.#link, hello, this.#challenge);
    if (!("role" in signed)) this.#link.refuse(signed.code, signed.close);
    else if (this.isClosed) this.#leave(signed);
    else this.#enter(signed);
  }

  #enter(signed: SignedIn): void {
    const { key, log, token, told } = signed;
    this.#in = signed;
    this.#link.watch();
    this.#host.admission.signedIn(this, `${log ?? ""}/${key}`);
    this.#host.meter.signIn("welcome");
    const limits = { frame: LIMITS.frame, body: LIMITS.body, file: this.#host.limits.file, window: MAX_WINDOW };
    const witnesses = log === null ? [] : [...(this.#host.ports.witnesses?.verifierKeys ?? [])];
    const time = this.#host.now();
    this.#link.send({ t: "welcome", ...told, time, token, limits, ...(witnesses.length === 0 ? {} : { witnesses }) });
  }

  async #handle({ role }: SignedIn, message: ClientMessage): Promise<void> {
    if (message.t === "hello") this.#link.refuse("malformed", CLOSE.violation);
    else if (message.t === "ping") this.#link.send({ t: "pong", x: message.x });
    else if (!(await role.handle(message))) this.#link.refuse("unsupported", CLOSE.violation);
  }
}
