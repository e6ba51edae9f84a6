import { fromHex, toHex } from "../base/bytes.ts";
import { Columns } from "../base/columns.ts";
import { systemRandom } from "../crypto/random.ts";

/** Places of the index when it is new; it is never more than two thirds full. */
const SMALLEST = 64;

/**
 * Ids, which are lower-case hex of one length, each once, by their numbers: their bytes in a column, and 6 to 12 bytes of an index. A map of texts takes some 150. Whoever
 * chooses ids does not choose where they fall in the index: factors say that which are drawn anew for each table.
 */
export class IdTable<T extends string> {
  readonly #ids: Columns<Uint8Array>;
  readonly #width: number;
  /** One for each two bytes of an id. */
  readonly #factors: Uint32Array;
  /** Numbers of ids plus one, each at the first free place from where its id falls. */
  #index = new Uint32Array(SMALLEST);

  /** @param width bytes of an id */
  constructor(width: 16 | 32) {
    this.#width = width;
    this.#ids = new Columns(Uint8Array, width);
    this.#factors = new Uint32Array(systemRandom(2 * width).buffer);
  }

  get length(): number {
    return this.#ids.length;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#ids.bytes + this.#index.byteLength;
  }

  /** Its number; a new one where it was not here. */
  number(id: T): number {
    const bytes = this.#bytesOf(id);
    const place = this.#placeOf(bytes);
    const known = this.#index[place] ?? 0;
    if (known > 0) return known - 1;
    const number = this.#ids.push(bytes);
    this.#index[place] = number + 1;
    if (this.length * 3 > this.#index.length * 2) this.#grow();
    return number;
  }

  /** Undefined for one that is not here. */
  find(id: T): number | undefined {
    const known = this.#index[this.#placeOf(this.#bytesOf(id))] ?? 0;
    return known > 0 ? known - 1 : undefined;
  }

  at(number: number): T {
    return toHex(this.#ids.row(number)) as T;
  }

  /** Where in the index this id stands, or would. */
  #placeOf(bytes: Uint8Array): number {
    const last = this.#index.length - 1;
    for (let place = this.#fall(bytes) & last; ; place = (place + 1) & last) {
      const known = this.#index[place] ?? 0;
      if (known === 0 || this.#is(known - 1, bytes)) return place;
    }
  }

  /** The upper bits of a sum of products, which are spread alike whatever the ids are. */
  #fall(bytes: Uint8Array): number {
    let sum = 0;
    // At most 16 products below 2^48: no sum is rounded.
    for (let i = 0; i < this.#width; i += 2) sum += (this.#factors[i / 2] ?? 0) * (256 * (bytes[i] ?? 0) + (bytes[i + 1] ?? 0));
    return Math.floor(sum / 65_536);
  }

  #is(number: number, bytes: Uint8Array): boolean {
    for (let i = 0; i < this.#width; i++) if (this.#ids.at(number, i) !== bytes[i]) return false;
    return true;
  }

  #grow(): void {
    this.#index = new Uint32Array(this.#index.length * 2);
    for (let number = 0; number < this.length; number++) this.#index[this.#placeOf(this.#ids.row(number))] = number + 1;
  }

  #bytesOf(id: T): Uint8Array {
    const bytes = fromHex(id);
    if (bytes?.length !== this.#width) throw new Error("an id of this table's length");
    return bytes;
  }
}
