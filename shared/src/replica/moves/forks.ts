import { err, ok, type Result } from "../../base/result.ts";
import { leaveBranch } from "../../sync/leave-branch.ts";
import { identityCodec, keys } from "../../sync/rows.ts";
import type { Verified } from "../../sync/tail.ts";
import type { RowStore } from "../../vault/row-store.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { decodeGuise, secretKeys } from "../secret-rows.ts";
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
    return this.#rows.keep(session.log, { address, name: found.name, kind: "asked", fork });
  }

  /** Agrees that the other history goes on: this device names both, and its own as the one given up; the other parent's device consents to that. */
  async agree({ session }: OpenLog, row: MoveRow, found: Forked): Promise<Result<void, ActError>> {
    const healing = healingEntry(session, found);
    if (!healing) return err({ code: "move-none" });
    if (this.#rows.isBound(row, found.name)) return err({ code: "move-waits" });
    const kept = await this.#rows.keep(session.log, { ...row, kind: "consented" });
    return kept.ok ? this.#line.say(session, row.address, healing) : kept;
  }

  /**
   * Takes the history that goes on in place of this device's own, of which nothing is lost: what only it had is pushed again.
   * @returns the log as it is open now, at the place where the two part
   */
  async goOver(open: OpenLog, { branch, name }: Forked, address: string): Promise<Result<OpenLog, ActError>> {
    const core = this.#core;
    const { log, state } = open.session;
    const { rows } = core;
    const { verified } = state.tail;
    if (!isLeftThere(open.session, branch)) return err({ code: "relay-other" });
    if (!rows || !verified) return err({ code: "not-all-here" });
    this.#line.begin(open.session);
    core.leaving.add(log);
    core.tell({ topic: "households" });
    try {
      return await this.#leave(open, rows, { verified, shared: branch.shared, address, name });
    } catch (problem) {
      // The vault was locked meanwhile: what was begun is finished when it is opened again.
      if (core.rows === rows) throw problem;
      return err({ code: "locked" });
    } finally {
      core.leaving.delete(log);
      this.#line.end(log);
      core.tell({ topic: "households" });
    }
  }

  async #leave(
    { session }: OpenLog,
    rows: RowStore,
    there: { readonly verified: Verified; readonly shared: number; readonly address: string; readonly name: string },
  ): Promise<Result<OpenLog, ActError>> {
    const core = this.#core;
    const { log, device, identity, state } = session;
    const { verified, shared, address, name } = there;
    const guise = decodeGuise(await rows.get("secret", secretKeys.guise(log)));
    await core.closeLog(log);
    const moved = { ...identity, address, relayName: name };
    const left = await leaveBranch(
      {
        ...{ log, device, rows, verified, keyring: state.keys, relay: identity.relayName, shared, size: state.tail.size },
        pause: () => core.deps.ports.pause(),
      },
      [{ table: "secret", key: keys.identity(log), value: identityCodec.encode(moved) }],
    );
    if (core.rows !== rows) return err({ code: "locked" });
    const again = await core.openIfFinished(left.ok ? moved : identity, guise, !left.ok);
    if (left.ok) return again ? ok(again) : err({ code: "storage-full" });
    return err(left.error.code === "not-held" ? { code: "not-all-here" } : actErrorOf(left.error.code));
  }
}
