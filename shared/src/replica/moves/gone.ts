import { err, type Result } from "../../base/result.ts";
import { frameOn, makeStatement } from "../../charter/sign.ts";
import type { Found } from "../../sync/look-there.ts";
import { statementEntry } from "../../sync/statement-desk.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { moveAsked } from "./asked.ts";
import type { ForkMoves } from "./forks.ts";
import { isAnswerTo, type Forked } from "./healing.ts";
import type { MoveLine } from "./line.ts";
import type { MoveRow, MoveRows } from "./rows.ts";
import { settleAt } from "./settle.ts";
import { isSenior, lastCheckpoint } from "./standing.ts";

/** A log of which a relay has a part, but which is not there yet. */
type Begun = Extract<Found, { state: "begun" }>;

/** Moves away from a relay that is gone, which are offered and agreed to at the new one (rule C8e). */
export class GoneMoves {
  readonly #core: ReplicaCore;
  readonly #line: MoveLine;
  readonly #rows: MoveRows;
  readonly #forks: ForkMoves;
  /** Looks after a log that may have to follow. */
  readonly #look: (open: OpenLog) => void;

  constructor(
    core: ReplicaCore,
    { line, rows, forks }: { readonly line: MoveLine; readonly rows: MoveRows; readonly forks: ForkMoves },
    look: (open: OpenLog) => void,
  ) {
    this.#core = core;
    this.#forks = forks;
    this.#line = line;
    this.#rows = rows;
    this.#look = look;
  }

  /** Brings the log to another relay with the statement that moves it there. */
  async move(open: OpenLog, address: string, job: string): Promise<Result<void, ActError>> {
    const { session } = open;
    const { charter } = session;
    const at = lastCheckpoint(session);
    if (!charter || !at) return err({ code: "not-all-here" });
    const before = this.#rows.of(session.log);
    if (before && before.kind === "consented" && before.address !== address) return err({ code: "move-waits" });
    const done = await this.#line.carry(open, { address }, job, ({ name, logKey }) => {
      const { size, root } = at;
      const statement = { ...frameOn(charter, session.device, at), type: "move-log" as const, size, root, relay: name, logKey, address };
      return [statementEntry(session.log, makeStatement(statement, [session.signKeys]), session.signKeys.secretKey)];
    });
    if (!done.ok) return done;
    const { state, name } = done.value;
    return state === "here" ? this.#settle(open, address, name) : this.#rows.keep(session.log, { address, name, kind: "offered" });
  }

  /** Where this person was asked outside the log: what is asked is read again, and consented to in these very words. */
  async consent(open: OpenLog, row: MoveRow, job: string): Promise<Result<void, ActError>> {
    const { session } = open;
    const found = await this.#line.look(open, row.address);
    if (!found.ok) return found;
    if (found.value.state === "forked")
      return found.value.isHere ? this.goOver(open, found.value, row.address) : this.#forks.agree(open, row, found.value);
    if (found.value.state === "here") return this.#settle(open, row.address, found.value.name);
    const asked = found.value.state === "begun" ? askedBy(open, found.value) : undefined;
    const at = lastCheckpoint(session);
    if (!asked || !at || found.value.state !== "begun") return err({ code: "move-none" });
    if (this.#rows.isBound(row, asked.statement.relay)) return err({ code: "move-waits" });
    const { offer } = found.value;
    const consented = await this.#rows.keep(session.log, { address: row.address, name: row.name, kind: "consented" });
    if (!consented.ok) return consented;
    const statement = { ...frameOn(asked.charter, session.device, at), type: "consent" as const, to: asked.signed.id };
    const consent = statementEntry(session.log, makeStatement(statement, [session.signKeys]), session.signKeys.secretKey);
    const done = await this.#line.carry(open, { address: row.address, relayName: row.name }, job, () => [...offer, consent]);
    if (!done.ok) return done;
    return done.value.state === "here" ? this.#settle(open, row.address, done.value.name) : err({ code: "move-none" });
  }

  /** Takes over what another relay has beyond this device, and notes that this person is asked there. */
  async note(open: OpenLog, found: Begun, address: string): Promise<boolean> {
    const { session } = open;
    if (found.pages.length > 0 && !(await session.takeFrom(found.pages))) return false;
    if (!askedBy(open, found)) return false;
    const row = this.#rows.of(session.log);
    if (row && row.kind !== "asked") return row.name === found.name;
    return (await this.#rows.keep(session.log, { address, name: found.name, kind: "asked" })).ok;
  }

  /** Whether what waits elsewhere has come to its end. */
  async lookAfter(open: OpenLog, row: MoveRow): Promise<void> {
    const found = await this.#line.look(open, row.address);
    if (found.ok && found.value.state === "here") await this.#settle(open, row.address, found.value.name);
    else if (found.ok && found.value.state === "forked" && found.value.isHere) await this.goOver(open, found.value, row.address);
    else if (found.ok && found.value.state === "begun" && row.kind === "offered") {
      const asked = askedBy(open, found.value);
      if (asked && isAnswerTo(row, asked.statement)) await this.consent(open, row, `move/${open.session.log}`);
      else await this.note(open, found.value, row.address);
    }
  }

  /** The log lives at a relay with another history than this device's, which was given up there. */
  async goOver(open: OpenLog, found: Forked, address: string): Promise<Result<void, ActError>> {
    const gone = open.session.identity.relayName;
    const over = await this.#forks.goOver(open, found, address);
    return over.ok ? this.#settle(over.value, address, found.name, gone) : over;
  }

  /** The log is there. What is one's own and was at the relay that is gone is brought too. */
  async #settle(open: OpenLog, address: string, name: string, gone = open.session.identity.relayName): Promise<Result<void, ActError>> {
    const settled = await settleAt(this.#core, this.#rows, open, { address, name });
    const { personal } = this.#core;
    if (!settled.ok || !personal) return settled;
    const ownIsBehind = personal !== open && personal.session.identity.relayName === gone;
    if (ownIsBehind && isSenior(personal.session)) return this.move(personal, address, `move/${open.session.log}`);
    this.#look(personal);
    return settled;
  }
}

/** The statement of an offer, if it is a lawful move of this log, as it is here, by the other parent to the relay that shows it. */
function askedBy({ session }: OpenLog, found: Begun) {
  const { charter } = session;
  const head = lastCheckpoint(session);
  if (!charter || !head || found.size !== head.size) return undefined;
  const { offer, name } = found;
  return moveAsked({ offer, name, charter, head, at: session.now(), me: session.identity.member });
}
