/** Signing, verifying and sealing as shared/src/crypto and shared/src/entry do it, beside what libsodium and Node do bare. */
import { createPublicKey, verify as nodeVerify } from "node:crypto";
import sodium from "libsodium-wrappers-sumo";
import { toId } from "@countersign/shared/base/bytes";
import type { BookKey, ChannelKey, DeviceId } from "@countersign/shared/base/ids";
import { changeHash } from "@countersign/shared/books/chunk";
import { bookId } from "@countersign/shared/books/names";
import { signChange, signedOfChange } from "@countersign/shared/books/signature";
import { domainBytes } from "@countersign/shared/crypto/domain";
import { systemRandom } from "@countersign/shared/crypto/random";
import { seal, unseal } from "@countersign/shared/crypto/seal";
import { sign, signKeyPair, verify } from "@countersign/shared/crypto/sign";
import { verifyMany } from "@countersign/shared/crypto/verify-many";
import { openBody, sealChanges } from "@countersign/shared/entry/body";
import { makeAuthorPart, parseAuthorPart } from "@countersign/shared/entry/header";
import { concat } from "@countersign/shared/base/bytes";
import { CHECKPOINT, Desk, devices, LOG, MESSAGES, newThread } from "../../../shared/test/book.ts";
import { MESSAGE_BYTES } from "../load/client.ts";
import type { Pair } from "./rate.ts";

const BATCH = 256;

/** Signatures over what a change's signature is over, by one device. */
function signatures(): readonly { readonly message: Uint8Array; readonly signature: Uint8Array; readonly publicKey: Uint8Array }[] {
  const pair = signKeyPair(systemRandom(32));
  const book = bookId(LOG, MESSAGES);
  return Array.from({ length: BATCH }, () => {
    const message = signedOfChange(LOG, book, toId(systemRandom(32)));
    return { message, signature: sign("change", message, pair.secretKey), publicKey: pair.publicKey };
  });
}

function must(holds: boolean): void {
  if (!holds) throw new Error("a signature or seal of the bench's own does not hold");
}

/** Libraries are ready. */
export function cryptoPairs(): Pair[] {
  const checks = signatures();
  const first = checks[0];
  if (!first) throw new Error("there are signatures");
  const signer = signKeyPair(systemRandom(32));
  const bare = checks.map((c) => ({ ...c, message: concat(domainBytes("change"), c.message) }));
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), first.publicKey]);
  const nodeKey = createPublicKey({ key: spki, format: "der", type: "spki" });

  const key = systemRandom(32);
  const ad = systemRandom(220);
  const text = systemRandom(MESSAGE_BYTES);
  const nonce = systemRandom(24);
  const bareSealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(text, ad, null, nonce, key);
  const sealed = seal("body-seal", key, ad, text, systemRandom);

  const bareVerify = {
    what: "libsodium",
    run: () => bare.forEach((c) => must(sodium.crypto_sign_verify_detached(c.signature, c.message, c.publicKey))),
  };
  const platformVerify = { what: "node:crypto", run: () => bare.forEach((c) => must(nodeVerify(null, c.message, nodeKey, c.signature))) };
  const bareSeal = {
    what: "libsodium, nonce given",
    run: () => sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(text, ad, null, nonce, key),
  };
  const bareOpen = { what: "libsodium", run: () => sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, bareSealed, ad, nonce, key) };
  return [
    {
      ...{ what: "verify a signature, one by one", unit: "µs", each: BATCH, baselines: [bareVerify, platformVerify] },
      ours: () => checks.forEach((c) => must(verify("change", c.message, c.signature, c.publicKey))),
    },
    {
      ...{ what: `verify a signature, verifyMany of ${BATCH}`, unit: "µs", each: BATCH, baselines: [bareVerify, platformVerify] },
      ours: async () => (await verifyMany("change", checks)).forEach(must),
    },
    {
      ...{
        what: "sign",
        unit: "µs",
        baselines: [{ what: "libsodium", run: () => sodium.crypto_sign_detached(first.message, signer.secretKey) }],
      },
      ours: () => sign("change", first.message, signer.secretKey),
    },
    { what: `seal ${MESSAGE_BYTES} bytes`, unit: "µs", ours: () => seal("body-seal", key, ad, text, systemRandom), baselines: [bareSeal] },
    {
      what: `open ${MESSAGE_BYTES} bytes`,
      unit: "µs",
      ours: () => must(unseal("body-seal", key, ad, sealed) !== undefined),
      baselines: [bareOpen],
    },
    ...entryPairs(bareSeal, bareOpen),
  ];
}

/** A whole entry with one change of about 400 characters: commitment, padding, seal, header and its signature; and the way back. */
function entryPairs(bareSeal: Pair["baselines"][number], bareOpen: Pair["baselines"][number]): Pair[] {
  const { alicePhone } = devices();
  const desk = new Desk(alicePhone, MESSAGES);
  const { bytes } = desk.draft({ record: desk.recordId(), fields: newThread("x".repeat(MESSAGE_BYTES - 100)) });
  desk.free();
  const signature = signChange(LOG, bookId(LOG, MESSAGES), changeHash(bytes), alicePhone.sign.secretKey);
  const channelKey = systemRandom(32) as BookKey & ChannelKey;
  const device: DeviceId = alicePhone.id;
  const make = () => {
    const change = { bytes, signature, tag: { kind: "message", root: CHECKPOINT.root } };
    const body = { book: MESSAGES, secret: systemRandom(32), changes: [change], notes: [], fileKeys: [] };
    const made = sealChanges({ log: LOG, device, epoch: 0, key: channelKey, body, random: systemRandom });
    return { body: made.body, author: makeAuthorPart(made.placement, made.body, alicePhone.sign.secretKey) };
  };
  const entry = make();
  const open = (): void => {
    const author = parseAuthorPart(entry.author);
    must(author.ok && openBody(author.value, entry.body, channelKey).ok);
  };
  return [
    { what: "make an entry of one change (commit, pad, seal, sign)", unit: "µs", ours: make, baselines: [bareSeal] },
    { what: "read an entry of one change (verify, open, check commitment)", unit: "µs", ours: open, baselines: [bareOpen] },
  ];
}
