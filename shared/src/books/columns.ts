import type { ReasonCode } from "../base/reasons.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";

/**
 * A look at a chunk's insides before Automerge sees it. Columns are run-length encoded, so six bytes can stand for a thousand million
 * operations; decoding them costs the reader its memory. This counts what the runs add up to and refuses early. It judges nothing
 * else: what a change means is decoded by Automerge.
 */
export const MAX_OPS = 64;
export const MAX_DEPS = 64;
/** Automerge names every other actor that a change touches; an act touches its record's maker and the fixed change's. */
const MAX_ACTORS = 64;

const MAX_COLUMNS = 64;

const TYPE_BITS = 7;
const DEFLATE_BIT = 8;
/** Column types of the storage format. */
const COLUMN = { group: 0, actor: 1, integer: 2, delta: 3, boolean: 4, string: 5, valueMeta: 6, valueRaw: 7 } as const;

/** Reads LEB128 numbers; a number that does not fit a safe integer, or a read past the end, makes the whole reader fail. */
class Reader {
  at = 0;
  failed: boolean;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.failed = false;
  }

  get done(): boolean {
    return this.failed || this.at >= this.#bytes.length;
  }

  take(n: number): Uint8Array {
    const end = this.at + n;
    if (n < 0 || end > this.#bytes.length) this.failed = true;
    const out = this.failed ? new Uint8Array(0) : this.#bytes.subarray(this.at, end);
    this.at = end;
    return out;
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 1, i = 0; i < 8; i++, shift *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * shift;
      if (byte < 128) break;
      if (i === 7) this.failed = true;
    }
    if (value > Number.MAX_SAFE_INTEGER) this.failed = true;
    return this.failed ? 0 : value;
  }

  signed(): number {
    let value = 0;
    let shift = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.#byte();
      value += (byte & 127) * shift;
      shift *= 128;
      if (byte < 128) {
        if (byte & 64) value -= shift;
        break;
      }
      if (i === 7) this.failed = true;
    }
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) this.failed = true;
    return this.failed ? 0 : value;
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) this.failed = true;
    return byte ?? 0;
  }
}

export { Reader as Leb128Reader };

/** Steps over one value of a run. */
function skipValue(r: Reader, type: number): void {
  if (type === COLUMN.string) r.take(r.unsigned());
  else if (type === COLUMN.delta) r.signed();
  else r.unsigned();
}

/** How many rows a run-length encoded column stands for; stops counting past the limit. */
function rowsOf(column: Uint8Array, type: number): number {
  const r = new Reader(column);
  let rows = 0;
  while (!r.done && rows <= MAX_OPS) {
    if (type === COLUMN.boolean) {
      rows += r.unsigned();
      continue;
    }
    const run = r.signed();
    if (run > 0) {
      rows += run;
      if (type === COLUMN.group && r.unsigned() > MAX_OPS) return Infinity;
      else if (type !== COLUMN.group) skipValue(r, type);
    } else if (run < 0) {
      rows -= run;
      for (let i = run; i < 0 && !r.failed && rows <= MAX_OPS; i++) {
        if (type === COLUMN.group && r.unsigned() > MAX_OPS) return Infinity;
        else if (type !== COLUMN.group) skipValue(r, type);
      }
    } else rows += r.unsigned();
  }
  return r.failed ? NaN : rows;
}

/**
 * Checks the counts inside the body of a change chunk (rule X9: at most 64 dependencies and 64 operations).
 * @param body what follows the chunk's length
 */
export function checkCounts(body: Uint8Array): Result<void, Coded<ReasonCode>> {
  const r = new Reader(body);
  const deps = r.unsigned();
  if (deps > MAX_DEPS) return err(coded("change-dependencies"));
  r.take(deps * 32);
  r.take(r.unsigned()); // actor
  r.unsigned(); // sequence
  r.unsigned(); // startOp
  r.signed(); // time
  r.take(r.unsigned()); // message
  const others = r.unsigned();
  if (others > MAX_ACTORS) return err(coded("change-operations"));
  for (let i = 0; i < others; i++) r.take(r.unsigned());
  const columns = r.unsigned();
  // A type has few columns; what claims more is not worth reading on.
  if (columns > MAX_COLUMNS) return err(coded("change-encoding"));
  const specs = Array.from({ length: columns }, () => ({ spec: r.unsigned(), length: r.unsigned() }));
  for (const { spec, length } of specs) {
    const column = r.take(length);
    if (spec & DEFLATE_BIT) return err(coded("change-encoding"));
    const type = spec & TYPE_BITS;
    const rows = type === COLUMN.valueRaw ? 0 : rowsOf(column, type);
    if (Number.isNaN(rows)) return err(coded("change-encoding"));
    if (rows > MAX_OPS) return err(coded("change-operations"));
  }
  return r.failed ? err(coded("change-encoding")) : ok(undefined);
}
