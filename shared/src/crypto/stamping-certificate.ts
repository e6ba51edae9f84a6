import type { Certificate } from "pkijs";
import { toId } from "../base/bytes.ts";
import type { Hex32 } from "../base/ids.ts";
import { sha256 } from "./hash.ts";

const EXTENDED_KEY_USAGE = "2.5.29.37";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const COMMON_NAME = "2.5.4.3";

/** What a stamp asks of the certificate that signed it and that follows from the certificate alone, worked out when it is first asked. */
export class StampingCertificate {
  readonly #certificate: Certificate;
  readonly #hashes = new Map<string, Promise<Uint8Array>>();
  #der: Uint8Array | undefined;
  #id: Hex32 | undefined;
  #mayStamp: boolean | undefined;

  constructor(certificate: Certificate) {
    this.#certificate = certificate;
  }

  /** The certificate's bytes. */
  get der(): Uint8Array {
    return (this.#der ??= new Uint8Array(this.#certificate.toSchema().toBER()));
  }

  /** SHA-256 of them. */
  get id(): Hex32 {
    return (this.#id ??= toId(sha256(this.der)));
  }

  /** Their hash of another kind, computed once by `digest`. */
  hash(kind: string, digest: (der: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
    let hash = this.#hashes.get(kind);
    if (!hash) this.#hashes.set(kind, (hash = digest(this.der)));
    return hash;
  }

  /** Whether it was made for time stamps and for nothing else (RFC 3161, 2.3). */
  get mayStamp(): boolean {
    return (this.#mayStamp ??= isForStamps(this.#certificate));
  }

  /** Whether the moment lies within its dates. */
  isValidAt(moment: Date): boolean {
    const { notBefore, notAfter } = this.#certificate;
    return !(moment < notBefore.value || moment > notAfter.value);
  }

  /** The authority's name: its own word. */
  get name(): string {
    const names = this.#certificate.subject.typesAndValues;
    const name = names.find((n) => n.type === COMMON_NAME) ?? names[0];
    // By its type it is text; in a damaged certificate it may be anything.
    const text: unknown = name?.value.valueBlock.value;
    return typeof text !== "string" || text === "" ? "without a name" : text.slice(0, 100);
  }
}

function isForStamps(certificate: Certificate): boolean {
  const usage = certificate.extensions?.find((e) => e.extnID === EXTENDED_KEY_USAGE);
  const purposes = (usage?.parsedValue as { keyPurposes?: readonly string[] } | undefined)?.keyPurposes;
  return usage?.critical === true && purposes?.length === 1 && purposes[0] === TIME_STAMPING;
}
