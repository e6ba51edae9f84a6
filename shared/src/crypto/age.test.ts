import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Gathered, sourceOfBytes } from "../snapshot/bytes-io.ts";
import { isRecipient, isSealed, openSeal, sealing, type SealFor, type SealOpener } from "./age.ts";

vi.setConfig({ testTimeout: 60_000 });
const run = promisify(execFile);
let folder = "";
let identity = "";
let recipient = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "age-"));
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const plain = new Uint8Array(300_000).map((_, i) => (i * 48_271) >>> 7);

async function seal(reader: SealFor, bytes = plain): Promise<Uint8Array> {
  const out = new Gathered();
  const stream = sealing(reader, out.sink);
  for (let at = 0; at < bytes.length; at += 70_000) await stream.write(bytes.slice(at, at + 70_000));
  await stream.finish();
  return out.bytes();
}

async function open(bytes: Uint8Array, opener: SealOpener): Promise<Uint8Array | string> {
  const out = new Gathered();
  const opened = await openSeal(sourceOfBytes(bytes), opener, out.sink);
  return opened.ok ? out.bytes() : opened.error.code;
}

describe("a file sealed for its reader", () => {
  it("[S9] opens with the reader's identity, here and with stock age, and with no other", async () => {
    const sealed = await seal({ recipient });
    expect(isSealed(sealed)).toBe(true);
    expect(await open(sealed, { identity })).toEqual(plain);
    expect(await open(sealed, { identity: await generateX25519Identity() })).toBe("seal-wrong");
    expect(await open(sealed, { passphrase: "not for a passphrase" })).toBe("seal-wrong");
    expect(await open(sealed, { identity: "AGE-SECRET-KEY-1NONSENSE" })).toBe("seal-wrong");
    await writeFile(join(folder, "key"), identity);
    await writeFile(join(folder, "sealed"), sealed);
    await run("age", ["-d", "-i", "key", "-o", "plain", "sealed"], { cwd: folder });
    expect(new Uint8Array(await readFile(join(folder, "plain")))).toEqual(plain);
    await run("age", ["-r", recipient, "-o", "stock", "plain"], { cwd: folder });
    expect(await open(new Uint8Array(await readFile(join(folder, "stock"))), { identity })).toEqual(plain);
  });

  it("[S9] opens with the passphrase, and not with another", async () => {
    const sealed = await seal({ passphrase: "three quiet ducks" }, plain.subarray(0, 1_000));
    expect(await open(sealed, { passphrase: "three quiet ducks" })).toEqual(plain.slice(0, 1_000));
    expect(await open(sealed, { passphrase: "three loud ducks" })).toBe("seal-wrong");
    expect(await open(sealed, { identity })).toBe("seal-wrong");
  });

  it("[S9] is said to be damaged where a bit changed or the end is missing, and refused where it would cost too much to try", async () => {
    const sealed = await seal({ recipient });
    for (const at of [5, 60, sealed.length - 70_000, sealed.length - 1]) {
      const spoilt = sealed.slice();
      spoilt[at] = (spoilt[at] ?? 0) ^ 1;
      expect(await open(spoilt, { identity }), String(at)).toMatch(/^seal-(?:damaged|wrong)$/);
    }
    expect(await open(sealed.subarray(0, -1), { identity })).toBe("seal-damaged");
    expect(await open(sealed.subarray(0, 120), { identity })).toBe("seal-damaged");
    const costly = new TextEncoder().encode(
      "age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 32\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n--- x\n",
    );
    expect(await open(costly, { passphrase: "any at all" })).toBe("seal-costly");
  });

  it("[S9] takes only what is a recipient", () => {
    expect(isRecipient(recipient)).toBe(true);
    expect(isRecipient(`${recipient.slice(0, -1)}${recipient.endsWith("q") ? "p" : "q"}`)).toBe(false);
    for (const text of ["", "age1", "ssh-ed25519 AAAA", identity]) expect(isRecipient(text)).toBe(false);
  });
});
