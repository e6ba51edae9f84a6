import sodium from "libsodium-wrappers-sumo";
import { concat } from "../base/bytes.ts";
import type { Signature, SignPublicKey, SignSecretKey } from "../base/ids.ts";
import { domainBytes, type Domain } from "./domain.ts";

export interface SignKeyPair {
  readonly publicKey: SignPublicKey;
  readonly secretKey: SignSecretKey;
}

/** The Ed25519 key pair of a 32-byte seed (RFC 8032). Throws on another length. */
export function signKeyPair(seed: Uint8Array): SignKeyPair {
  const pair = sodium.crypto_sign_seed_keypair(seed);
  return { publicKey: pair.publicKey as SignPublicKey, secretKey: pair.privateKey as SignSecretKey };
}

/** `Sign(name, m)`: Ed25519 over the domain and the message (rule E7). */
export const sign = (name: Domain, message: Uint8Array, secretKey: SignSecretKey): Signature =>
  signRaw(concat(domainBytes(name), message), secretKey);

/** Whether `signature` is `Sign(name, message)` under `publicKey`. False, never an exception, for bytes of any length. */
export const verify = (name: Domain, message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean =>
  verifyRaw(concat(domainBytes(name), message), signature, publicKey);

/** Ed25519 without a domain: only for formats that others define, signed notes and a snapshot's manifest. */
export const signRaw = (message: Uint8Array, secretKey: SignSecretKey): Signature =>
  sodium.crypto_sign_detached(message, secretKey) as Signature;

/** libsodium's verdict on a signature without a domain; it is the normative one (rule K1). */
export function verifyRaw(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== sodium.crypto_sign_BYTES || publicKey.length !== sodium.crypto_sign_PUBLICKEYBYTES) return false;
  return sodium.crypto_sign_verify_detached(signature, message, publicKey);
}
