import sodium from "libsodium-wrappers-sumo";
import { concat } from "../base/bytes.ts";
import { domainBytes, type Domain } from "./domain.ts";

/** `Keyed(name, key, x)`: BLAKE2b-256 under a 32-byte key (rule E9). Throws on another length of key. */
export function keyed(name: Domain, key: Uint8Array, x: Uint8Array): Uint8Array {
  // BLAKE2b itself takes 16 to 64 bytes; one length keeps a short key from slipping in.
  if (key.length !== 32) throw new Error("a key has 32 bytes");
  return sodium.crypto_generichash(32, concat(domainBytes(name), x), key);
}
