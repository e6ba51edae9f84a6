/** A time-stamp authority in memory, which says any moment that a test wants: `openssl ts` knows only now. */
import { webcrypto } from "node:crypto";
import * as asn1js from "asn1js";
import {
  AlgorithmIdentifier,
  Attribute,
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  ExtKeyUsage,
  Extension,
  IssuerAndSerialNumber,
  MessageImprint,
  PKIStatus,
  PKIStatusInfo,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  TimeStampResp,
  TSTInfo,
} from "pkijs";
import { sha256 } from "../src/crypto/hash.ts";

const SHA_256 = "2.16.840.1.101.3.4.2.1";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const SIGNED_DATA = "1.2.840.113549.1.7.2";

const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const octets = (bytes: Uint8Array): asn1js.OctetString => new asn1js.OctetString({ valueHex: buffer(bytes) });

export interface Stamping {
  readonly certificate: Certificate;
  readonly key: webcrypto.CryptoKeyPair;
}

/** A key with a certificate that it signed itself. Those of equal name and number are told apart by nothing but their bytes. */
export async function stampingKey(name: string, serial: number, from: Date, to: Date): Promise<Stamping> {
  const key = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1js.Integer({ value: serial });
  for (const side of [certificate.issuer, certificate.subject])
    side.typesAndValues.push(new AttributeTypeAndValue({ type: "2.5.4.3", value: new asn1js.Utf8String({ value: name }) }));
  certificate.notBefore.value = from;
  certificate.notAfter.value = to;
  const extension = (extnID: string, value: { toSchema(): asn1js.BaseBlock }): Extension =>
    new Extension({ extnID, critical: true, extnValue: value.toSchema().toBER() });
  certificate.extensions = [
    extension("2.5.29.19", new BasicConstraints({ cA: false })),
    extension("2.5.29.37", new ExtKeyUsage({ keyPurposes: [TIME_STAMPING] })),
  ];
  await certificate.subjectPublicKeyInfo.importKey(key.publicKey);
  await certificate.sign(key.privateKey, "SHA-256");
  // As everybody else has it: read from its bytes.
  return { certificate: Certificate.fromBER(certificate.toSchema().toBER()), key };
}

/** What an authority answers for these bytes at this moment, with any list of certificates, and signed by any key. */
export async function stampAt(
  bytes: Uint8Array,
  moment: Date,
  by: Stamping,
  { certificates = [by.certificate], signer = by }: { readonly certificates?: readonly Certificate[]; readonly signer?: Stamping } = {},
): Promise<Uint8Array> {
  const info = new TSTInfo({
    version: 1,
    policy: "1.2.3.4.1",
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256 }),
      hashedMessage: octets(sha256(bytes)),
    }),
    serialNumber: new asn1js.Integer({ value: 1 }),
    genTime: moment,
  });
  const content = new Uint8Array(info.toSchema().toBER());
  const named = new asn1js.Sequence({
    value: [
      new asn1js.Sequence({
        value: [new asn1js.Sequence({ value: [octets(sha256(new Uint8Array(by.certificate.toSchema().toBER())))] })],
      }),
    ],
  });
  const attributes = [
    new Attribute({ type: CONTENT_TYPE, values: [new asn1js.ObjectIdentifier({ value: TST_INFO })] }),
    new Attribute({ type: MESSAGE_DIGEST, values: [octets(sha256(content))] }),
    new Attribute({ type: SIGNING_CERTIFICATE_V2, values: [named] }),
  ];
  const encapContentInfo = new EncapsulatedContentInfo({ eContentType: TST_INFO });
  // Put in afterwards: pkijs would cut it into pieces, as no authority does.
  encapContentInfo.eContent = octets(content);
  const signed = new SignedData({
    version: 3,
    encapContentInfo,
    certificates: [...certificates],
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: by.certificate.issuer, serialNumber: by.certificate.serialNumber }),
        signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
  });
  await signed.sign(signer.key.privateKey, 0, "SHA-256");
  const token = new ContentInfo({ contentType: SIGNED_DATA, content: signed.toSchema(true) });
  const answer = new TimeStampResp({ status: new PKIStatusInfo({ status: PKIStatus.granted }), timeStampToken: token });
  return new Uint8Array(answer.toSchema().toBER());
}
