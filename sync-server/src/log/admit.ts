import { idBytes } from "@countersign/shared/base/bytes";
import type { Hex32, LogId } from "@countersign/shared/base/ids";
import { err, ok, type Result } from "@countersign/shared/base/result";
import { parseSigned } from "@countersign/shared/charter/codec";
import type { CharterError } from "@countersign/shared/charter/errors";
import { extendCharter, foundCharter } from "@countersign/shared/charter/evaluate";
import { acceptsEpoch, currentEpoch, isClosed, mayWrite } from "@countersign/shared/charter/query";
import type { Charter } from "@countersign/shared/charter/state";
import type { Position, SignedStatement } from "@countersign/shared/charter/types";
import { verifyLater } from "@countersign/shared/crypto/later";
import { isAgainEntry } from "@countersign/shared/entry/again";
import { isAnchorEntry } from "@countersign/shared/entry/anchor";
import { bodyMatches, ENTRY_KIND, NO_BOOK, readAuthorPart, type AuthorPart } from "@countersign/shared/entry/header";
import { endOf } from "@countersign/shared/entry/runs";
import { isOwnEntry } from "@countersign/shared/entry/statement";
import type { WireCode } from "@countersign/shared/wire/messages";
import type { Receipt } from "./actor-ports.ts";
import { mayBring, type Grant } from "./rights.ts";

/** An entry that may be appended, and the charter after it. */
export interface Admitted {
  readonly author: AuthorPart;
  readonly charter: Charter;
  /** For a charter entry: the statement in it. */
  readonly statement?: SignedStatement;
}

/** Codes after which the same bytes may be taken later. */
const PASSING: ReadonlySet<WireCode> = new Set<WireCode>(["rate", "busy", "internal"]);
export const mayRetry = (code: WireCode): boolean => PASSING.has(code);

/** The answer to what was refused from its first entry on. */
export const refusedWith = (code: WireCode): Receipt => ({ n: [], error: { code, retry: mayRetry(code), at: 0 } });

/**
 * What the relay checks of an entry that holds by itself (`checkEntry`) before it takes it into a log (rules L0, L3, L7, L8, W2). `at` is the
 * place that it would get.
 */
export function admit(charter: Charter, grant: Grant, author: AuthorPart, body: Uint8Array, at: Position): Result<Admitted, WireCode> {
  if (author.log !== charter.log) return err("wrong-log");
  switch (author.kind) {
    case ENTRY_KIND.changes:
      return admitChanges(charter, grant, author, at);
    case ENTRY_KIND.charter:
      return admitStatement(charter, grant, author, body, at);
    case ENTRY_KIND.bundle:
    case ENTRY_KIND.ack: {
      if (grant.as !== "device" || grant.device !== author.device) return err("not-writer");
      const refusal = keptRefusal(charter, author, body, at);
      return refusal === undefined ? ok({ author, charter }) : err(refusal);
    }
    case ENTRY_KIND.anchor:
      // Who writes may anchor (rule L11). Whether the witnesses' lines hold is for the readers.
      return isAnchorEntry(author, body) ? admitChanges(charter, grant, author, at) : err("malformed");
    case ENTRY_KIND.again:
      // Likewise: what the headers in it are worth is for the readers (rule C8j).
      return isAgainEntry(author, body) ? admitChanges(charter, grant, author, at) : err("malformed");
    default:
      return err("unsupported");
  }
}

