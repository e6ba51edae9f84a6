import type { FileInput } from "@countersign/shared/snapshot/input";

interface Handed {
  readonly name: string;
  readonly file: FileInput;
}

let waiting: Handed | undefined;

/** A snapshot just made, or opened with the desktop app, on its way to the verification screen. */
export function handOver(snapshot: Handed): void {
  waiting = snapshot;
}

export const waitingSnapshot = (): Handed | undefined => waiting;

export function taken(snapshot: Handed): void {
  if (waiting === snapshot) waiting = undefined;
}
