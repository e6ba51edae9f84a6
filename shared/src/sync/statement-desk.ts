import { equalBytes, toId } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId, SignSecretKey, StatementId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { newEpochs } from "../charter/epoch.ts";
import { channelsNeedingEpoch, deviceAt } from "../charter/query.ts";
import { frameOn, makeStatement } from "../charter/sign.ts";
import type { Charter } from "../charter/state.ts";
import type { CheckpointRef, Position, SignedStatement } from "../charter/types.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { SignKeyPair } from "../crypto/sign.ts";
import type { Channel } from "../base/channels.ts";
import { ENTRY_KIND, makeAuthorPart, NO_BOOK } from "../entry/header.ts";
import type { PushEntry, WireCode } from "../wire/messages.ts";
import type { LogState } from "./log-state.ts";

/** Who writes statements: the session's device. */
export interface StatementAuthor {
  readonly device: DeviceId;
  readonly signKeys: SignKeyPair;
}

export interface BuiltStatement {
  readonly signed: SignedStatement;
  /** Secret half of the statement's `by`. */
  readonly secret: SignSecretKey;
}

/** The entry of a signed statement (rule L0), by whom the statement is. */
export function statementEntry(log: LogId, signed: SignedStatement, secret: SignSecretKey): PushEntry {
  const placement = {
    log,
    kind: ENTRY_KIND.charter,
    channel: "charter",
    epoch: 0,
    book: NO_BOOK,
    device: signed.statement.by as string as DeviceId,
    commitment: signed.id,
  } as const;
  return { a: makeAuthorPart(placement, signed.bytes, secret), b: signed.bytes };
}

/** Builds a statement on the head that is current when it can be pushed. An error ends the request. */
export type BuildStatement<E> = (charter: Charter, at: Position, checkpoint: CheckpointRef) => Result<BuiltStatement, E>;

export type StatementFailure = { readonly code: "refused"; readonly wire: WireCode } | { readonly code: "abandoned" };

interface Request {
  readonly build: BuildStatement<unknown>;
  readonly settle: (result: Result<{ readonly id: StatementId; readonly seq: number }, unknown>) => void;
}

interface InFlight {
  readonly id: StatementId;
  readonly prev: StatementId | null;
  readonly entry: PushEntry;
  readonly request: Request | undefined;
}

/**
 * Statements need the chain's head, so they are made only when everything before them is here, and made anew when somebody else's came
 * first. New epochs that are owed (rules C2, K3, K4) are opened here, before anything is written under an old one.
 */
export class StatementDesk {
  readonly #log: LogId;
  readonly #random: RandomBytes;
  #queue: Request[] = [];
  #inFlight: InFlight | undefined;

  constructor(log: LogId, random: RandomBytes) {
    this.#log = log;
    this.#random = random;
  }

  /** Resolves when the statement's entry is in the verified log, or when it was refused. */
  request<E>(
    build: BuildStatement<E>,
    wake: { readonly link: { wake(): void } },
  ): Promise<Result<{ readonly id: StatementId; readonly seq: number }, E | StatementFailure>> {
    return new Promise((resolve) => {
      this.#queue.push({ build, settle: resolve as Request["settle"] });
      wake.link.wake();
    });
  }

  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#inFlight === undefined;
  }

  next(state: LogState, author: StatementAuthor, at: Position): PushEntry | undefined {
    if (this.#inFlight) return this.#inFlight.entry;
    const { charter, tail } = state;
    if (!charter || !tail.verified) return undefined;
    const { size, root, time } = tail.verified.checkpoint;
    const checkpoint: CheckpointRef = { size, root: toId<Hex32>(root), time };
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      const built = request.build(charter, at, checkpoint);
      if (built.ok) return this.#send(built.value, request);
      request.settle(built);
    }
    const epochs = deviceAt(charter, author.device, at) ? this.#owed(state, charter, author, at, checkpoint) : undefined;
    return epochs && this.#send(epochs, undefined);
  }

  #owed(state: LogState, charter: Charter, author: StatementAuthor, at: Position, checkpoint: CheckpointRef): BuiltStatement | undefined {
    const me = deviceAt(charter, author.device, at)?.member;
    const owed = channelsNeedingEpoch(charter, at).filter((o) => o.by === undefined || o.by === me);
    const channels = new Set<Channel>([...owed.map((o) => o.channel), ...state.broken]);
    if (channels.size === 0) return undefined;
    const [epochs] = newEpochs(charter, [...channels], at, this.#random).statements;
    if (!epochs) return undefined;
    const signed = makeStatement({ ...frameOn(charter, author.device, checkpoint), type: "open-epoch", epochs }, [author.signKeys]);
    return { signed, secret: author.signKeys.secretKey };
  }

  #send({ signed, secret }: BuiltStatement, request: Request | undefined): PushEntry {
    const entry = statementEntry(this.#log, signed, secret);
    this.#inFlight = { id: signed.id, prev: signed.statement.prev, entry, request };
    return entry;
  }

  /** The body of the statement that is on its way, which comes back without it. */
  bodyOf(author: Uint8Array): Uint8Array | undefined {
    const entry = this.#inFlight?.entry;
    return entry && equalBytes(entry.a, author) ? entry.b : undefined;
  }

  /** A statement is in the verified log. */
  logged(id: StatementId, seq: number): void {
    if (this.#inFlight?.id !== id) return;
    this.#inFlight.request?.settle(ok({ id, seq }));
    this.#inFlight = undefined;
  }

  /** The relay refused a push. Gives what the statement was built on, if it was a statement's. */
  refused(code: WireCode): { readonly prev: StatementId | null } | undefined {
    const flight = this.#inFlight;
    if (!flight) return undefined;
    this.#inFlight = undefined;
    if (code === "charter-head") {
      if (flight.request) this.#queue.unshift(flight.request);
    } else flight.request?.settle(err({ code: "refused", wire: code } satisfies StatementFailure));
    return flight;
  }

  /** The session closes: nobody gets an answer any more. */
  abandon(): void {
    const waiting = [...(this.#inFlight?.request ? [this.#inFlight.request] : []), ...this.#queue];
    this.#inFlight = undefined;
    this.#queue = [];
    for (const request of waiting) request.settle(err({ code: "abandoned" } satisfies StatementFailure));
  }
}
