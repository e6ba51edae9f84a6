import type { LogId } from "../base/ids.ts";
import { compareSnapshots } from "../compare/compare.ts";
import type { CompareReport } from "../compare/report.ts";
import { err, ok, type Result } from "../base/result.ts";
import { BlobGathered } from "../snapshot/blob-io.ts";
import type { ByteSource } from "../snapshot/bytes-io.ts";
import { sourceOfInput, type FileInput } from "../snapshot/input.ts";
import { stretch, type Job, type SnapshotSource } from "../snapshot/source.ts";
import { verifySnapshot } from "../snapshot/verify.ts";
import { hashOf } from "../snapshot/bag.ts";
import { countersignSnapshot } from "../snapshot/countersign.ts";
import { unsealed } from "../snapshot/sealed.ts";
import { isRecipient, sealing, type SealFor } from "../crypto/age.ts";
import { previewSnapshot, streamSnapshot, type WriteSnapshotCode, type WrittenSnapshot } from "../snapshot/write.ts";
import type { ActError, Answer } from "./answer.ts";
import type { Openers, SnapshotFile } from "./api.ts";
import type { SnapshotPreview, SnapshotReport, SnapshotScope } from "../views/snapshot.ts";
import { PASSPHRASE_MIN } from "./vault-holder.ts";
import type { ReplicaCore } from "./core.ts";
import type { Idle } from "./idle.ts";
import { snapshotSource } from "./snapshot-source.ts";

const APP = "countersign 0.1.0";

/** A job that goes on until it is done, or `cancel` says stop. */
class Running {
  cancelled = false;
  #stop: () => void = () => undefined;
  /** Comes when the job is stopped, for what waits on somebody else. */
  readonly stopped = new Promise<undefined>((done) => {
    this.#stop = () => done(undefined);
  });

  cancel(): void {
    this.cancelled = true;
    this.#stop();
  }
}

/** A job, and what resolves when it is stopped. */
interface UnderWay {
  readonly running: Job;
  readonly stopped: Promise<undefined>;
}

type Work<T> = (job: Job, stopped: Promise<undefined>) => Promise<Result<T, ActError>>;

/** The part of a job, of 1, that reading the log's rows takes; of a count, which writes nothing, it is more. */
const READ = 0.06;
const READ_OF_PREVIEW = 0.3;

/** Making and checking snapshots, as jobs that tell how far they are and can be stopped. */
export class SnapshotJobs {
  readonly #core: ReplicaCore;
  readonly #idle: Idle;
  readonly #running = new Map<string, Running>();

  constructor(core: ReplicaCore, idle: Idle) {
    this.#core = core;
    this.#idle = idle;
  }

