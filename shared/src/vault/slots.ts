import { z } from "zod";
import type { VaultKey } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { utf8 } from "../base/bytes.ts";
import { structCodec, zBytes, zExact, zUint } from "../cbor/struct.ts";
import { argon2id } from "../crypto/argon.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";

/** Below these a stored slot is refused as a downgrade (design: protocol, 'Keys'). */
export const ARGON_MIN = { memKiB: 64 * 1024, passes: 3 } as const;
const ARGON_MAX = { memKiB: 1024 * 1024, passes: 20 } as const;

/** How hard a passphrase is to try. Tests may use less through `weakForTests`, which the app never passes. */
export interface ArgonCost {
  readonly memKiB: number;
  readonly passes: number;
}

const header = structCodec(
  z.strictObject({
    v: z.literal(1),
    /** The passphrase slot. */
    pass: z.strictObject({ salt: zExact<Uint8Array>(16), mem: zUint(), passes: zUint(), box: zBytes(200) }),
    /** The recovery sheet's slot. */
    sheet: zBytes(200),
    /** Wrong passphrases in a row, and when the next try is allowed (device clock). */
    wrong: zUint(),
    wait: zUint(),
  }),
  2_000,
);
export type VaultHeader = ReturnType<typeof decodeHeader> extends Result<infer T, unknown> ? T : never;

export const decodeHeader = (bytes: Uint8Array) => header.decode(bytes);
export const encodeHeader = (value: VaultHeader): Uint8Array => header.encode(value);

export type UnlockCode = "passphrase-wrong" | "passphrase-wait" | "slot-downgrade";

const slotName = (name: string): Uint8Array => utf8(name);

function passSlot(passphrase: string, key: VaultKey, cost: ArgonCost, random: RandomBytes): VaultHeader["pass"] {
  const salt = random(16);
  const kek = argon2id(passphrase.normalize("NFKC"), salt, cost);
  if (!kek) throw new Error("Argon2id refused its own parameters");
  return { salt, mem: cost.memKiB, passes: cost.passes, box: seal("vault-slot", kek, slotName("passphrase"), key, random) };
}

/** A new vault: its key and the header that is kept in the clear. `sheetKey` is the unlock key of the recovery sheet. */
export function createVault(
  passphrase: string,
  sheetKey: Uint8Array,
  random: RandomBytes,
  cost: ArgonCost = ARGON_MIN,
): { key: VaultKey; header: VaultHeader } {
  const key = random(32) as VaultKey;
  const sheet = seal("vault-slot", sheetKey, slotName("sheet"), key, random);
  return { key, header: { v: 1, pass: passSlot(passphrase, key, cost, random), sheet, wrong: 0, wait: 0 } };
}

/** The delay after n wrong passphrases in a row: none for three, then 5 s doubling to one hour. */
export const waitAfter = (wrong: number): number => (wrong < 3 ? 0 : Math.min(5_000 * 2 ** (wrong - 3), 3_600_000));

/**
 * Tries a passphrase. A slot is verified by opening it, never trusted; cost parameters below the minimum are refused before any work.
 * The caller writes the returned header back whether it opened or not, before it answers.
 */
export function unlock(
  h: VaultHeader,
  passphrase: string,
  now: number,
  minimum: ArgonCost = ARGON_MIN,
): { result: Result<VaultKey, Coded<UnlockCode>>; header: VaultHeader } {
  if (now < h.wait) return { result: err(coded("passphrase-wait")), header: h };
  const { mem, passes, salt, box } = h.pass;
  if (mem < minimum.memKiB || passes < minimum.passes || mem > ARGON_MAX.memKiB || passes > ARGON_MAX.passes)
    return { result: err(coded("slot-downgrade")), header: h };
  const kek = argon2id(passphrase.normalize("NFKC"), salt, { memKiB: mem, passes });
  const key = kek && unseal("vault-slot", kek, slotName("passphrase"), box);
  if (!key) {
    const wrong = h.wrong + 1;
    return { result: err(coded("passphrase-wrong")), header: { ...h, wrong, wait: now + waitAfter(wrong) } };
  }
  return { result: ok(key as VaultKey), header: h.wrong === 0 ? h : { ...h, wrong: 0, wait: 0 } };
}

/** Opens a vault with the recovery sheet's unlock key. */
export function unlockWithSheet(h: VaultHeader, sheetKey: Uint8Array): VaultKey | undefined {
  return unseal("vault-slot", sheetKey, slotName("sheet"), h.sheet) as VaultKey | undefined;
}

/** The header with another passphrase; everything else stays. */
export function withPassphrase(
  h: VaultHeader,
  key: VaultKey,
  passphrase: string,
  random: RandomBytes,
  cost: ArgonCost = ARGON_MIN,
): VaultHeader {
  return { ...h, pass: passSlot(passphrase, key, cost, random), wrong: 0, wait: 0 };
}
