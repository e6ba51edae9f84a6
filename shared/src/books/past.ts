/**
 * The causal past of a change, as a set of positions in the order of admission. Nearly every change has seen all that was admitted
 * before it but the last few, so the set is a full stretch from 0 and a few bits above it: a book of n changes costs about n, not n².
 */
export interface Past {
  /** Every position below this is in the past. */
  readonly full: number;
  /** Bit i is position `full + i`. Bit 0 is never set, else `full` would be higher. */
  readonly bits: Uint32Array;
}

const NONE = new Uint32Array(0);
export const EMPTY_PAST: Past = { full: 0, bits: NONE };

export function inPast(past: Past, position: number): boolean {
  if (position < past.full) return true;
  const at = position - past.full;
  return (((past.bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}

const topOf = (past: Past): number => past.full + past.bits.length * 32;

/** The past of a change that is built on those at `positions`: they and everything in their pasts. */
export function pastOf(built: readonly { readonly position: number; readonly past: Past }[]): Past {
  const low = built.reduce((n, b) => Math.max(n, b.past.full), 0);
  const high = built.reduce((n, b) => Math.max(n, topOf(b.past), b.position + 1), low);
  const wide = new Uint32Array(Math.ceil((high - low) / 32));
  const set = (position: number): void => {
    const at = position - low;
    if (at >= 0) wide[at >>> 5] = (wide[at >>> 5] ?? 0) | (1 << (at & 31));
  };
  for (const { position, past } of built) {
    set(position);
    past.bits.forEach((word, i) => {
      for (let rest = word; rest !== 0; rest &= rest - 1) set(past.full + i * 32 + (31 - Math.clz32(rest & -rest)));
    });
  }
  return trim(low, wide);
}

/** Moves the full stretch up over the bits that are set, and drops empty words at the end. */
function trim(low: number, wide: Uint32Array): Past {
  let run = 0;
  while (run < wide.length * 32 && (((wide[run >>> 5] ?? 0) >>> (run & 31)) & 1) === 1) run++;
  const positions: number[] = [];
  for (let i = run >>> 5; i < wide.length; i++) {
    for (let rest = wide[i] ?? 0; rest !== 0; rest &= rest - 1) {
      const at = i * 32 + (31 - Math.clz32(rest & -rest));
      if (at > run) positions.push(at - run);
    }
  }
  const top = positions.at(-1);
  if (top === undefined) return { full: low + run, bits: NONE };
  const bits = new Uint32Array((top >>> 5) + 1);
  for (const at of positions) bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
  return { full: low + run, bits };
}
