import * as asn1js from "asn1js";
import {
  AlgorithmIdentifier,
  Certificate,
  ContentInfo,
  IssuerAndSerialNumber,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from "pkijs";
import { equalBytes, toId } from "../base/bytes.ts";
import type { Hex32, Millis } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { sha256 } from "./hash.ts";
import { MAX_TIMESTAMP } from "./timestamp-limit.ts";
import { namesCertificate } from "./signing-certificate.ts";

/** RFC 3161: asking a time-stamp authority, and checking what it answers. The answer is hostile until checked. */

/** Why an answer is no time stamp of these bytes. */
export type TimestampCode =
  /** No RFC 3161 answer, or a larger one than any authority gives. */
  | "stamp-unreadable"
  /** The authority refused. */
  | "stamp-refused"
  /** It stamps something else. */
  | "stamp-imprint"
  /** It answers another question. */
  | "stamp-nonce"
  /** The signature, or the certificate that comes with it, does not hold. */
  | "stamp-signature";

export interface Timestamp {
  readonly time: Millis;
  /** The name in the authority's certificate: its own word. */
  readonly authority: string;
  /** SHA-256 of that certificate, which is what tells one authority from another. */
  readonly certificate: Hex32;
}

const SHA_256 = "2.16.840.1.101.3.4.2.1";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const COMMON_NAME = "2.5.4.3";

const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** The question, DER: SHA-256 of the bytes, a nonce of 8 bytes, and the wish for the authority's certificate. */
export function timestampRequest(bytes: Uint8Array, nonce: Uint8Array): Uint8Array {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256, algorithmParams: new asn1js.Null() }),
      hashedMessage: new asn1js.OctetString({ valueHex: buffer(sha256(bytes)) }),
    }),
    nonce: new asn1js.Integer({ valueHex: buffer(positive(nonce)) }),
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER());
}

/** An integer's bytes as DER wants them: no needless zero in front, and one where the number would read as negative. */
function positive(nonce: Uint8Array): Uint8Array {
  const out = nonce.slice();
  out[0] = ((out[0] ?? 0) & 0x7f) | 0x40;
  return out;
}

/**
 * Checks an answer: that it stamps these bytes, answers this nonce where one is given, and is signed by the certificate that comes with it, which
 * was made for time stamps and valid then. Whether that certificate is to be trusted is not judged here (`openssl ts -verify` does).
 */
export async function checkTimestamp(
  answer: Uint8Array,
  bytes: Uint8Array,
  nonce?: Uint8Array,
): Promise<Result<Timestamp, Coded<TimestampCode>>> {
  const read = readAnswer(answer);
  if (!read.ok) return read;
  const { signed, info, certificate } = read.value;
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithmId !== SHA_256) return err(coded("stamp-imprint"));
  if (!equalBytes(hashedMessage.valueBlock.valueHexView, sha256(bytes))) return err(coded("stamp-imprint"));
  if (nonce && !(info.nonce && equalBytes(info.nonce.valueBlock.valueHexView, positive(nonce)))) return err(coded("stamp-nonce"));
  const { genTime } = info;
  if (genTime < certificate.notBefore.value || genTime > certificate.notAfter.value) return err(coded("stamp-signature", "expired"));
  if (!mayStamp(certificate)) return err(coded("stamp-signature", "purpose"));
  if (!(await isSigned(signed, bytes))) return err(coded("stamp-signature"));
  const [signer] = signed.signerInfos;
  if (!signer || !(await namesCertificate(signer, certificate))) return err(coded("stamp-signature", "certificate"));
  return ok({ time: genTime.getTime(), authority: nameOf(certificate), certificate: toId(sha256(derOf(certificate))) });
}

interface Answer {
  readonly signed: SignedData;
  readonly info: TSTInfo;
  readonly certificate: Certificate;
}

function readAnswer(answer: Uint8Array): Result<Answer, Coded<TimestampCode>> {
  if (answer.length > MAX_TIMESTAMP) return err(coded("stamp-unreadable", "size"));
  try {
    const outer = asn1js.fromBER(buffer(answer));
    if (outer.offset !== answer.length) return err(coded("stamp-unreadable"));
    const { status, timeStampToken } = new TimeStampResp({ schema: outer.result });
    // 0: granted; 1: granted with changes.
    if (![0, 1].includes(status.status)) return err(coded("stamp-refused"));
    const token = timeStampToken && new ContentInfo({ schema: timeStampToken.toSchema() });
    if (token?.contentType !== SIGNED_DATA) return err(coded("stamp-unreadable"));
    const signed = new SignedData({ schema: token.content as asn1js.Sequence });
    const content = signed.encapContentInfo.eContent;
    const [certificate, ...others] = (signed.certificates ?? []).filter((c) => c instanceof Certificate).filter((c) => isSigner(signed, c));
    if (signed.encapContentInfo.eContentType !== TST_INFO || !content || signed.signerInfos.length !== 1 || !certificate) {
      return err(coded("stamp-unreadable"));
    }
    // Two that fit would leave open whose name is shown and whose key is asked.
    if (others.length > 0) return err(coded("stamp-signature", "signers"));
    const inner = asn1js.fromBER(content.getValue());
    return ok({ signed, info: new TSTInfo({ schema: inner.result }), certificate });
  } catch {
    // The libraries throw at what does not fit their schemas.
    return err(coded("stamp-unreadable"));
  }
}

/** Issuer and number, as the signature is verified too: by the number alone another's certificate could lend its name. */
function isSigner(signed: SignedData, certificate: Certificate): boolean {
  const sid: unknown = signed.signerInfos[0]?.sid;
  if (!(sid instanceof IssuerAndSerialNumber)) return false;
  return sid.serialNumber.isEqual(certificate.serialNumber) && sid.issuer.isEqual(certificate.issuer);
}

const derOf = (certificate: Certificate): Uint8Array => new Uint8Array(certificate.toSchema().toBER());

function mayStamp(certificate: Certificate): boolean {
  const usage = certificate.extensions?.find((e) => e.extnID === EXTENDED_KEY_USAGE);
  const purposes = (usage?.parsedValue as { keyPurposes?: readonly string[] } | undefined)?.keyPurposes;
  return usage?.critical === true && purposes?.length === 1 && purposes[0] === TIME_STAMPING;
}

async function isSigned(signed: SignedData, bytes: Uint8Array): Promise<boolean> {
  try {
    return await signed.verify({ signer: 0, data: buffer(bytes), checkChain: false });
  } catch {
    // An algorithm that the platform does not have, or a signature that is none.
    return false;
  }
}

function nameOf(certificate: Certificate): string {
  const names = certificate.subject.typesAndValues;
  const name = names.find((n) => n.type === COMMON_NAME) ?? names[0];
  // By its type it is text; in a damaged certificate it may be anything.
  const text: unknown = name?.value.valueBlock.value;
  return typeof text !== "string" || text === "" ? "without a name" : text.slice(0, 100);
}
