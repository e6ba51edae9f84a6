import { ok, type Result } from "../base/result.ts";
import type { Accesses } from "./accesses.ts";
import type { ActError, Answer } from "./answer.ts";
import type { Arrival } from "./linking/arrival.ts";
import type { ReplicaCore } from "./core.ts";
import type { HeldActs } from "./held/held-acts.ts";
import type { Histories } from "./history.ts";
import type { Moves } from "./moves/moves.ts";
import type { Naming } from "./naming.ts";
import { isNobodys } from "./people/identity.ts";
import { resumeJoin } from "./people/joining.ts";
import { recover } from "./people/recovery.ts";
import { openEarlier } from "./people/sheet.ts";
import { ReceiptHours } from "./records/receipt-hours.ts";
import type { Receipts } from "./records/receipts.ts";
import { secretKeys } from "./secret-rows.ts";
import type { Searches } from "./search/searches.ts";
import type { UnfinishedLinks } from "./linking/unfinished-links.ts";

/** What has something to do when the vault opens, or something to forget when it is locked. */
interface Living {
  readonly accesses: Accesses;
  readonly arrival: Arrival;
  readonly held: HeldActs;
  readonly histories: Histories;
  readonly moves: Moves;
  readonly naming: Naming;
  readonly receipts: Receipts;
  readonly searches: Searches;
  readonly unfinished: UnfinishedLinks;
  /** Ends a linking that is under way. */
  readonly stopLink: () => void;
}

/** What goes on for as long as the vault is open: begun when it opens, ended when it is locked. */
export class VaultLife {
  readonly #core: ReplicaCore;
  readonly #of: Living;
  readonly #hours: ReceiptHours;

  constructor(core: ReplicaCore, of: Living) {
    this.#core = core;
    this.#of = of;
    this.#hours = new ReceiptHours({
      clock: core.deps.ports.clock,
      logs: () => [...core.logs].map(([log, { session }]) => ({ log, zone: session.identity.zone })),
      acknowledge: (log) => {
        const open = core.logs.get(log);
        if (open) void of.receipts.acknowledge(open);
      },
    });
  }

  /** The vault was just opened, or made. */
  opened(): void {
    void this.#of.naming.look();
    void this.#of.moves.load();
    this.#hours.start();
  }

  /** Opens the logs once the vault is open, and goes on with what a crash left half-done. */
  async unlock(opening: Promise<Result<unknown, ActError>>): Answer<void> {
    const opened = await opening;
    if (!opened.ok) {
      this.#core.tell({ topic: "vault" });
      return opened;
    }
    await this.#core.openLogs();
    await this.#of.held.load();
    this.opened();
    this.#core.tell({ topic: "vault" });
    void this.#goOn();
    void this.#of.accesses.opened();
    return ok(undefined);
  }

  async #goOn(): Promise<void> {
    await this.#of.unfinished.load();
    void this.#of.arrival.goOn();
    for (const open of [...this.#core.logs.values()]) {
      const guise = await this.#core.rows?.get("secret", secretKeys.guise(open.session.log));
      // What they are called elsewhere, since nothing was named in a log that this device was about to come into.
      const { personal } = this.#core;
      const me = personal?.names.people.get(personal.session.identity.member) ?? "";
      if (guise?.length === 32) await resumeJoin(this.#core, open, guise, me);
      else if (guise && isNobodys(open)) await recover(this.#core, open, me);
      else await openEarlier(this.#core, open);
    }
  }

  async lock(): Promise<void> {
    const { held, unfinished, receipts, searches, histories, moves, stopLink } = this.#of;
    stopLink();
    await held.leave();
    held.forget();
    unfinished.forget();
    this.#hours.stop();
    receipts.forget();
    histories.forget();
    searches.forget();
    moves.forget();
    await this.#core.closeLogs();
    this.#core.vault.lock();
    this.#core.tell({ topic: "vault" });
    this.#core.tell({ topic: "households" });
  }

  /** Locks, and lets the store go. */
  async close(): Promise<void> {
    await this.lock();
    await this.#core.deps.rows.close();
  }
}
