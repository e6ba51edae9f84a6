import { idBytes, toId } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, MemberId, Millis } from "../base/ids.ts";
import { Columns } from "../base/columns.ts";
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

const HASH = 32;
/** Member and device, as their numbers in the tables. */
const WHO = 2;
const PLACE = { size: 0, seq: 1, time: 2, admittedSeq: 3, admittedTime: 4 } as const;

/** Witnesses by their numbers, in columns: 80 bytes each. What comes out is a copy. */
export class Witnesses {
  readonly #hashes = new Columns(Uint8Array, HASH);
  readonly #who = new Columns(Uint32Array, WHO);
  readonly #places = new Columns(Float64Array, Object.keys(PLACE).length);
  readonly #members = new Numbered<MemberId>();
  readonly #devices = new Numbered<DeviceId>();

  get length(): number {
    return this.#hashes.length;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#hashes.bytes + this.#who.bytes + this.#places.bytes;
  }

  /** Gives its number. */
  push({ hash, device, member, size, seq, time, admitted }: Witness): number {
    this.#who.push([this.#members.number(member), this.#devices.number(device)]);
    this.#places.push([size, seq, time, admitted.seq, admitted.time]);
    return this.#hashes.push(idBytes(hash));
  }

  at(number: number): Witness {
    const [member = 0, device = 0] = this.#who.row(number);
    const [size = 0, seq = 0, time = 0, admittedSeq = 0, admittedTime = 0] = this.#places.row(number);
    return {
      hash: toId<ChangeHash>(this.#hashes.row(number)),
      device: this.#devices.at(device),
      member: this.#members.at(member),
      size,
      seq,
      time,
      admitted: { seq: admittedSeq, time: admittedTime },
    };
  }

  sizeOf(number: number): number {
    return this.#places.at(number, PLACE.size);
  }

  admittedBy(number: number): number {
    return this.#places.at(number, PLACE.admittedSeq);
  }

  memberOf(number: number): MemberId {
    return this.#members.at(this.#who.at(number, 0));
  }

  /** Orders two of them as `byAdmission` does, and makes them only where it has to. */
  compare(a: number, b: number): number {
    return this.admittedBy(a) - this.admittedBy(b) || this.sizeOf(b) - this.sizeOf(a) || byAdmission(this.at(a), this.at(b));
  }
}
