import type { DeviceId, FileId, LogId, MemberId, Millis, SignPublicKey, SignSecretKey } from "../base/ids.ts";
import type { LogKind } from "../charter/types.ts";
import type { ChangesBody } from "../entry/body.ts";
import type { PageMaker } from "./pdf/render.ts";
import type { Rows } from "./rows.ts";
import type { Scratch } from "./scratch.ts";

/** A header as it came from the relay, or the bare leaf hash of one that this device may not read. */
export type SourceHeader = { readonly authorBytes: Uint8Array; readonly relayBytes: Uint8Array } | Uint8Array;

/** A changes entry whose body this device opened and whose commitment held. */
export interface OpenedEntry {
  readonly seq: number;
  readonly body: ChangesBody;
}

/** All that a snapshot is made from: plain data of one log as one device holds it. The replica gives it; a sample can too. */
export interface SnapshotSource {
  readonly log: LogId;
  readonly kind: LogKind;
  /** The household's IANA zone. */
  readonly zone: string;
  /** What the exporter calls the people. A name is their word; keys are what signs. */
  readonly names: readonly { readonly member: MemberId; readonly name: string }[];
  /** Signed statements of the charter, as bytes, in the order of the log. */
  readonly statements: readonly Uint8Array[];
  /** Sequence 0 up to and without X. */
  readonly headers: Rows<SourceHeader>;
  /** In the order of the log. Entries that did not open are not here. Whoever has many opens them anew each time, and keeps none. */
  readonly entries: Rows<OpenedEntry>;
  /** Bodies of anchor entries (rule L11), in the order of the log. */
  readonly anchors?: readonly { readonly seq: number; readonly body: Uint8Array }[];
  /** The relay's signed note of the checkpoint X. */
  readonly note: string;
  readonly exporter: { readonly device: DeviceId; readonly publicKey: SignPublicKey; readonly secretKey: SignSecretKey };
  /** The exporter's clock. */
  readonly exported: Millis;
  /** Program and version, e.g. `countersign 0.1.0`. */
  readonly app: string;
  /** A time-stamp authority (RFC 3161), where one is set. `ask` never rejects: undefined is an authority that could not be reached. */
  readonly stamp?: {
    readonly authority: string;
    /** 8 random bytes. */
    readonly nonce: Uint8Array;
    readonly ask: (request: Uint8Array) => Promise<Uint8Array | undefined>;
  };
  /** The template of data/verify.html; left out where there is none, and then the snapshot has no viewer in it. */
  readonly viewer?: Uint8Array;
  /** The plaintext of an attachment; undefined where this device does not have it, or its key was destroyed. */
  readFile(id: FileId): Promise<Uint8Array | undefined>;
}

/** How a long piece of work tells how far it is, asks whether to go on, and lets others run. */
export interface Job {
  readonly progress?: (done: number, of: number) => void;
  readonly cancelled?: () => boolean;
  /** Awaited now and then. */
  readonly pause?: () => Promise<void>;
  /** What lays out pages. It is large, so that only programs that need it bring it. Without it none are made, and a verifier says that it did not make them again. */
  readonly pdf?: PageMaker;
  /** Where it keeps what grows with the record; without it that is kept in memory. Nobody else writes there meanwhile, and what comes of the job may be read from there. */
  readonly scratch?: Scratch;
}

/**
 * A stretch of a longer job, from one part of the whole to another (0 to 1): how far it is by itself is told as how far the whole is, out of 1. So what
 * a person sees never falls back.
 */
export const stretch = (job: Job, from: number, to: number): Job => ({
  ...job,
  progress: (done, of) => job.progress?.(from + (of > 0 ? Math.min(1, done / of) : 0) * (to - from), 1),
});

/** Counts through a job of known length, and says whether it was cancelled. */
export class Steps {
  readonly #job: Job;
  readonly #of: number;
  #done = 0;
  /** Long ago: the first step already asks whether the job was cancelled before it began. */
  #rested = 0;

  constructor(job: Job, of: number) {
    this.#job = job;
    this.#of = of;
  }

  /** The job's own. */
  get scratch(): Scratch | undefined {
    return this.#job.scratch;
  }

  /** True: the job was cancelled. Rests at most every 40 ms, so it may be called for every item. */
  async step(n = 1): Promise<boolean> {
    this.#done += n;
    const now = Date.now();
    if (now - this.#rested < 40) return false;
    this.#job.progress?.(Math.min(this.#done, this.#of), this.#of);
    await this.#job.pause?.();
    this.#rested = Date.now();
    return this.#job.cancelled?.() === true;
  }
}
