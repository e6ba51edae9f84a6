import { CryptoEngine, getCrypto, type PublicKeyInfo } from "pkijs";
import { sha256 } from "./hash.ts";

/** A key of the platform that is ready to verify with, or why it is none. */
type Ready = ReturnType<CryptoEngine["getPublicKey"]>;

/**
 * The platform's cryptography as pkijs asks for it, with two detours less for each stamp: a certificate's key is made ready once for each algorithm that it is asked to
 * verify with, and SHA-256 of a stamp's few bytes is computed at once and not on another thread.
 */
class StampEngine extends CryptoEngine {
  readonly #keys = new WeakMap<PublicKeyInfo, Map<string, Ready>>();

  override getPublicKey(...[info, signed, given]: Parameters<CryptoEngine["getPublicKey"]>): Ready {
    const asked = given ?? this.fillPublicKeyParameters(info, signed);
    const kind = JSON.stringify(asked.algorithm);
    const ready = this.#keys.get(info) ?? new Map<string, Ready>();
    const key = ready.get(kind) ?? super.getPublicKey(info, signed, asked);
    this.#keys.set(info, ready.set(kind, key));
    return key;
  }

  override digest(...[algorithm, data]: Parameters<CryptoEngine["digest"]>): Promise<ArrayBuffer> {
    if (algorithm !== "SHA-256" || !(data instanceof Uint8Array)) return super.digest(algorithm, data);
    return Promise.resolve(new Uint8Array(sha256(data)).buffer);
  }
}

let engine: StampEngine | undefined;

/** Throws where the platform has no cryptography of its own. */
export const stampEngine = (): StampEngine => (engine ??= new StampEngine(getCrypto(true)));
