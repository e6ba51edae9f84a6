import { idBytes, toId } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, MemberId, Millis } from "../base/ids.ts";
import { Numbered } from "../base/numbered.ts";

/** An admitted and logged change, as far as it shows what its author's device had (rule L6a). */
export interface Witness {
  readonly hash: ChangeHash;
  readonly device: DeviceId;
  readonly member: MemberId;
  /** Size of the log at the checkpoint that it names. */
  readonly size: number;
  /** The entry that carries it. */
  readonly seq: number;
  readonly time: Millis;
  /** The entry with which it was admitted: its own, or the one that brought what it had waited for (rule X4). */
  readonly admitted: { readonly seq: number; readonly time: Millis };
}

/**
 * By admission; what one entry admitted together by the larger checkpoint, then by hash, so that no order of reading matters. Taking witnesses in
 * in this order costs nothing but a push each.
 */
export function byAdmission(a: Witness, b: Witness): number {
  return a.admitted.seq - b.admitted.seq || b.size - a.size || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0);
}

/** Witnesses whose columns lie in one stretch of memory. */
const RUN = 128;
const HASH = 32;
/** Member and device, as their numbers in the tables. */
const WHO = 2;
/** Size, entry and its time, admitting entry and its time. */
const PLACE = 5;

interface Run {
  readonly hashes: Uint8Array;
  readonly who: Uint32Array;
  readonly places: Float64Array;
}

/** Witnesses by their numbers, in columns: 80 bytes each. What comes out is a copy. */
export class Witnesses {
  readonly #runs: Run[] = [];
  readonly #members = new Numbered<MemberId>();
  readonly #devices = new Numbered<DeviceId>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Gives its number. */
  push({ hash, device, member, size, seq, time, admitted }: Witness): number {
    const at = this.#length % RUN;
    if (at === 0) this.#runs.push(newRun());
    const run = this.#runs.at(-1);
    if (!run) throw new Error("a run was begun");
    run.hashes.set(idBytes(hash), at * HASH);
    run.who.set([this.#members.number(member), this.#devices.number(device)], at * WHO);
    run.places.set([size, seq, time, admitted.seq, admitted.time], at * PLACE);
    return this.#length++;
  }

  at(number: number): Witness {
    const run = this.#run(number);
    const at = number % RUN;
    const [member = 0, device = 0] = run.who.subarray(at * WHO, (at + 1) * WHO);
    const [size = 0, seq = 0, time = 0, admittedSeq = 0, admittedTime = 0] = run.places.subarray(at * PLACE, (at + 1) * PLACE);
    return {
      hash: toId<ChangeHash>(run.hashes.subarray(at * HASH, (at + 1) * HASH)),
      device: this.#devices.at(device),
      member: this.#members.at(member),
      size,
      seq,
      time,
      admitted: { seq: admittedSeq, time: admittedTime },
    };
  }

  sizeOf(number: number): number {
    return this.#run(number).places[(number % RUN) * PLACE] ?? 0;
  }

  admittedBy(number: number): number {
    return this.#run(number).places[(number % RUN) * PLACE + 3] ?? 0;
  }

  memberOf(number: number): MemberId {
    return this.#members.at(this.#run(number).who[(number % RUN) * WHO] ?? 0);
  }

  /** Orders two of them as `byAdmission` does, and makes them only where it has to. */
  compare(a: number, b: number): number {
    return this.admittedBy(a) - this.admittedBy(b) || this.sizeOf(b) - this.sizeOf(a) || byAdmission(this.at(a), this.at(b));
  }

  #run(number: number): Run {
    const run = this.#runs[Math.floor(number / RUN)];
    if (!run || number >= this.#length) throw new Error("the number of a witness that was pushed");
    return run;
  }
}

const newRun = (): Run => ({
  hashes: new Uint8Array(RUN * HASH),
  who: new Uint32Array(RUN * WHO),
  places: new Float64Array(RUN * PLACE),
});
