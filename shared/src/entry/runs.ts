/**
 * Ascending numbers as runs (rule L8a): how many are skipped, how many follow, how many are skipped …, beginning at 0. A book whose entries stand
 * one after another in the log takes two numbers, whatever their count.
 */
export type Runs = readonly number[];

/** @param ascending distinct and in ascending order */
export function runsOf(ascending: Iterable<number>): number[] {
  const runs: number[] = [];
  let next = 0;
  for (const n of ascending) {
    if (runs.length > 0 && n === next) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
    else runs.push(n - next, 1);
    next = n + 1;
  }
  return runs;
}

/** Whether these are runs in their one form, of at most `max` numbers, all of them safe integers. */
export function isRuns(runs: readonly number[], max: number): boolean {
  if (runs.length === 0 || runs.length % 2 === 1) return false;
  const ok = runs.every((n, i) => n > 0 || (i === 0 && n === 0));
  return ok && countIn(runs) <= max && Number.isSafeInteger(runs.reduce((a, b) => a + b, 0));
}

export const countIn = (runs: Runs): number => runs.reduce((sum, n, i) => (i % 2 === 1 ? sum + n : sum), 0);

/** The number after the last one. */
export const endOf = (runs: Runs): number => runs.reduce((a, b) => a + b, 0);

/** First number and count of each run. */
export function spansOf(runs: Runs): { readonly from: number; readonly count: number }[] {
  const spans: { from: number; count: number }[] = [];
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const from = at + (runs[i] ?? 0);
    const count = runs[i + 1] ?? 0;
    spans.push({ from, count });
    at = from + count;
  }
  return spans;
}

export const numbersIn = (runs: Runs): number[] =>
  spansOf(runs).flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i));

/** The place of a number among those in the runs; −1 where it is not one of them. */
export function placeIn(runs: Runs, n: number): number {
  let before = 0;
  for (const { from, count } of spansOf(runs)) {
    if (n < from) return -1;
    if (n < from + count) return before + n - from;
    before += count;
  }
  return -1;
}
