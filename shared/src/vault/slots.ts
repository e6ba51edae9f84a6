import { z } from "zod";
import type { VaultKey } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { toHex, utf8 } from "../base/bytes.ts";
import { structCodec, zBytes, zExact, zUint } from "../cbor/struct.ts";
import { argon2id } from "../crypto/argon.ts";
import { keyed } from "../crypto/keyed.ts";
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

/** `passkey`: a secret that an authenticator derives (WebAuthn PRF). `system`: one that the system's key store keeps (Electron safeStorage). */
export type WayKind = "passkey" | "system";
export const MAX_WAYS = 8;
/** What a way needs to find its secret again (a credential's id and salt, a sealed key); it opens nothing by itself. */
export const MAX_HINT = 2_048;

const zWay = z.strictObject({
  id: zExact<Uint8Array>(16),
  kind: z.enum(["passkey", "system"]),
  hint: zBytes(MAX_HINT),
  made: zUint(),
  box: zBytes(200),
});
export type UnlockSlot = z.infer<typeof zWay>;

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
    /** Further ways to open, each wrapping the vault key on its own. */
    more: z.array(zWay).max(MAX_WAYS).optional(),
  }),
  24_000,
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

const sheetSlot = (sheetKey: Uint8Array, key: VaultKey, random: RandomBytes): Uint8Array =>
  seal("vault-slot", sheetKey, slotName("sheet"), key, random);

/** A new vault: its key and the header that is kept in the clear. `sheetKey` is the unlock key of the recovery sheet. */
export function createVault(
  passphrase: string,
  sheetKey: Uint8Array,
  random: RandomBytes,
  cost: ArgonCost = ARGON_MIN,
): { key: VaultKey; header: VaultHeader } {
  const key = random(32) as VaultKey;
  const sheet = sheetSlot(sheetKey, key, random);
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

/** The header with another recovery sheet: the words of the one before open it no more. */
export const withSheet = (h: VaultHeader, key: VaultKey, sheetKey: Uint8Array, random: RandomBytes): VaultHeader => ({
  ...h,
  sheet: sheetSlot(sheetKey, key, random),
});

/** A secret of another way never wraps the key itself: what an authenticator derives may be asked for by another page of the same site. */
const wayKey = (secret: Uint8Array, id: Uint8Array): Uint8Array => keyed("vault-slot", secret, id);

/**
 * The header with one more way to open. `secret` has 32 bytes and is kept by whoever offers the way, never by us.
 * Undefined when there are `MAX_WAYS` already.
 */
export function withWay(
  h: VaultHeader,
  key: VaultKey,
  way: { readonly kind: WayKind; readonly secret: Uint8Array; readonly hint: Uint8Array; readonly made: number },
  random: RandomBytes,
): VaultHeader | undefined {
  const more = h.more ?? [];
  if (more.length >= MAX_WAYS) return undefined;
  const id = random(16);
  const box = seal("vault-slot", wayKey(way.secret, id), slotName(way.kind), key, random);
  return { ...h, more: [...more, { id, kind: way.kind, hint: way.hint, made: way.made, box }] };
}

/** Opens a vault by one of its further ways; undefined when there is no such way or the secret is not its own. */
export function unlockWithWay(h: VaultHeader, id: string, secret: Uint8Array): VaultKey | undefined {
  const way = h.more?.find((w) => toHex(w.id) === id);
  return way && (unseal("vault-slot", wayKey(secret, way.id), slotName(way.kind), way.box) as VaultKey | undefined);
}

/** The header without a way; the vault key stays, so what was sealed before stays readable by the others. */
export function withoutWay(h: VaultHeader, id: string): VaultHeader {
  const { more = [], ...rest } = h;
  const left = more.filter((w) => toHex(w.id) !== id);
  return left.length === 0 ? rest : { ...rest, more: left };
}
