import { z } from "zod";
import { toId } from "../base/bytes.ts";
import type { Hex32, LogId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { structCodec, zText, zUint } from "../cbor/struct.ts";
import { extendCharter } from "../charter/evaluate.ts";
import { inviteLink, parseInviteLink } from "../charter/invite-link.ts";
import { PROPOSAL_LIFE } from "../charter/limits.ts";
import { hasEnded, isClosed, proposals, relayNow, relaysOf, seniorOf } from "../charter/query.ts";
import { isRelayAddress } from "../charter/relay-address.ts";
import { frameOn, makeStatement } from "../charter/sign.ts";
import type { Proposal } from "../charter/state.ts";
import type { CheckpointRef, LogKeyId } from "../charter/types.ts";
import { parseSigned } from "../charter/codec.ts";
import { carryLog, type CarryProblem } from "../sync/carry.ts";
import { FileBox } from "../sync/files.ts";
import { withLine, type Line, type LineProblem, type Opened } from "../sync/line.ts";
import { lookThere, type Found, type LookProblem } from "../sync/look-there.ts";
import type { LogSession } from "../sync/session.ts";
import { statementEntry } from "../sync/statement-desk.ts";
import type { PushEntry } from "../wire/messages.ts";
import type { ActError } from "./answer.ts";
import type { FollowedView, MoveView, RelayView } from "./people-view.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";
import { plainAddress } from "./vault-contents.ts";
import { sayStatement, until } from "./waiting.ts";

/** A move that failed for now is tried again after this long, and one that waits elsewhere is looked for so often. */
const AGAIN = 30_000;

const rowCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    address: zText(255),
    name: zText(255),
    /** `offered` and `consented`: what this device signed outside the log. `asked`: what it was shown there. */
    kind: z.enum(["offered", "consented", "asked"]),
    at: zUint(),
  }),
  1_000,
);
/** A move that is not in this device's log, since the relay that kept it is gone (rule C8e). */
type MoveRow = ReturnType<typeof rowCodec.decode> extends Result<infer T, unknown> ? T : never;

const rowKey = (log: LogId): string => `move/${log}`;

function moveError({ code, wire }: CarryProblem | LookProblem): ActError {
  switch (code) {
    case "relay-unreachable":
    case "relay-busy":
    case "relay-version":
      return { code };
    case "relay-name":
    case "relay-key":
    case "other-history":
      return { code: "relay-other" };
    case "less-here":
      return { code: "less-here" };
    case "not-held":
      return { code: "not-all-here" };
    case "cancelled":
      return { code: "cancelled" };
    case "relay-refused":
      return { code: wire === "quota-member" ? "relay-full" : wire === "rate" || wire === "busy" ? "relay-busy" : "relay-refused" };
  }
}

/** Moving a person's logs to another relay, and following where others moved them (rules C8 to C8g). */
export class Moves {
  readonly #core: ReplicaCore;
  readonly #running = new Map<LogId, { done: number; of: number }>();
  readonly #problems = new Map<LogId, ActError>();
  readonly #rows = new Map<LogId, MoveRow>();
  readonly #cancelled = new Set<string>();
  /** Logs that are looked for elsewhere just now: a look may last longer than the time to the next. */
  readonly #looking = new Set<LogId>();
  #stopTimer: () => void = () => undefined;

  constructor(core: ReplicaCore) {
    this.#core = core;
    core.onSteps = (open) => {
      this.#look(open);
    };
    core.moveOf = (open) => this.#view(open);
  }

  /** The vault is open: what waits elsewhere is looked for. */
  async load(): Promise<void> {
    for (const { session } of this.#core.logs.values()) {
      const bytes = await this.#core.rows?.get("secret", rowKey(session.log));
      const row = bytes && rowCodec.decode(bytes);
      if (row?.ok) this.#rows.set(session.log, row.value);
    }
    this.tryAgain();
  }

  forget(): void {
    this.#stopTimer();
    this.#running.clear();
    this.#problems.clear();
    this.#rows.clear();
  }

  cancel(job: string): void {
    this.#cancelled.add(job);
  }

