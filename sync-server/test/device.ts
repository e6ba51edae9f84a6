import { nodePorts } from "@countersign/shared/node/ports";
import { openReplica, type Replica } from "@countersign/shared/replica/replica";
import type { Ports } from "@countersign/shared/sync/ports";
import { MemoryStore } from "@countersign/shared/vault/memory-store";
import { get } from "./answers.ts";

export const PASSPHRASE = "correct horse battery staple";

/** A headless device, with a passphrase that costs little. */
export async function device(rows: MemoryStore = new MemoryStore(), ports: Ports = nodePorts): Promise<Replica> {
  return get(openReplica({ rows, ports, webOrigin: (relay) => relay, argonCost: { memKiB: 8, passes: 1 } }));
}
