import { concat, equalBytes, fromBase64, fromHex, fromUtf8, toBase64, utf8 } from "../base/bytes.ts";

/** DER of `SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING }` up to the key (RFC 8410). */
const SPKI = fromHex("302a300506032b6570032100") ?? new Uint8Array();
const HEAD = "-----BEGIN PUBLIC KEY-----\n";
const TAIL = "\n-----END PUBLIC KEY-----\n";

/** An Ed25519 public key as openssl reads it: SubjectPublicKeyInfo in PEM. */
export const publicKeyPem = (key: Uint8Array): Uint8Array => utf8(HEAD + toBase64(concat(SPKI, key)) + TAIL);

/** The key of exactly such a file, else undefined. */
export function parsePublicKeyPem(bytes: Uint8Array): Uint8Array | undefined {
  const text = fromUtf8(bytes);
  if (!text?.startsWith(HEAD) || !text.endsWith(TAIL)) return undefined;
  const der = fromBase64(text.slice(HEAD.length, -TAIL.length));
  return der?.length === SPKI.length + 32 && equalBytes(der.subarray(0, SPKI.length), SPKI) ? der.slice(SPKI.length) : undefined;
}
