import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeAuthority, type Authority } from "../../test/time-stamp-authority.ts";
import { utf8 } from "../base/bytes.ts";
import { initCrypto } from "./init.ts";
import { checkTimestamp, timestampRequest } from "./timestamp.ts";

const BYTES = utf8("what is stamped");
const NONCE = new Uint8Array(8).fill(9);
let folder: string;
let authority: Authority;
let impostor: Authority;

beforeAll(async () => {
  await initCrypto();
  folder = await mkdtemp(join(tmpdir(), "countersign-stamp-"));
  authority = await makeAuthority(join(folder, "real"), { name: "Famous TSA" });
  impostor = await makeAuthority(join(folder, "impostor"), { name: "Nobody that anyone knows", certs: authority.certificate });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const fingerprint = (certificate: string): string =>
  execFileSync("openssl", ["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], { encoding: "utf8" })
    .replace(/^.*=/, "")
    .replaceAll(":", "")
    .trim()
    .toLowerCase();

const der = (certificate: string): string => execFileSync("openssl", ["x509", "-in", certificate, "-outform", "DER"]).toString("latin1");

describe("a time stamp", () => {
  it("[S14] tells the authority by the hash of its certificate, as openssl prints it", async () => {
    const answer = await authority.answer(timestampRequest(BYTES, NONCE));
    const read = await checkTimestamp(answer, BYTES, NONCE);
    expect(read).toMatchObject({ ok: true, value: { authority: "Famous TSA", certificate: fingerprint(authority.certificate) } });
  });

  it("[S14] a certificate of another authority that is sent along, with the same number, lends neither its name nor its hash", async () => {
    const answer = await impostor.answer(timestampRequest(BYTES, NONCE));
    // Both certificates are in there.
    expect(new TextDecoder("latin1").decode(answer)).toContain("Famous TSA");
    // The list of certificates is not signed: whoever passes the answer on may order it as they like.
    const [own, famous] = [der(impostor.certificate), der(authority.certificate)];
    const text = Buffer.from(answer).toString("latin1");
    const swapped = text.includes(own + famous)
      ? text.replace(own + famous, () => famous + own)
      : text.replace(famous + own, () => own + famous);
    expect(swapped).not.toBe(text);
    for (const order of [answer, new Uint8Array(Buffer.from(swapped, "latin1"))]) {
      const read = await checkTimestamp(order, BYTES, NONCE);
      expect(read).toMatchObject({
        ok: true,
        value: { authority: "Nobody that anyone knows", certificate: fingerprint(impostor.certificate) },
      });
    }
  });
});
