/** What a command may touch of the world around it; tests pass their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether progress may be drawn over itself. */
  readonly isTerminal: boolean;
}

/** Exit codes of every command (rule S7 for `verify`). */
export const EXIT = { good: 0, failed: 1, unreadable: 2 } as const;

/** Draws how far a job is, on one line of a terminal; elsewhere says nothing. */
export function progressOn(io: Io, what: string): (done: number, of: number) => void {
  let shown = -1;
  return (done, of) => {
    const percent = of === 0 ? 100 : Math.floor((done / of) * 100);
    if (!io.isTerminal || percent === shown) return;
    shown = percent;
    io.err(`\r${what}: ${String(percent)} %`);
  };
}

/** Ends the line of a progress. */
export function endProgress(io: Io): void {
  if (io.isTerminal) io.err("\r\u001b[K");
}
