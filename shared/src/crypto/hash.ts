import sodium from "libsodium-wrappers-sumo";
import { concat } from "../base/bytes.ts";
import { domainBytes, type Domain } from "./domain.ts";
import { nativeCrypto } from "./native.ts";

/** SHA-256 (FIPS 180-4) of bytes that carry no domain: Merkle nodes, changes, files. */
export const sha256 = (bytes: Uint8Array): Uint8Array => nativeCrypto()?.sha256(bytes) ?? sodium.crypto_hash_sha256(bytes);

/** `H(name, x…)`: SHA-256 over the domain and the parts (rule E6). All parts but the last have a fixed length. */
export const hash = (name: Domain, ...parts: readonly Uint8Array[]): Uint8Array => sha256(concat(domainBytes(name), ...parts));

/** SHA-256 of bytes that come in pieces, so that a file need not be in memory as one. `digest` ends it. */
export class Sha256 {
  readonly #state = sodium.crypto_hash_sha256_init();
  #ended = false;

  update(piece: Uint8Array): this {
    if (this.#ended) throw new Error("the hash is taken");
    sodium.crypto_hash_sha256_update(this.#state, piece);
    return this;
  }

  digest(): Uint8Array {
    if (this.#ended) throw new Error("the hash is taken");
    this.#ended = true;
    return sodium.crypto_hash_sha256_final(this.#state);
  }
}
