import { toId } from "@countersign/shared/base/bytes";
import type { Hex32, LogId } from "@countersign/shared/base/ids";
import { CLOSE, type RelayMessage, type SignInRole, type WireCode } from "@countersign/shared/wire/messages";
import { grantOf } from "../log/rights.ts";
import type { Link } from "./link.ts";
import { LogPart } from "./log-part.ts";
import { FounderRole } from "./roles/founder.ts";
import { MailerRole } from "./roles/mailer.ts";
import { MemberRole } from "./roles/member.ts";
import { MoverRole } from "./roles/mover.ts";
import { MUTE, type Role } from "./roles/role.ts";
import type { SessionHost } from "./session-host.ts";
import { checkHello, type Hello } from "./sign-in.ts";

type Welcome = Extract<RelayMessage, { t: "welcome" }>;

/** A connection that has signed in. */
export interface SignedIn {
  readonly key: Hex32;
  readonly log: LogId | null;
  readonly token: string;
  readonly role: Role;
  /** What it is told of what it signed in to. */
  readonly told: Pick<Welcome, "size" | "note" | "logs" | "stage">;
}

export interface Refusal {
  readonly code: WireCode;
  readonly close: number;
}

/** Nobody hears it. */
const GONE: Refusal = { code: "busy", close: CLOSE.goingAway };
const NOT_MEMBER: Refusal = { code: "not-member", close: CLOSE.notMember };
const NO_SUCH_LOG: Refusal = { code: "no-such-log", close: CLOSE.signIn };

/** What a sign-in comes to: who it is, and what they may do here (rule W1). Whoever gets a role ends it. */
export async function signIn(host: SessionHost, link: Link, hello: Hello, challenge: Uint8Array): Promise<SignedIn | Refusal> {
  const refusal = checkHello(hello, challenge, host.ports.name);
  if (refusal) return refusal;
  const key = toId<Hex32>(hello.key);
  if (hello.log === null) return withoutLog(host, link, hello.as, key);
  return hello.as === "move" ? asMover(host, link, hello.log, key) : asMember(host, link, hello.log, hello.as, key);
}

async function withoutLog(host: SessionHost, link: Link, as: SignInRole, key: Hex32): Promise<SignedIn | Refusal> {
  const logs = as === "recovery" ? await host.ports.store.logsOfRecoveryKey(key) : undefined;
  if (link.isClosed) return GONE;
  if (logs?.length === 0) return NOT_MEMBER;
  const token = host.tokens.issue(undefined);
  const role = as === "found" ? new FounderRole(host, link, key, token) : as === "mail" ? new MailerRole(host, link) : MUTE;
  return { key, log: null, token, role, told: { size: 0, note: null, ...(logs ? { logs: [...logs] } : {}) } };
}

async function asMember(host: SessionHost, link: Link, log: LogId, as: SignInRole, key: Hex32): Promise<SignedIn | Refusal> {
  const actor = await host.logs.open(log);
  if (link.isClosed) return GONE;
  if (!actor) return NO_SUCH_LOG;
  const { stage } = actor;
  // Not here yet. Who has it from an earlier time comes again when it is.
  if (stage && actor.isStaged) return stage.floor > 0 ? { code: "busy", close: CLOSE.tryLater } : NO_SUCH_LOG;
  const grant = grantOf(actor.charter, as, key, actor.here());
  if (!grant) return NOT_MEMBER;
  const token = host.tokens.issue({ log, grant });
  const role = new MemberRole(link, new LogPart(host, link, actor, grant));
  return { key, log, token, role, told: { size: actor.served.durable(), note: actor.served.freshNote() } };
}

/** Whoever moves a log here: what is here of it already, and what waits for a consent. Of a log that lives here only its devices hear. */
async function asMover(host: SessionHost, link: Link, log: LogId, key: Hex32): Promise<SignedIn | Refusal> {
  const actor = await host.logs.open(log);
  if (link.isClosed) return GONE;
  const isDevice = actor !== undefined && grantOf(actor.charter, "device", key, actor.here()) !== undefined;
  const staged = actor?.stage;
  if (actor && !staged && !isDevice) return NOT_MEMBER;
  const token = host.tokens.issue(undefined);
  const stage = actor && !staged ? {} : { stage: { offer: isDevice ? [...(staged?.offer ?? [])] : [] } };
  const told = { size: actor?.served.durable() ?? 0, note: actor?.served.freshNote() ?? null, ...stage };
  return { key, log, token, role: new MoverRole(host, link, key, log), told };
}
