import { idBytes, utf8 } from "@countersign/shared/base/bytes";
import { decode } from "@countersign/shared/cbor/cbor";
import { verify } from "@countersign/shared/crypto/sign";
import { LIMITS } from "@countersign/shared/base/limits";
import { CLOSE, signInBytes, type ClientMessage, type WireCode } from "@countersign/shared/wire/messages";

export type Hello = Extract<ClientMessage, { t: "hello" }>;

/** What is wrong with a sign-in before its log is looked at: version, form, signature over this very challenge (rule W1). */
export function checkHello(
  hello: Hello,
  challenge: Uint8Array,
  relayName: string,
): { readonly code: WireCode; readonly close: number } | undefined {
  if (hello.v !== 1) return { code: "unsupported", close: CLOSE.version };
  const needsLog = hello.as === "device" || hello.as === "invite" || hello.as === "move";
  const takesLog = needsLog || hello.as === "recovery";
  if (hello.log === null ? needsLog : !takesLog) return { code: "malformed", close: CLOSE.violation };
  const signed = signInBytes(challenge, hello.log === null ? null : idBytes(hello.log), utf8(relayName));
  return verify("sign-in", signed, hello.s, hello.key) ? undefined : { code: "sign-in-refused", close: CLOSE.signIn };
}

const KNOWN_TYPES: ReadonlySet<string> = new Set([
  "hello",
  "reserve",
  "subscribe",
  "window",
  "push",
  "restore",
  "mail-put",
  "mail-take",
  "ping",
]);

/** Whether a frame is canonical CBOR with a type that this version does not have: told apart from a broken message of a known type (W6). */
export function isUnknownType(bytes: Uint8Array): boolean {
  const value = decode(bytes, LIMITS.frame);
  if (!value.ok || typeof value.value !== "object" || value.value === null || Array.isArray(value.value)) return false;
  const t: unknown = (value.value as { readonly t?: unknown }).t;
  return typeof t === "string" && !KNOWN_TYPES.has(t);
}
