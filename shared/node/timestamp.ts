import { systemRandom } from "../src/crypto/random.ts";
import type { SnapshotSource } from "../src/snapshot/source.ts";
import { askAuthority } from "./ask-authority.ts";

/** A time-stamp authority as a snapshot's writer wants it. */
export const authorityAt = (address: string): NonNullable<SnapshotSource["stamp"]> => ({
  authority: address,
  nonce: systemRandom(8),
  ask: (request) => askAuthority(address, request),
});
