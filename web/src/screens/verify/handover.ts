import type { SnapshotFile } from "@countersign/shared/replica/api";

let waiting: SnapshotFile | undefined;

/** A snapshot just made, on its way to the verification screen. */
export function handOver(snapshot: SnapshotFile): void {
  waiting = snapshot;
}

export const waitingSnapshot = (): SnapshotFile | undefined => waiting;

export function taken(snapshot: SnapshotFile): void {
  if (waiting === snapshot) waiting = undefined;
}
