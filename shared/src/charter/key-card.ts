/** The text of a printed key card: a member's device keys, for comparing through a lawyer, a mediator or the court file (rule C2a). */
import { z } from "zod";
import { concat, equalBytes, fromBase64url, idBytes, toBase64url } from "../base/bytes.ts";
import type { DeviceId, LogId, MemberId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { encode } from "../cbor/cbor.ts";
import { structCodec, zId } from "../cbor/struct.ts";
import { sha256 } from "../crypto/hash.ts";
import { CHARTER_LIMITS } from "./limits.ts";
import { deviceOf, devicesOf } from "./people.ts";
import type { Charter } from "./state.ts";
import type { BoxKeyId, DeviceKeys } from "./types.ts";

export interface KeyCard {
  readonly log: LogId;
  readonly member: MemberId;
  readonly devices: readonly DeviceKeys[];
}

export type KeyCardCode =
  /** Another text than a key card. */
  | "card-not-card"
  | "card-other-version"
  /** A key card that was misread: its check bytes or its shape do not hold. */
  | "card-broken";

const HEAD = "countersign-card:";
const CHECK = 4;
const MAX_BYTES = 4096;

const device = z.strictObject({ s: zId<DeviceId>(), x: zId<BoxKeyId>() });
const card = structCodec(
  z.strictObject({ l: zId<LogId>(), m: zId<MemberId>(), d: z.array(device).min(1).max(CHARTER_LIMITS.devices) }),
  MAX_BYTES,
);

/** The card of a member as the charter has it now, or undefined if they have no unrevoked device. */
export function keyCardOf(charter: Charter, member: MemberId): KeyCard | undefined {
  const devices = devicesOf(charter, member).filter((d) => !d.revoked);
  return devices.length === 0 ? undefined : { log: charter.log, member, devices: devices.map((d) => d.keys) };
}

/** `countersign-card:1:` and base64url of the card's CBOR and the first 4 bytes of its SHA-256, which catch a misreading. */
export function keyCardText({ log, member, devices }: KeyCard): string {
  const body = encode({ l: idBytes(log), m: idBytes(member), d: devices.map((d) => ({ s: idBytes(d.sign), x: idBytes(d.box) })) });
  return `${HEAD}1:${toBase64url(concat(body, sha256(body).subarray(0, CHECK)))}`;
}

/** Reads a card that was scanned or typed; spaces and line breaks do not matter. */
export function parseKeyCard(text: string): Result<KeyCard, Coded<KeyCardCode>> {
  if (text.length > 2 * MAX_BYTES) return err(coded("card-not-card"));
  const plain = text.replaceAll(/\s/g, "");
  const [, version, rest] = /^countersign-card:([0-9]+):(.*)$/.exec(plain) ?? [];
  if (version === undefined || rest === undefined) return err(coded("card-not-card"));
  if (version !== "1") return err(coded("card-other-version"));
  const bytes = fromBase64url(rest);
  if (!bytes || bytes.length <= CHECK) return err(coded("card-broken"));
  const body = bytes.subarray(0, bytes.length - CHECK);
  if (!equalBytes(sha256(body).subarray(0, CHECK), bytes.subarray(bytes.length - CHECK))) return err(coded("card-broken"));
  const parsed = card.decode(body);
  if (!parsed.ok) return err(coded("card-broken"));
  const { l: log, m: member, d } = parsed.value;
  return ok({ log, member, devices: d.map(({ s, x }) => ({ sign: s, box: x })) });
}

/**
 * What comparing a card with the charter shows. A member's id is the hash of the statement that carries their first keys, so a card that names
 * the member of this log vouches for all that their devices linked since; and each device on it must be that member's.
 */
export type CardVerdict = "match" | "other-log" | "other-member" | "other-keys";

export function compareKeyCard(charter: Charter, member: MemberId, { log, member: printed, devices }: KeyCard): CardVerdict {
  if (log !== charter.log) return "other-log";
  if (printed !== member) return "other-member";
  const isTheirs = (keys: DeviceKeys): boolean => {
    const known = deviceOf(charter, keys.sign);
    return known?.member === member && known.keys.box === keys.box;
  };
  return devices.every(isTheirs) ? "match" : "other-keys";
}
