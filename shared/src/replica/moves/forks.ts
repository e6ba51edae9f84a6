import { err, ok, type Result } from "../../base/result.ts";
import { PROPOSAL_LIFE } from "../../charter/limits.ts";
import { leaveBranch } from "../../sync/leave-branch.ts";
import { identityCodec, keys } from "../../sync/rows.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { actErrorOf } from "../vault-holder.ts";
import { askedToKeep, healingEntry, isLeftThere, type Forked } from "./healing.ts";
import type { MoveLine } from "./line.ts";
import type { MoveRow, MoveRows } from "./rows.ts";

/** Two histories of one log that are made one again (rules C8h to C8l): what this device does whose history is given up. */
export class ForkMoves {
  readonly #core: ReplicaCore;
  readonly #line: MoveLine;
  readonly #rows: MoveRows;

  constructor(core: ReplicaCore, line: MoveLine, rows: MoveRows) {
    this.#core = core;
    this.#line = line;
    this.#rows = rows;
  }

  /** Another history than this device's is being brought to a relay: its person is asked whether it goes on. */
  async note({ session }: OpenLog, found: Forked, address: string): Promise<Result<void, ActError>> {
    if (!askedToKeep(session, found)) return err({ code: "relay-other" });
    const row = this.#rows.of(session.log);
    if (row && row.kind !== "asked") return row.name === found.name ? ok(undefined) : err({ code: "move-waits" });
    const { size, shared, lacks } = found.branch;
    const fork = { theirs: size - shared, mine: lacks };
    return this.#rows.keep(session.log, { address, name: found.name, kind: "asked", at: this.#now(), fork });
  }

  /** Agrees that the other history goes on: this device names both, and its own as the one given up; the other parent's device consents to that. */
  async agree({ session }: OpenLog, { v: _, ...row }: MoveRow, found: Forked): Promise<Result<void, ActError>> {
    const healing = healingEntry(session, found);
    if (!healing) return err({ code: "move-none" });
    const isElsewhere = row.kind !== "asked" && row.name !== found.name && this.#now() - row.at < PROPOSAL_LIFE;
    if (isElsewhere) return err({ code: "move-waits" });
    const kept = await this.#rows.keep(session.log, { ...row, kind: "consented", at: this.#now() });
    return kept.ok ? this.#line.say(session, row.address, healing) : kept;
  }

  /**
   * Takes the history that goes on in place of this device's own, of which nothing is lost: what only it had is pushed again.
   * @returns the log as it is open now, at the place where the two part
   */
  async goOver(open: OpenLog, { branch, name }: Forked, address: string): Promise<Result<OpenLog, ActError>> {
    const core = this.#core;
    const { log, identity, state } = open.session;
    const { rows } = core;
    const { verified } = state.tail;
    if (!isLeftThere(open.session, branch)) return err({ code: "relay-other" });
    if (!rows || !verified) return err({ code: "not-all-here" });
    this.#line.begin(open.session);
    core.tell({ topic: "households" });
    const isGuised = (await rows.get("secret", `guise/${log}`)) !== undefined;
    await core.closeLog(log);
    const there = { ...identity, address, relayName: name };
    const left = await leaveBranch(
      {
        ...{ log, rows, verified, keyring: state.keys, relay: identity.relayName, shared: branch.shared, size: state.tail.size },
        pause: () => core.deps.ports.pause(),
      },
      [{ table: "secret", key: keys.identity(log), value: identityCodec.encode(there) }],
    );
    const again = await core.openLog(left.ok ? there : identity, isGuised ? { as: "recovery" } : undefined, !left.ok);
    this.#line.end(log);
    core.tell({ topic: "households" });
    if (left.ok) return ok(again);
    return err(left.error.code === "not-held" ? { code: "not-all-here" } : actErrorOf(left.error.code));
  }

  #now(): number {
    return this.#core.deps.ports.clock.now();
  }
}
