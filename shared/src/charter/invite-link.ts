/** The link that invites the second parent (rule C2). Its secret stands after the `#`, which browsers do not send. */
import { z } from "zod";
import { fromBase64url, toBase64url } from "../base/bytes.ts";
import type { LogId, StatementId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { decode } from "../cbor/cbor.ts";
import { structCodec, zExact, zId, zText } from "../cbor/struct.ts";
import { isRelayAddress } from "./relay-address.ts";

export interface InviteLink {
  /** The relay's address. */
  readonly relay: string;
  readonly log: LogId;
  readonly invite: StatementId;
  /** The 32-byte seed of the one-time key. */
  readonly secret: Uint8Array;
}

export type InviteLinkCode =
  /** Another text than an invitation. */
  | "link-not-invite"
  /** An invitation that was cut or changed on its way. */
  | "link-broken"
  | "link-other-version";

const MARK = "#join=";
const MAX_TEXT = 2048;
const MAX_BYTES = 512;

const fragment = structCodec(
  z.strictObject({ v: z.literal(1), r: zText(255), l: zId<LogId>(), i: zId<StatementId>(), s: zExact(32) }),
  MAX_BYTES,
);

/** `<web origin>/#join=` and the invitation. Throws on a relay address that no reader would take. */
export function inviteLink(webOrigin: string, link: InviteLink): string {
  if (!isRelayAddress(link.relay)) throw new Error("not a relay address");
  const bytes = fragment.encode({ v: 1, r: link.relay, l: link.log, i: link.invite, s: link.secret });
  return `${webOrigin}/${MARK}${toBase64url(bytes)}`;
}

/** Reads a whole link or only its fragment, with white space around it. */
export function parseInviteLink(text: string): Result<InviteLink, Coded<InviteLinkCode>> {
  const plain = text.trim();
  const at = plain.indexOf(MARK);
  if (plain.length > MAX_TEXT || at < 0) return err(coded("link-not-invite"));
  const bytes = fromBase64url(plain.slice(at + MARK.length));
  if (!bytes) return err(coded("link-broken"));
  const parsed = fragment.decode(bytes);
  if (!parsed.ok) return err(coded(isOtherVersion(bytes) ? "link-other-version" : "link-broken"));
  const { r: relay, l: log, i: invite, s: secret } = parsed.value;
  return isRelayAddress(relay) ? ok({ relay, log, invite, secret }) : err(coded("link-broken"));
}

/** A later version may have other fields, but says its number in the same place. */
function isOtherVersion(bytes: Uint8Array): boolean {
  const value = decode(bytes, MAX_BYTES);
  if (!value.ok || typeof value.value !== "object" || value.value === null || !("v" in value.value)) return false;
  return typeof value.value["v"] === "number" && value.value["v"] !== 1;
}
