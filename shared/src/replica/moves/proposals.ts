import { err, ok, type Result } from "../../base/result.ts";
import { proposals, relayNow } from "../../charter/query.ts";
import type { Proposal } from "../../charter/state.ts";
import type { LogKeyId } from "../../charter/types.ts";
import { plainAddress } from "../../charter/relay-address.ts";
import type { LogSession } from "../../sync/session.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { sayStatement } from "../statements.ts";
import { untilLive } from "../waiting.ts";
import type { MoveLine } from "./line.ts";

type MoveProposal = Extract<Proposal, { type: "move-log" }>;

/** Moves that are asked for, taken back and agreed to in the log itself, while its relay is there (rule C8). */
export class MoveProposals {
  readonly #core: ReplicaCore;
  readonly #line: MoveLine;

  constructor(core: ReplicaCore, line: MoveLine) {
    this.#core = core;
    this.#line = line;
  }

  /** The move that waits in the log, asked for by this person or by the other parent. */
  waiting({ session }: OpenLog, mine: boolean): MoveProposal | undefined {
    const { charter, identity } = session;
    if (!charter) return undefined;
    const now = relayNow(charter);
    return (
      proposals(charter, session.now())
        // A fork is healed at the new relay, where this device's own root is held against it (rule C8i): in the log itself nobody agrees to one.
        .filter((p) => p.type === "move-log")
        .filter((p) => mine || p.fork === undefined)
        .find((p) => (p.by === identity.member) === mine && (p.relay !== now.relay || p.logKey !== now.logKey))
    );
  }

  /** Asks for the move, or moves where nobody else has to agree. */
  async ask({ session }: OpenLog, address: string, name: string): Promise<Result<void, ActError>> {
    const live = await this.#live(session);
    if (!live.ok) return live;
    const reserved = await this.#line.reserve(session, address);
    return reserved.ok ? this.#say(session, { relay: name, logKey: reserved.value, address }) : reserved;
  }

  /** Takes back what was asked for: a move to where the log is takes its place. */
  async stop(open: OpenLog): Promise<Result<void, ActError>> {
    const { session } = open;
    const live = await this.#live(session);
    if (!live.ok) return live;
    const pin = session.charter && relayNow(session.charter);
    if (!pin || !this.waiting(open, true)) return err({ code: "not-allowed" });
    return this.#say(session, { relay: pin.relay, logKey: pin.logKey, address: plainAddress(session.identity.address) });
  }

  async consent(open: OpenLog): Promise<Result<void, ActError>> {
    const { session } = open;
    const live = await this.#live(session);
    if (!live.ok) return live;
    const said = await sayStatement(session, () => {
      const proposal = this.waiting(open, false);
      return proposal && { type: "consent", to: proposal.id };
    });
    return said.ok ? ok(undefined) : said;
  }

  #live(session: LogSession): ReturnType<typeof untilLive> {
    return untilLive(session, this.#core.deps.ports.clock);
  }

  async #say(
    session: LogSession,
    to: { readonly relay: string; readonly logKey: LogKeyId; readonly address: string },
  ): Promise<Result<void, ActError>> {
    const said = await sayStatement(session, (_charter, _at, { size, root }) => ({ type: "move-log", size, root, ...to }));
    return said.ok ? ok(undefined) : said;
  }
}
