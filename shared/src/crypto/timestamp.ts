import * as asn1js from "asn1js";
import {
  AlgorithmIdentifier,
  Certificate,
  IssuerAndSerialNumber,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from "pkijs";
import { equalBytes, toId } from "../base/bytes.ts";
import type { Hex32, Millis } from "../base/ids.ts";
import { Recent } from "../base/recent.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { sha256 } from "./hash.ts";
import { MAX_TIMESTAMP } from "./timestamp-limit.ts";
import { namesCertificate } from "./signing-certificate.ts";
import { stampEngine } from "./stamp-engine.ts";
import { StampingCertificate } from "./stamping-certificate.ts";
import { timestampParts } from "./timestamp-parts.ts";

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

/** Lists of certificates that were read, by SHA-256 of their bytes: an authority sends the same with each answer. Nothing else is kept of an answer. */
const certificateLists = new Recent<Hex32, NonNullable<SignedData["certificates"]>>(4);
/** Bytes of a list that is kept; real ones have about 5,000. */
const KEPT_BYTES = 8_192;
const stamping = new WeakMap<Certificate, StampingCertificate>();

function stampingCertificate(certificate: Certificate): StampingCertificate {
  let known = stamping.get(certificate);
  if (!known) stamping.set(certificate, (known = new StampingCertificate(certificate)));
  return known;
}

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
  if (!certificate.isValidAt(genTime)) return err(coded("stamp-signature", "expired"));
  if (!certificate.mayStamp) return err(coded("stamp-signature", "purpose"));
  if (!(await isSigned(signed, bytes))) return err(coded("stamp-signature"));
  const [signer] = signed.signerInfos;
  if (!signer || !(await namesCertificate(signer, certificate))) return err(coded("stamp-signature", "certificate"));
  return ok({ time: genTime.getTime(), authority: certificate.name, certificate: certificate.id });
}

interface Answer {
  readonly signed: SignedData;
  readonly info: TSTInfo;
  readonly certificate: StampingCertificate;
}

function readAnswer(answer: Uint8Array): Result<Answer, Coded<TimestampCode>> {
  if (answer.length > MAX_TIMESTAMP) return err(coded("stamp-unreadable", "size"));
  try {
    const read = readSigned(answer);
    if (!read.ok) return read;
    const signed = read.value;
    const content = signed.encapContentInfo.eContent;
    const [certificate, ...others] = (signed.certificates ?? []).filter((c) => c instanceof Certificate).filter((c) => isSigner(signed, c));
    if (signed.encapContentInfo.eContentType !== TST_INFO || !content || signed.signerInfos.length !== 1 || !certificate) {
      return err(coded("stamp-unreadable"));
    }
    // Two that fit would leave open whose name is shown and whose key is asked.
    if (others.length > 0) return err(coded("stamp-signature", "signers"));
    const inner = asn1js.fromBER(content.getValue());
    return ok({ signed, info: new TSTInfo({ schema: inner.result }), certificate: stampingCertificate(certificate) });
  } catch {
    // The libraries throw at what does not fit their schemas.
    return err(coded("stamp-unreadable"));
  }
}

/** Reads an answer; its certificates only where they did not come before, byte for byte. */
function readSigned(answer: Uint8Array): Result<SignedData, Coded<TimestampCode>> {
  const parts = timestampParts(answer);
  const key = parts && toId<Hex32>(sha256(parts.certificates));
  const known = key && certificateLists.get(key);
  const read = readWhole(parts && known ? parts.rest : answer);
  if (!read.ok) return read;
  const signed = read.value;
  if (known) signed.certificates = [...known];
  else if (parts && key && parts.certificates.length <= KEPT_BYTES && signed.certificates)
    certificateLists.put(key, [...signed.certificates]);
  return read;
}

function readWhole(answer: Uint8Array): Result<SignedData, Coded<TimestampCode>> {
  const outer = asn1js.fromBER(buffer(answer));
  if (outer.offset !== answer.length) return err(coded("stamp-unreadable"));
  const { status, timeStampToken: token } = new TimeStampResp({ schema: outer.result });
  // 0: granted; 1: granted with changes.
  if (![0, 1].includes(status.status)) return err(coded("stamp-refused"));
  if (token?.contentType !== SIGNED_DATA) return err(coded("stamp-unreadable"));
  return ok(new SignedData({ schema: token.content as asn1js.Sequence }));
}

/** Issuer and number, as the signature is verified too: by the number alone another's certificate could lend its name. */
function isSigner(signed: SignedData, certificate: Certificate): boolean {
  const sid: unknown = signed.signerInfos[0]?.sid;
  if (!(sid instanceof IssuerAndSerialNumber)) return false;
  return sid.serialNumber.isEqual(certificate.serialNumber) && sid.issuer.isEqual(certificate.issuer);
}

async function isSigned(signed: SignedData, bytes: Uint8Array): Promise<boolean> {
  try {
    return await signed.verify({ signer: 0, data: buffer(bytes), checkChain: false }, stampEngine());
  } catch {
    // An algorithm that the platform does not have, or a signature that is none.
    return false;
  }
}
