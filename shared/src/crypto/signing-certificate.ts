import * as asn1js from "asn1js";
import { getCrypto, type SignerInfo } from "pkijs";
import { equalBytes } from "../base/bytes.ts";
import type { StampingCertificate } from "./stamping-certificate.ts";

/** Signed attributes in which a time-stamp authority names the certificate that it signs with (RFC 5035; RFC 3161 with RFC 5816 asks for one). */
const V1 = "1.2.840.113549.1.9.16.2.12";
const V2 = "1.2.840.113549.1.9.16.2.47";
const DIGESTS: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};

/** pkijs's way to the platform's hashes, whose types stand with the DOM's. */
interface Digests {
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
}

interface Named {
  readonly digest: string;
  readonly hash: Uint8Array;
}

/**
 * Whether the signer named this very certificate in what it signed. A certificate that comes along is otherwise only looked up by its number, so that its
 * names and dates could be other ones.
 */
export async function namesCertificate(signer: SignerInfo, certificate: StampingCertificate): Promise<boolean> {
  const attributes = signer.signedAttrs?.attributes.filter((a) => a.type === V1 || a.type === V2) ?? [];
  const named = attributes.map((a) => firstOf(a.type === V1, a.values[0] as asn1js.BaseBlock | undefined));
  if (named.length === 0) return false;
  const hashes = getCrypto(true) as unknown as Digests;
  for (const one of named) {
    if (!one) return false;
    const hash = await certificate.hash(one.digest, async (der) => new Uint8Array(await hashes.digest(one.digest, der)));
    if (!equalBytes(hash, one.hash)) return false;
  }
  return true;
}

/** `SigningCertificate(V2)`: a sequence whose first part is the sequence of certificates, the signer's own first; each begins with its hash. */
function firstOf(isV1: boolean, value: asn1js.BaseBlock | undefined): Named | undefined {
  const [list] = parts(value);
  const [first] = parts(list);
  const [head, next] = parts(first);
  const algorithm = !isV1 && head instanceof asn1js.Sequence ? parts(head)[0] : undefined;
  const hash = algorithm ? next : head;
  if (!(hash instanceof asn1js.OctetString)) return undefined;
  const digest = isV1 ? "SHA-1" : algorithm ? digestOf(algorithm) : "SHA-256";
  return digest === undefined ? undefined : { digest, hash: hash.valueBlock.valueHexView };
}

const digestOf = (algorithm: asn1js.BaseBlock): string | undefined =>
  algorithm instanceof asn1js.ObjectIdentifier ? DIGESTS[algorithm.valueBlock.toString()] : undefined;

const parts = (block: asn1js.BaseBlock | undefined): readonly asn1js.BaseBlock[] =>
  block instanceof asn1js.Sequence ? block.valueBlock.value : [];