/** The same of an entry that stood in the log once, at its old place, whoever brings it back (rule C8). */
export function admitOld(charter: Charter, author: AuthorPart, body: Uint8Array | null, at: Position): Result<Admitted, WireCode> {
  if (author.log !== charter.log) return err("wrong-log");
  switch (author.kind) {
    case ENTRY_KIND.anchor:
    case ENTRY_KIND.again:
    case ENTRY_KIND.changes: {
      if (author.kind === ENTRY_KIND.anchor && body !== null && !isAnchorEntry(author, body)) return err("malformed");
      if (author.kind === ENTRY_KIND.again && body !== null && !isAgainEntry(author, body)) return err("malformed");
      const refusal = refusalOf(charter, author, at);
      return refusal === undefined ? ok({ author, charter }) : err(refusal);
    }
    case ENTRY_KIND.charter: {
      const parsed = body === null ? err<WireCode>("restore") : readStatement(author, body);
      return parsed.ok ? extended(charter, author, parsed.value, at) : parsed;
    }
    case ENTRY_KIND.bundle:
    case ENTRY_KIND.ack: {
      const refusal = keptRefusal(charter, author, body, at);
      return refusal === undefined ? ok({ author, charter }) : err(refusal);
    }
    default:
      return err("unsupported");
  }
}

/**
 * The first entry of a log that does not exist yet.
 * @param signer who has to have made it; anybody for a log that is brought from elsewhere. The caller has checked nothing; what the founding statement pins of the relay is
 * for the caller to compare.
 */
export async function admitFounding(
  signer: Hex32 | undefined,
  authorBytes: Uint8Array,
  body: Uint8Array,
  at: Position,
): Promise<Result<Admitted, WireCode>> {
  const read = await checkEntry(authorBytes, body);
  if (!read.ok) return read;
  const author = read.value;
  if (author.kind !== ENTRY_KIND.charter) return err("not-writer");
  const parsed = readStatement(author, body);
  if (!parsed.ok) return parsed;
  const charter = foundCharter(parsed.value, at);
  if (!charter.ok) return err(statementCode(charter.error));
  if (author.log !== charter.value.log) return err("wrong-log");
  if (signer !== undefined && (author.device as Hex32) !== signer) return err("not-writer");
  return ok({ author, charter: charter.value, statement: parsed.value });
}

/**
 * What an entry is by itself, whatever its log says: an author part of the right form, signed by its device, over these body bytes. One may
 * come without its body, which a bundle will have to stand for (rule L8e): never a statement's or an acknowledgement's.
 */
export async function checkEntry(authorBytes: Uint8Array, body: Uint8Array | null): Promise<Result<AuthorPart, WireCode>> {
  const read = readAuthorPart(authorBytes);
  if (!read.ok) return err("malformed");
  const { author, signed } = read.value;
  if (body === null && (author.kind === ENTRY_KIND.charter || author.kind === ENTRY_KIND.ack)) return err("restore");
  if (!(await verifyLater("entry", signed, author.signature, idBytes(author.device)))) return err("signature");
  return body === null || bodyMatches(author, body) ? ok(author) : err("body-hash");
}

/** The founding entry of a log that is brought here: its charter was made of it before. */
export function admitFirst(charter: Charter, author: AuthorPart, body: Uint8Array | null): Result<Admitted, WireCode> {
  const parsed = body === null || author.kind !== ENTRY_KIND.charter ? err<WireCode>("restore") : readStatement(author, body);
  if (!parsed.ok) return parsed;
  const isFirst = author.log === charter.log && parsed.value.id === charter.head;
  return isFirst ? ok({ author, charter, statement: parsed.value }) : err("wrong-log");
}

function admitChanges(charter: Charter, grant: Grant, author: AuthorPart, at: Position): Result<Admitted, WireCode> {
  if (grant.as !== "device" || grant.device !== author.device || author.channel === "charter") return err("not-writer");
  const refusal = knownWriter(charter, author) ? undefined : refusalOf(charter, author, at);
  if (refusal !== undefined) return err(refusal);
  rememberWriter(charter, author);
  return ok({ author, charter });
}

/**
 * Bundles and their acknowledgements (rule L8b): who may write the channel may bring them, under any epoch that there was. What a bundle holds, and whether
 * it may speak of these entries, only devices can tell; nothing is dropped before devices of each parent have.
 */