  /** Looks after every move now, and from time to time again. */
  tryAgain(): void {
    this.#stopTimer();
    for (const open of this.#core.logs.values()) {
      this.#look(open);
      if (this.#rows.has(open.session.log)) void this.#lookElsewhere(open);
    }
    this.#stopTimer = this.#core.deps.ports.clock.after(AGAIN, () => {
      this.tryAgain();
    });
  }

  // -------------------------------------------------------------------------------------------------------------- asking

  /** Whether a relay is there, and who it says it is. */
  async check(typed: string): Promise<Result<RelayView, ActError>> {
    const open = this.#core.personal;
    const address = plainAddress(typed.trim());
    if (!open) return err({ code: "locked" });
    if (!isRelayAddress(address)) return err({ code: "relay-address" });
    return this.#onLine(open.session, address, (_line, { welcome, name }) =>
      Promise.resolve(ok({ address, name, isHere: welcome.stage === undefined })),
    );
  }

  /** Asks for the move of everything, or moves it where nobody else has to agree. `gone`: the old relay will not come back. */
  async move(input: { readonly address: string; readonly gone: boolean }, job: string): Promise<Result<void, ActError>> {
    const { personal } = this.#core;
    if (!personal) return err({ code: "locked" });
    this.#cancelled.delete(job);
    const there = await this.check(input.address);
    if (!there.ok) return there;
    const { address } = there.value;
    const all = [...this.#households(), personal].filter((o) => input.gone || o.session.identity.relayName !== there.value.name);
    for (const open of all) {
      // What is one's own follows when everything else is there, so that one sheet and one relay always give back all.
      const waits = this.#households().some((h) => h !== open && h.session.identity.relayName !== there.value.name);
      if (open === personal && waits && !input.gone) continue;
      if (!this.#isSenior(open.session)) return err({ code: "senior-only" });
      const done = input.gone ? await this.#moveFromGone(open, address, job) : await this.#propose(open, address, there.value.name);
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  async #propose(open: OpenLog, address: string, name: string): Promise<Result<void, ActError>> {
    const { session } = open;
    const live = await until(session, this.#core.deps.ports.clock, () => session.link.state.state === "live");
    if (!live.ok) return live;
    const reserved = await this.#onLine(session, address, (line) => line.reserve());
    if (!reserved.ok) return reserved;
    return this.#sayMove(session, { relay: name, logKey: toId<LogKeyId>(reserved.value), address });
  }

  async #sayMove(
    session: LogSession,
    to: { readonly relay: string; readonly logKey: LogKeyId; readonly address: string },
  ): Promise<Result<void, ActError>> {
    const said = await sayStatement(session, (_charter, _at, { size, root }) => ({ type: "move-log", size, root, ...to }));
    return said.ok ? ok(undefined) : said;
  }

  /** Takes back what was asked for: a move to where the log is takes its place. */
  async stop(log: LogId): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const { session } = open.value;
    const live = await until(session, this.#core.deps.ports.clock, () => session.link.state.state === "live");
    if (!live.ok) return live;
    const pin = session.charter && relayNow(session.charter);
    if (!pin || !this.#proposal(open.value, true)) return err({ code: "not-allowed" });
    return this.#sayMove(session, { relay: pin.relay, logKey: pin.logKey, address: plainAddress(session.identity.address) });
  }

  async consent(log: LogId, job: string): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const { session } = open.value;
    this.#cancelled.delete(job);
    if (!this.#isSenior(session)) return err({ code: "senior-only" });
    const row = this.#rows.get(log);
    if (row) return this.#consentThere(open.value, row, job);
    const live = await until(session, this.#core.deps.ports.clock, () => session.link.state.state === "live");
    if (!live.ok) return live;
    const said = await sayStatement(session, () => {
      const proposal = this.#proposal(open.value, false);
      return proposal && { type: "consent", to: proposal.id };
    });
    return said.ok ? ok(undefined) : said;
  }

  // ------------------------------------------------------------------------------------------------ the old relay is gone

  async #moveFromGone(open: OpenLog, address: string, job: string): Promise<Result<void, ActError>> {
    const { session } = open;
    const { charter } = session;
    const at = this.#lastCheckpoint(session);
    if (!charter || !at) return err({ code: "not-all-here" });
    const before = this.#rows.get(session.log);
    if (before && before.kind === "consented" && before.address !== address) return err({ code: "move-waits" });
    const done = await this.#carry(open, { address }, job, ({ name, logKey }) => {
      const { size, root } = at;
      const statement = { ...frameOn(charter, session.device, at), type: "move-log" as const, size, root, relay: name, logKey, address };
      return [statementEntry(session.log, makeStatement(statement, [session.signKeys]), session.signKeys.secretKey)];
    });
    if (!done.ok) return done;
    if (done.value.state === "here") return this.#settle(open, address, done.value.name, true);
    return this.#keepRow(session.log, { v: 1, address, name: done.value.name, kind: "offered", at: this.#now() });
  }

  /** Where this person was asked outside the log: what is asked is read again, and consented to in these very words. */
  async #consentThere(open: OpenLog, row: MoveRow, job: string): Promise<Result<void, ActError>> {
    const { session } = open;
    const found = await this.#lookAt(open, row.address);
    if (!found.ok) return found;
    if (found.value.state === "here") return this.#settle(open, row.address, found.value.name, true);
    const asked = found.value.state === "begun" ? this.#askedBy(open, found.value) : undefined;
    const at = this.#lastCheckpoint(session);
    if (!asked || !at || found.value.state !== "begun") return err({ code: "move-none" });
    // An honest device consents to one relay only: two consents would make two histories.
    const isElsewhere = row.kind !== "asked" && row.name !== asked.statement.relay && this.#now() - row.at < PROPOSAL_LIFE;
    if (isElsewhere) return err({ code: "move-waits" });
    const { offer } = found.value;
    const consented = await this.#keepRow(session.log, { ...row, kind: "consented", at: this.#now() });
    if (!consented.ok) return consented;
    const statement = { ...frameOn(asked.charter, session.device, at), type: "consent" as const, to: asked.signed.id };
    const consent = statementEntry(session.log, makeStatement(statement, [session.signKeys]), session.signKeys.secretKey);
    const done = await this.#carry(open, { address: row.address, relayName: row.name }, job, () => [...offer, consent]);
    if (!done.ok) return done;
    return done.value.state === "here" ? this.#settle(open, row.address, done.value.name, true) : err({ code: "move-none" });
  }

  /** The statement of an offer, if it is a lawful move of this log, as it is here, by the other parent to the relay that shows it. */
  #askedBy(open: OpenLog, found: Extract<Found, { state: "begun" }>) {
    const { session } = open;
    const { charter } = session;
    const [entry] = found.offer;
    const signed = entry && parseSigned(entry.b);
    const at = this.#lastCheckpoint(session);
    if (!charter || !at || found.offer.length !== 1 || !signed?.ok || signed.value.statement.type !== "move-log") return undefined;
    const { statement } = signed.value;
    const isSo = statement.relay === found.name && statement.size === at.size && statement.root === at.root && found.size === at.size;
    const next = extendCharter(charter, signed.value, session.now());
    const proposal = next.ok ? next.value.proposals.find((p) => p.id === signed.value.id) : undefined;
    if (!isSo || !next.ok || !proposal || proposal.by === session.identity.member) return undefined;
    return { charter: next.value, statement, signed: signed.value };
  }

  /** A person names a relay on which their logs may be by now. */
  async follow(typed: string): Promise<Result<FollowedView, ActError>> {
    const address = plainAddress(typed.trim());
    if (!isRelayAddress(address)) return err({ code: "relay-address" });
    const counts = { moved: 0, asked: 0 };
    let problem: ActError = { code: "move-none" };
    for (const open of [...this.#core.logs.values()]) {
      if (plainAddress(open.session.identity.address) === address) continue;
      const found = await this.#lookAt(open, address);
      if (!found.ok) problem = found.error.code === "relay-refused" ? problem : found.error;
      else if (found.value.state === "here") {
        const settled = await this.#settle(open, address, found.value.name, false);
        if (!settled.ok) return settled;
        counts.moved++;
      } else if (found.value.state === "begun") {
        const asked = await this.#noteAsked(open, found.value, address);
        if (asked) counts.asked++;
        else if (found.value.size < open.session.state.tail.size) problem = { code: "more-here" };
      }
    }
    return counts.moved + counts.asked > 0 ? ok(counts) : err(problem);
  }

  async #noteAsked(open: OpenLog, found: Extract<Found, { state: "begun" }>, address: string): Promise<boolean> {
    const { session } = open;
    if (found.pages.length > 0 && !(await session.takeFrom(found.pages))) return false;
    if (!this.#askedBy(open, found)) return false;
    const row = this.#rows.get(session.log);
    if (row && row.kind !== "asked") return row.name === found.name;
    return (await this.#keepRow(session.log, { v: 1, address, name: found.name, kind: "asked", at: this.#now() })).ok;
  }

  /** Whether what waits elsewhere has come to its end. */
  async #lookElsewhere(open: OpenLog): Promise<void> {
    const { log } = open.session;
    const row = this.#rows.get(log);
    if (!row || this.#running.has(log) || this.#looking.has(log)) return;
    this.#looking.add(log);
    const found = await this.#lookAt(open, row.address).finally(() => this.#looking.delete(log));
    if (found.ok && found.value.state === "here") await this.#settle(open, row.address, found.value.name, true);
    else if (found.ok && found.value.state === "begun" && row.kind === "offered") await this.#noteAsked(open, found.value, row.address);
  }

  // ----------------------------------------------------------------------------------------------------------- following

  /** Something changed in a log: where it has moved on, this device goes along. */
  #look(open: OpenLog): void {
    const { session } = open;
    const pin = session.movedOn;
    if (pin?.address !== undefined && !this.#running.has(session.log) && this.#lastCheckpoint(session)) void this.#goAlong(open, pin);
    else if (!pin && session.identity.kind === "personal") void this.#bringOwn(open);
  }

  async #goAlong(open: OpenLog, pin: NonNullable<LogSession["movedOn"]>): Promise<void> {
    const { session } = open;
    const address = pin.address ?? "";
    this.#running.set(session.log, { done: 0, of: session.state.tail.size });
    this.#core.tell({ topic: "households" });
    let done = await this.#lookAt(open, address, pin.relay);
    if (done.ok && done.value.state !== "here") {
      const carried = await this.#carry(open, { address, relayName: pin.relay, logKey: pin.logKey }, `move/${session.log}`);
      done = carried.ok ? ok({ state: "here", name: carried.value.name }) : carried;
    }
    this.#running.delete(session.log);
    if (this.#core.logs.get(session.log) !== open) return;
    const settled = done.ok ? await this.#settle(open, address, pin.relay, false) : done;
    if (settled.ok) this.#problems.delete(session.log);
    else this.#problems.set(session.log, settled.error);
    this.#core.tell({ topic: "households" });
  }

  /** When all that is shared has moved, what is one's own follows by itself. */
  async #bringOwn(personal: OpenLog): Promise<void> {
    const { session } = personal;
    const households = this.#households();
    const [first] = households;
    if (!first || session.link.state.state !== "live" || this.#running.has(session.log) || !this.#isSenior(session)) return;
    const { relayName, address } = first.session.identity;
    const isAll = households.every((h) => h.session.identity.relayName === relayName && !h.session.movedOn);
    const { charter } = first.session;
    const cameFrom =
      charter &&
      relaysOf(charter)
        .slice(1)
        .some((r) => r.relay === session.identity.relayName);
    if (!isAll || relayName === session.identity.relayName || cameFrom !== true) return;
    this.#running.set(session.log, { done: 0, of: session.state.tail.size });
    const asked = await this.#propose(personal, plainAddress(address), relayName);
    this.#running.delete(session.log);
    if (asked.ok) this.#look(personal);
    else this.#problems.set(session.log, asked.error);
  }

  /** From now on this log is at that relay. What was asked for elsewhere is done with. */
  async #settle(open: OpenLog, address: string, name: string, wasGone: boolean): Promise<Result<void, ActError>> {
    const { session } = open;
    const { log, identity } = session;
    const core = this.#core;
    const saved = await core.saveIdentity({ ...identity, address, relayName: name });
    if (!saved.ok) return saved;
    session.link.stop();
    await session.link.idle();
    session.adopt({ address, relayName: name });
    await this.#keepRow(log, undefined);
    const link = open.names.link === null ? undefined : parseInviteLink(open.names.link);
    if (link?.ok === true)
      await core.saveNames(open, { ...open.names, link: inviteLink(core.deps.webOrigin(address), { ...link.value, relay: address }) });
    if (identity.kind === "personal" && core.sheet) await core.saveSheet({ ...core.sheet, relay: address, confirmed: false });
    if (core.rows) await new FileBox(log, core.rows, core.deps.ports.transport).offerAgain();
    if (core.logs.get(log) === open) session.link.start();
    core.tell({ topic: "households" });
    core.tell({ topic: "vault" });
    const { personal } = core;
    const ownIsBehind = personal && personal !== open && personal.session.identity.relayName === identity.relayName;
    if (wasGone && ownIsBehind && this.#isSenior(personal.session)) return this.#moveFromGone(personal, address, `move/${log}`);
    if (personal) this.#look(personal);
    return ok(undefined);
  }

  // -------------------------------------------------------------------------------------------------------------- inside

  #households(): OpenLog[] {
    return [...this.#core.logs.values()].filter(({ session }) => {
      const { charter, identity } = session;
      if (identity.kind !== "household" || !charter) return false;
      return !isClosed(charter, session.now()) && !hasEnded(charter, identity.member) && !session.isRemoved;
    });
  }

  #isSenior(session: LogSession): boolean {
    const { charter, identity } = session;
    return charter !== undefined && seniorOf(charter, identity.member, session.now()) === session.device;
  }

  /** The move that waits in the log, asked for by this person or by the other parent. */
  #proposal({ session }: OpenLog, mine: boolean): Extract<Proposal, { type: "move-log" }> | undefined {
    const { charter, identity } = session;
    if (!charter) return undefined;
    const now = relayNow(charter);
    return proposals(charter, session.now())
      .filter((p) => p.type === "move-log")
      .find((p) => (p.by === identity.member) === mine && (p.relay !== now.relay || p.logKey !== now.logKey));
  }

  #view(open: OpenLog): MoveView | undefined {
    const { session } = open;
    const running = this.#running.get(session.log);
    const pin = session.movedOn;
    const row = this.#rows.get(session.log);
    const canAct = this.#isSenior(session);
    if (running) return { state: "moving", relay: pin?.relay ?? row?.name ?? "", ...running };
    if (pin) {
      const error = this.#problems.get(session.log);
      if (pin.address === undefined) return { state: "stuck", relay: pin.relay, error: { code: "relay-address" } };
      return error
        ? { state: "stuck", relay: pin.relay, error }
        : { state: "moving", relay: pin.relay, done: 0, of: session.state.tail.size };
    }
    if (row) return { state: "asked", mine: row.kind !== "asked", relay: row.name, address: row.address, gone: true, canAct };
    const asked = this.#proposal(open, false);
    const proposal = asked ?? this.#proposal(open, true);
    if (!proposal) return undefined;
    return {
      state: "asked",
      mine: asked === undefined,
      relay: proposal.relay,
      ...(proposal.address === undefined ? {} : { address: proposal.address }),
      expires: proposal.made.time + PROPOSAL_LIFE,
      gone: false,
      canAct,
    };
  }

  async #carry(
    open: OpenLog,
    to: { readonly address: string; readonly relayName?: string; readonly logKey?: LogKeyId },
    job: string,
    statements?: (relay: { readonly name: string; readonly logKey: LogKeyId }) => readonly PushEntry[],
  ): Promise<Result<{ readonly state: "here" | "offered"; readonly name: string }, ActError>> {
    const { session } = open;
    const rows = this.#core.rows;
    if (!rows) return err({ code: "locked" });
    const done = await carryLog({
      ...{ log: session.log, ports: this.#core.deps.ports, rows, keys: session.signKeys, verified: session.state.tail.verified },
      ...to,
      ...(statements ? { statements } : {}),
      onProgress: (at, of) => {
        if (this.#running.has(session.log)) this.#running.set(session.log, { done: at, of });
        this.#core.tell({ topic: "progress", job, done: at, of });
        this.#core.tell({ topic: "households" });
      },
      isCancelled: () => this.#cancelled.has(job) || this.#core.logs.get(session.log) !== open,
    });
    return done.ok ? done : err(moveError(done.error));
  }

  async #lookAt({ session }: OpenLog, address: string, relayName?: string): Promise<Result<Found, ActError>> {
    const found = await lookThere({
      ...{ log: session.log, ports: this.#core.deps.ports, state: session.state, address },
      ...{ signIn: session.signIn(), keys: session.signKeys },
      ...(relayName === undefined ? {} : { relayName }),
    });
    return found.ok ? found : err(moveError(found.error));
  }

  async #onLine<T>(
    session: LogSession,
    address: string,
    talk: (line: Line, opened: Opened) => Promise<Result<T, LineProblem>>,
  ): Promise<Result<T, ActError>> {
    const { publicKey, secretKey } = session.signKeys;
    const done = await withLine(this.#core.deps.ports, { address, log: session.log, as: "move", publicKey, secretKey }, talk);
    return done.ok ? done : err(moveError(done.error));
  }

  /** The checkpoint over everything that is here; undefined while entries are here of which the relay has still to say so. */
  #lastCheckpoint({ state }: LogSession): CheckpointRef | undefined {
    const { verified, size } = state.tail;
    if (verified?.checkpoint.size !== size) return undefined;
    return { size, root: toId<Hex32>(verified.checkpoint.root), time: verified.checkpoint.time };
  }

  #now(): number {
    return this.#core.deps.ports.clock.now();
  }

  async #keepRow(log: LogId, row: MoveRow | undefined): Promise<Result<void, ActError>> {
    if (!row && !this.#rows.has(log)) return ok(undefined);
    const kept = await this.#core.add([{ table: "secret", key: rowKey(log), value: row ? rowCodec.encode(row) : null }]);
    if (!kept.ok) return kept;
    if (row) this.#rows.set(log, row);
    else this.#rows.delete(log);
    this.#core.tell({ topic: "households" });
    return ok(undefined);
  }
}
