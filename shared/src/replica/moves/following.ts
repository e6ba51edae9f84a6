import type { LogId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { relaysOf, type RelayPin } from "../../charter/query.ts";
import { plainAddress } from "../../charter/relay-address.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { Forked } from "./healing.ts";
import type { MoveLine } from "./line.ts";
import type { MoveProposals } from "./proposals.ts";
import type { MoveRows } from "./rows.ts";
import { settleAt } from "./settle.ts";
import { isSenior, lastCheckpoint, livingHouseholds } from "./standing.ts";

/** Going along where a log has moved (rule C8c), and bringing one's own after what is shared. */
export class Following {
  readonly #core: ReplicaCore;
  readonly #line: MoveLine;
  readonly #rows: MoveRows;
  readonly #proposals: MoveProposals;
  readonly #problems = new Map<LogId, ActError>();

  /** Told where the log lives at the new relay with another history than this device's. */
  onFork: (open: OpenLog, found: Forked, address: string) => Promise<Result<void, ActError>> = () =>
    Promise.resolve(err({ code: "relay-other" }));

  constructor(core: ReplicaCore, parts: { readonly line: MoveLine; readonly rows: MoveRows; readonly proposals: MoveProposals }) {
    this.#core = core;
    this.#line = parts.line;
    this.#rows = parts.rows;
    this.#proposals = parts.proposals;
  }

  forget(): void {
    this.#problems.clear();
  }

  /** Why this device could not go along the last time. */
  problem(log: LogId): ActError | undefined {
    return this.#problems.get(log);
  }

  /** Something changed in a log: where it has moved on, this device goes along. */
  look(open: OpenLog): void {
    const { session } = open;
    const pin = session.movedOn;
    if (pin?.address !== undefined && !this.#line.running(session.log) && lastCheckpoint(session)) void this.#goAlong(open, pin);
    else if (!pin && session.identity.kind === "personal") void this.#bringOwn(open);
  }

  /** The log was found at a relay: from now on it is there for this device too. */
  async settle(open: OpenLog, address: string, name: string): Promise<Result<void, ActError>> {
    const settled = await settleAt(this.#core, this.#rows, open, { address, name });
    const { personal } = this.#core;
    if (settled.ok && personal) this.look(personal);
    return settled;
  }

  async #goAlong(open: OpenLog, pin: RelayPin): Promise<void> {
    const { session } = open;
    const address = pin.address ?? "";
    this.#line.begin(session);
    this.#core.tell({ topic: "households" });
    let done = await this.#line.look(open, address, pin.relay);
    if (done.ok && done.value.state === "forked" && done.value.isHere) {
      this.#line.end(session.log);
      const over = await this.onFork(open, done.value, address);
      if (!over.ok) this.#problems.set(session.log, over.error);
      return;
    }
    if (done.ok && done.value.state !== "here") {
      const carried = await this.#line.carry(open, { address, relayName: pin.relay, logKey: pin.logKey }, `move/${session.log}`);
      done = carried.ok ? ok({ state: "here", name: carried.value.name }) : carried;
    }
    this.#line.end(session.log);
    if (this.#core.logs.get(session.log) !== open) return;
    const settled = done.ok ? await this.settle(open, address, pin.relay) : done;
    if (settled.ok) this.#problems.delete(session.log);
    else this.#problems.set(session.log, settled.error);
    this.#core.tell({ topic: "households" });
  }

  /** When all that is shared has moved, what is one's own follows by itself. */
  async #bringOwn(personal: OpenLog): Promise<void> {
    const { session } = personal;
    const households = livingHouseholds(this.#core);
    const [first] = households;
    if (!first || session.link.state.state !== "live" || this.#line.running(session.log) || !isSenior(session)) return;
    const { relayName, address } = first.session.identity;
    const isAll = households.every((h) => h.session.identity.relayName === relayName && !h.session.movedOn);
    const { charter } = first.session;
    const cameFrom =
      charter &&
      relaysOf(charter)
        .slice(1)
        .some((r) => r.relay === session.identity.relayName);
    if (!isAll || relayName === session.identity.relayName || cameFrom !== true) return;
    this.#line.begin(session);
    const asked = await this.#proposals.ask(personal, plainAddress(address), relayName);
    this.#line.end(session.log);
    if (asked.ok) this.look(personal);
    else this.#problems.set(session.log, asked.error);
  }
}