  /** Counted while a person chooses, and again by itself when something arrives: it keeps no vault from being locked. */
  async preview(log: LogId, scope: SnapshotScope, job: string): Answer<SnapshotPreview> {
    return this.#named(job, async (running) => {
      const source = await this.#source(log, stretch(running, 0, READ_OF_PREVIEW));
      if (!source.ok) return source;
      const made = await previewSnapshot(source.value, scope, stretch(running, READ_OF_PREVIEW, 1));
      return made.ok ? made : err(writeError(made.error.code));
    });
  }

  async export(log: LogId, scope: SnapshotScope, { running, stopped }: UnderWay, seal?: SealFor): Answer<SnapshotFile> {
    if (seal && "recipient" in seal && !isRecipient(seal.recipient)) return err({ code: "recipient-wrong" });
    if (seal && "passphrase" in seal && Array.from(seal.passphrase).length < PASSPHRASE_MIN)
      return err({ code: "passphrase-short", limit: PASSPHRASE_MIN });
    const own = await this.#source(log, stretch(running, 0, READ));
    if (!own.ok) return own;
    const stamp = await this.#stamp(stopped);
    const source = stamp ? { ...own.value, stamp } : own.value;
    const gathered = new BlobGathered();
    const sealed = seal && sealing(seal, gathered.sink);
    const made = await streamSnapshot(source, scope, sealed?.write ?? gathered.sink, stretch(running, READ, 1));
    if (!made.ok) return err(writeError(made.error.code));
    const day = new Date(source.exported).toISOString().slice(0, 10);
    await sealed?.finish();
    // Stopped while the authority was asked or the last bytes were written: what was made is thrown away.
    if (running.cancelled?.() === true) return err({ code: "cancelled" });
    const file = gathered.blob("application/zip");
    return ok({ name: `countersign-${day}-${log.slice(0, 8)}.zip${seal ? ".age" : ""}`, file, ...stampView(made.value.stamp) });
  }

  async verify(file: FileInput, job: string, opener?: string): Answer<SnapshotReport> {
    return this.run(job, async (running) => {
      const plain = await this.#opened(file, opener);
      if (!plain.ok) return plain;
      const report = await verifySnapshot(plain.value, running, await this.#viewers());
      return report.ok ? report : err({ code: report.error.code });
    });
  }

  async compare(a: FileInput, b: FileInput, job: string, openers: Openers = [undefined, undefined]): Answer<CompareReport> {
    return this.run(job, async (running) => {
      const [plainA, plainB] = [await this.#opened(a, openers[0]), await this.#opened(b, openers[1])];
      if (!plainA.ok) return plainA;
      if (!plainB.ok) return plainB;
      const report = await compareSnapshots(plainA.value, plainB.value, running);
      return report.ok ? report : err({ code: report.error.code });
    });
  }

  /** A copy of a snapshot of this log with this device's countersignature (rule S10). */
  async countersign(log: LogId, file: FileInput, running: Job, opener?: string): Answer<SnapshotFile> {
    const source = await this.#source(log, stretch(running, 0, READ));
    if (!source.ok) return source;
    const plain = await this.#opened(file, opener);
    if (!plain.ok) return plain;
    const gathered = new BlobGathered();
    const signed = await countersignSnapshot(plain.value, source.value, gathered.sink, stretch(running, READ, 1));
    if (!signed.ok) return err({ code: signed.error.code });
    const day = new Date(source.value.exported).toISOString().slice(0, 10);
    return ok({ name: `countersigned-${day}-${log.slice(0, 8)}.zip`, file: gathered.blob("application/zip") });
  }

  /** The bytes of a snapshot, out of its seal where it has one (rule S9). */
  async #opened(file: FileInput, opener: string | undefined): Promise<Result<ByteSource, ActError>> {
    const plain = await unsealed(sourceOfInput(file, this.#core.deps.ports.opened), opener);
    return plain.ok ? plain : err({ code: plain.error.code });
  }

  /** The authority that is set on this device, ready to be asked once (rule S14). It may be slow; nobody who stops waits for it. */
  async #stamp(stopped: Promise<undefined>): Promise<SnapshotSource["stamp"]> {
    const { authority: set, random } = this.#core.deps.ports;
    const authority = await set?.();
    return (
      authority && { authority: authority.address, nonce: random(8), ask: (request) => Promise.race([authority.ask(request), stopped]) }
    );
  }

  /** The viewer that this app puts into snapshots, by its hash: another in a snapshot may be as good, or not. */
  async #viewers(): Promise<ReadonlySet<string>> {
    const viewer = await this.#core.deps.viewer?.();
    return new Set(viewer ? [hashOf(viewer)] : []);
  }

  cancel(job: string): void {
    this.#running.get(job)?.cancel();
  }

  async #source(log: LogId, job: Job): Promise<Result<SnapshotSource, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const source = await snapshotSource(this.#core, open.value, APP, job);
    if (!source.ok) return source;
    const viewer = await this.#core.deps.viewer?.();
    return ok(viewer ? { ...source.value, viewer } : source.value);
  }

  /** Runs work that tells how far it is under a name, that `cancel` of that name stops, and that no lock which comes by itself cuts. */
  run<T>(job: string, work: Work<T>): Promise<Result<T, ActError>> {
    return this.#named(job, (running, stopped) => this.#idle.during(work(running, stopped)));
  }

  async #named<T>(job: string, work: Work<T>): Promise<Result<T, ActError>> {
    const running = new Running();
    this.#running.set(job, running);
    try {
      return await work(this.#job(job, running), running.stopped);
    } finally {
      // A later one may have begun under the same name.
      if (this.#running.get(job) === running) this.#running.delete(job);
    }
  }

  #job(job: string, running: { readonly cancelled: boolean }): Job {
    const { pdf, scratch } = this.#core.deps.ports;
    return {
      progress: (done, of) => {
        this.#core.tell({ topic: "progress", job, done, of });
      },
      cancelled: () => running.cancelled,
      pause: () => this.#core.deps.ports.pause(),
      ...(pdf ? { pdf } : {}),
      ...(scratch ? { scratch: scratch() } : {}),
    };
  }
}

function writeError(code: WriteSnapshotCode): ActError {
  if (code === "cancelled" || code === "fonts-missing") return { code };
  return { code: code === "too-large" ? "snapshot-too-large" : "internal" };
}

function stampView(stamp: WrittenSnapshot["stamp"]): Pick<SnapshotFile, "stamp"> {
  if (!stamp) return {};
  return { stamp: stamp.ok ? { authority: stamp.value.authority, time: stamp.value.time } : { problem: stamp.error.code } };
}
