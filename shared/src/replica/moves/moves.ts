import type { LogId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { PROPOSAL_LIFE } from "../../charter/limits.ts";
import { isRelayAddress, plainAddress } from "../../charter/relay-address.ts";
import type { ActError } from "../answer.ts";
import type { FollowedView, MoveView, RelayView } from "../people-view.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { actErrorOf } from "../vault-holder.ts";
import { Following } from "./following.ts";
import { ForkMoves } from "./forks.ts";
import { GoneMoves } from "./gone.ts";
import { MoveLine } from "./line.ts";
import { MoveProposals } from "./proposals.ts";
import { MoveRows } from "./rows.ts";
import { isSenior, livingHouseholds } from "./standing.ts";

/** A move that failed for now is tried again after this long, and one that waits elsewhere is looked for so often. */
const AGAIN = 30_000;

/** Moving a person's logs to another relay, and following where others moved them (rules C8 to C8l). */
export class Moves {
  readonly #core: ReplicaCore;
  readonly #line: MoveLine;
  readonly #rows: MoveRows;
  readonly #proposals: MoveProposals;
  readonly #gone: GoneMoves;
  readonly #following: Following;
  readonly #forks: ForkMoves;
  /** Logs that are looked for elsewhere just now: a look may last longer than the time to the next. */
  readonly #looking = new Set<LogId>();
  #stopTimer: () => void = () => undefined;

  constructor(core: ReplicaCore) {
    this.#core = core;
    const line = new MoveLine(core);
    const rows = new MoveRows(core);
    const proposals = new MoveProposals(core, line);
    const following = new Following(core, { line, rows, proposals });
    const look = (open: OpenLog): void => {
      following.look(open);
    };
    this.#line = line;
    this.#rows = rows;
    this.#proposals = proposals;
    this.#following = following;
    this.#forks = new ForkMoves(core, line, rows);
    this.#gone = new GoneMoves(core, { line, rows, forks: this.#forks }, look);
    following.onFork = (open, found, address) => this.#gone.goOver(open, found, address);
    core.onSteps = look;
    core.moveOf = (open) => this.#view(open);
  }

  /** The vault is open: what waits elsewhere is looked for. */
  async load(): Promise<void> {
    await this.#rows.load();
    this.tryAgain();
  }

  forget(): void {
    this.#stopTimer();
    this.#line.forget();
    this.#following.forget();
    this.#rows.forget();
  }

  cancel(job: string): void {
    this.#line.cancel(job);
  }

  /** A log is being brought to another relay. */
  get isMoving(): boolean {
    return this.#line.isRunning;
  }

  /** Looks after every move now, and from time to time again. */
  tryAgain(): void {
    this.#stopTimer();
    for (const open of this.#core.logs.values()) {
      this.#following.look(open);
      void this.#lookElsewhere(open);
    }
    this.#stopTimer = this.#core.deps.ports.clock.after(AGAIN, () => {
      this.tryAgain();
    });
  }

  async #lookElsewhere(open: OpenLog): Promise<void> {
    const { log } = open.session;
    const row = this.#rows.of(log);
    if (!row || this.#line.running(log) || this.#looking.has(log)) return;
    this.#looking.add(log);
    await this.#gone.lookAfter(open, row).finally(() => this.#looking.delete(log));
  }

  // -------------------------------------------------------------------------------------------------------------- asking

  /** Whether a relay is there, and who it says it is. */
  check(typed: string): Promise<Result<RelayView, ActError>> {
    return this.#line.check(typed);
  }

  /** Asks for the move of everything, or moves it where nobody else has to agree. `gone`: the old relay will not come back. */
  async move(input: { readonly address: string; readonly gone: boolean }, job: string): Promise<Result<void, ActError>> {
    const { personal } = this.#core;
    if (!personal) return err({ code: "locked" });
    this.#line.allow(job);
    const there = await this.check(input.address);
    if (!there.ok) return there;
    const { address, name } = there.value;
    const isElsewhere = ({ session }: OpenLog): boolean => session.identity.relayName !== name;
    const all = [...livingHouseholds(this.#core), personal].filter((o) => input.gone || isElsewhere(o));
    for (const open of all) {
      // What is one's own follows when everything else is there, so that one sheet and one relay always give back all.
      const waits = livingHouseholds(this.#core).some((h) => h !== open && isElsewhere(h));
      if (open === personal && waits && !input.gone) continue;
      if (!isSenior(open.session)) return err({ code: "senior-only" });
      const done = input.gone ? await this.#gone.move(open, address, job) : await this.#proposals.ask(open, address, name);
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  /** Takes back what was asked for. */
  async stop(log: LogId): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    return open.ok ? this.#proposals.stop(open.value) : open;
  }

  async consent(log: LogId, job: string): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    this.#line.allow(job);
    if (!isSenior(open.value.session)) return err({ code: "senior-only" });
    const row = this.#rows.of(log);
    return row ? this.#gone.consent(open.value, row, job) : this.#proposals.consent(open.value);
  }

  /** A person names a relay on which their logs may be by now. */
  async follow(typed: string): Promise<Result<FollowedView, ActError>> {
    const address = plainAddress(typed.trim());
    if (!isRelayAddress(address)) return err({ code: "relay-address" });
    const counts = { moved: 0, asked: 0 };
    let problem: ActError = { code: "move-none" };
    for (const open of [...this.#core.logs.values()]) {
      if (plainAddress(open.session.identity.address) === address) continue;
      const found = await this.#line.look(open, address);
      if (!found.ok) problem = found.error.code === "relay-refused" ? problem : found.error;
      else if (found.value.state === "here") {
        const settled = await this.#following.settle(open, address, found.value.name);
        if (!settled.ok) return settled;
        counts.moved++;
      } else if (found.value.state === "forked") {
        const { isHere } = found.value;
        const met = await (isHere ? this.#gone.goOver(open, found.value, address) : this.#forks.note(open, found.value, address));
        if (met.ok) counts[isHere ? "moved" : "asked"]++;
        else problem = met.error;
      } else if (found.value.state === "begun") {
        const asked = await this.#gone.note(open, found.value, address);
        if (asked) counts.asked++;
        else if (found.value.size < open.session.state.tail.size) problem = { code: "more-here" };
      }
    }
    return counts.moved + counts.asked > 0 ? ok(counts) : err(problem);
  }

  /** What became of a history that was given up was read. */
  async seenAgain(log: LogId): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const seen = await open.value.session.dismissLeft();
    this.#core.tell({ topic: "households" });
    return seen.ok ? seen : err(actErrorOf(seen.error.code));
  }

  // ------------------------------------------------------------------------------------------------------------- showing

  #view(open: OpenLog): MoveView | undefined {
    const { session } = open;
    const running = this.#line.running(session.log);
    const pin = session.movedOn;
    const row = this.#rows.of(session.log);
    const canAct = isSenior(session);
    if (running) return { state: "moving", relay: pin?.relay ?? row?.name ?? "", ...running };
    if (pin) {
      const error = this.#following.problem(session.log);
      if (pin.address === undefined) return { state: "stuck", relay: pin.relay, error: { code: "relay-address" } };
      return error
        ? { state: "stuck", relay: pin.relay, error }
        : { state: "moving", relay: pin.relay, done: 0, of: session.state.tail.size };
    }
    if (row) {
      const { name: relay, address, fork } = row;
      return { state: "asked", mine: row.kind !== "asked", relay, address, gone: true, canAct, ...(fork ? { fork } : {}) };
    }
    const asked = this.#proposals.waiting(open, false);
    const proposal = asked ?? this.#proposals.waiting(open, true);
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
}
