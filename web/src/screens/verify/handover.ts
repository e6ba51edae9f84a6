interface Snapshot {
  readonly name: string;
  readonly bytes: Uint8Array;
}

let waiting: Snapshot | undefined;

/** A snapshot just made, on its way to the verification screen. */
export function handOver(snapshot: Snapshot): void {
  waiting = snapshot;
}

export function takeOver(): Snapshot | undefined {
  const snapshot = waiting;
  waiting = undefined;
  return snapshot;
}
