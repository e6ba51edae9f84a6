interface Snapshot {
  readonly name: string;
  readonly bytes: Uint8Array;
}

let waiting: Snapshot | undefined;

/** A snapshot just made, on its way to the verification screen. */
export function handOver(snapshot: Snapshot): void {
  waiting = snapshot;
}

export const waitingSnapshot = (): Snapshot | undefined => waiting;

export function taken(snapshot: Snapshot): void {
  if (waiting === snapshot) waiting = undefined;
}
