import sodium from "libsodium-wrappers-sumo";
import { sharedSecret } from "./exchange.ts";

/** Whether bytes may stand as an Ed25519 public key: canonical, on the curve, in the main subgroup, not of small order (rule K1). */
export const isSignKey = (bytes: Uint8Array): boolean =>
  bytes.length === sodium.crypto_core_ed25519_BYTES && sodium.crypto_core_ed25519_is_valid_point(bytes);

// Every X25519 secret is a multiple of 8 after clamping, so any one sends each point of small order to zero, which libsodium refuses.
const PROBE = new Uint8Array(32).fill(1);

/** Whether bytes may stand as an X25519 public key: 32 of them, and not of small order (rule K1). */
export const isBoxKey = (bytes: Uint8Array): boolean => sharedSecret(PROBE, bytes) !== undefined;
