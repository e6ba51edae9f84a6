import { equalBytes, utf8 } from "../base/bytes.ts";
import { relaysOf } from "../charter/query.ts";
import { proveFork } from "../fault-proof/make.ts";
import { Line } from "./line.ts";
import type { LocalLog } from "./local-log.ts";
import { openUnder } from "./log-checkpoint.ts";
import { partings, treeFrom, twoHeads, type OwnHistory } from "./parting.ts";
import { proofSource } from "./prove.ts";
import type { SignIn } from "./relay-client.ts";
import type { TailCode, TailFault } from "./tail.ts";

/** A fork, with the portable proof of it. */
export interface NamedFork {
  readonly fault: TailFault;
  readonly proof: Uint8Array;
}

/** What a history that goes on from another beginning looks like where it does not fit first. */
const MAY_BE_FORK: ReadonlySet<TailCode> = new Set<TailCode>(["relay-chain", "relay-time", "relay-fork"]);
export const mayBeFork = ({ code }: TailFault): boolean => MAY_BE_FORK.has(code);

/** Entries that a history may have to be read for this. */
const MAX_ENTRIES = 1_000_000;

/**
 * What does not follow from what was verified here may be of another history, of which a page in the middle has no checkpoint that would show it (rule L2): then its
 * leaves are read to its end, on a line of their own, and held against what the relay signed there. Nothing in it is believed or kept.
 */
export class ForkNaming {
  readonly #local: LocalLog;
  #line: Line | undefined;

  constructor(local: LocalLog) {
    this.#local = local;
  }

  /** The log is closed: nothing is waited for any more. */
  stop(): void {
    this.#line?.close();
  }

  /** @returns undefined where the relay does not show such a history, or cannot be asked */
  async name(signIn: SignIn): Promise<NamedFork | undefined> {
    const line = new Line(this.#local.ports, signIn);
    this.#line = line;
    try {
      const opened = await line.opened();
      if (!opened.ok) return undefined;
      const { size, note } = opened.value.welcome;
      return note === null ? undefined : await this.#read(line, size, note);
    } finally {
      line.close();
      this.#line = undefined;
    }
  }

  async #read(line: Line, size: number, note: string): Promise<NamedFork | undefined> {
    const { log, rows, ports, charter } = this.#local;
    const { tail } = this.#local.state;
    const { verified } = tail;
    const opened = charter ? openUnder(note, log, relaysOf(charter)) : undefined;
    if (!charter || !verified || opened?.ok !== true || opened.value.size !== size || size > MAX_ENTRIES) return undefined;
    const source: OwnHistory = { log, rows, own: { size: tail.size, verified }, pause: () => ports.pause() };
    for await (const shared of partings(source, line, size)) {
      if (!shared.ok) return undefined;
      if (shared.value >= verified.checkpoint.size) continue;
      const tree = await treeFrom(source, line, shared.value, size);
      if (!tree.ok) return undefined;
      if (tree.value?.size !== size || !equalBytes(tree.value.root(), opened.value.root)) continue;
      const heads = await twoHeads(source, tree.value, shared.value);
      const proof = heads && (await proveFork(proofSource(log, charter, rows), note, verified.note, heads));
      return proof && { fault: { code: "relay-fork", seq: size, evidence: [utf8(note)] }, proof };
    }
    return undefined;
  }
}