function keptRefusal(charter: Charter, author: AuthorPart, body: Uint8Array | null, at: Position): WireCode | undefined {
  const isAck = author.kind === ENTRY_KIND.ack;
  const hasForm = isAck ? body?.length === 0 && (author.of ?? at.seq) < at.seq : endOf(author.covers ?? []) <= at.seq;
  if (!hasForm) return "malformed";
  if (author.channel === "charter") return "not-writer";
  if (isClosed(charter, at)) return "log-closed";
  if (!mayWrite(charter, author.device, author.channel, at)) return "not-writer";
  return author.epoch <= (currentEpoch(charter, author.channel)?.epoch ?? -1) ? undefined : "epoch-gap";
}

function refusalOf(charter: Charter, { channel, device, epoch }: AuthorPart, at: Position): WireCode | undefined {
  if (channel === "charter") return "not-writer";
  if (isClosed(charter, at)) return "log-closed";
  if (!mayWrite(charter, device, channel, at)) return "not-writer";
  if (acceptsEpoch(charter, { device, channel, epoch, at })) return undefined;
  return epoch > (currentEpoch(charter, channel)?.epoch ?? -1) ? "epoch-gap" : "epoch-stale";
}

/**
 * Who was let in under a charter, while nothing in it waits for its time: then the answer is the same for every later place, and need not
 * be worked out again for every entry.
 */
const writers = new WeakMap<Charter, Set<string>>();
const writerKey = ({ device, channel, epoch }: AuthorPart): string => `${device}/${channel}/${epoch}`;
const knownWriter = (charter: Charter, author: AuthorPart): boolean => writers.get(charter)?.has(writerKey(author)) === true;

function rememberWriter(charter: Charter, author: AuthorPart): void {
  if (charter.pending.length > 0 || charter.invite?.state === "open") return;
  writers.set(charter, (writers.get(charter) ?? new Set()).add(writerKey(author)));
}

function admitStatement(charter: Charter, grant: Grant, author: AuthorPart, body: Uint8Array, at: Position): Result<Admitted, WireCode> {
  const parsed = readStatement(author, body);
  if (!parsed.ok) return parsed;
  return mayBring(grant, parsed.value) ? extended(charter, author, parsed.value, at) : err("not-writer");
}

function extended(charter: Charter, author: AuthorPart, statement: SignedStatement, at: Position): Result<Admitted, WireCode> {
  const next = extendCharter(charter, statement, at);
  return next.ok ? ok({ author, charter: next.value, statement }) : err(statementCode(next.error));
}

/** The form of a charter entry (rule L0): the header names the statement and its first signer, and nothing else. */
function readStatement(author: AuthorPart, body: Uint8Array): Result<SignedStatement, WireCode> {
  if (author.channel !== "charter" || author.epoch !== 0 || author.book !== NO_BOOK) return err("malformed");
  const parsed = parseSigned(body);
  if (!parsed.ok) return err(statementCode(parsed.error));
  return isOwnEntry(author, parsed.value) ? ok(parsed.value) : err("malformed");
}

function statementCode(error: CharterError): WireCode {
  switch (error.code) {
    case "charter-too-long":
      return "too-large";
    case "charter-malformed":
      return "malformed";
    case "charter-unknown-type":
    case "charter-unknown-version":
      return "unsupported";
    case "charter-head":
      return "charter-head";
    case "charter-wrong-log":
      return "wrong-log";
    case "charter-signature":
      return "signature";
    case "charter-found-again":
      return "log-exists";
    case "charter-closed":
      return "log-closed";
    case "charter-rate":
      return "rate";
    default:
      return "charter-rule";
  }
}

/** The id that a founding statement's log will have, and what it pins of its relay. */
export interface Founding {
  readonly log: LogId;
  readonly relay: string;
  readonly logKey: Hex32;
}

export function foundingOf(admitted: Admitted): Founding | undefined {
  const statement = admitted.statement?.statement;
  return statement?.type === "found" ? { log: admitted.charter.log, relay: statement.relay, logKey: statement.logKey } : undefined;
}
