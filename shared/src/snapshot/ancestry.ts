import type { ChangeHash } from "../base/ids.ts";
import { GENESIS_HASH } from "../books/genesis.ts";

interface Node {
  readonly deps: readonly ChangeHash[];
  /** What the act itself names, its record's first act and what it answers (rule R3): its author's device had these, whatever is not here. */
  readonly names: readonly ChangeHash[];
  /** Everything below it is here, so that its past is known exactly. */
  readonly isComplete: boolean;
}

/** What the changes that are here show of each other's past. What is not here may join any two of them, and nothing here says so. */
export class Ancestry {
  readonly #nodes = new Map<ChangeHash, Node>();

  /** Takes in a change after all of those that it is built on and that are here. */
  add(hash: ChangeHash, deps: readonly ChangeHash[], names: readonly ChangeHash[]): void {
    const isComplete = deps.every((dep) => dep === GENESIS_HASH || this.#nodes.get(dep)?.isComplete === true);
    this.#nodes.set(hash, { deps, names: names.filter((n) => this.#nodes.has(n)), isComplete });
  }

  isComplete(hash: ChangeHash): boolean {
    return this.#nodes.get(hash)?.isComplete === true;
  }

  /** All that is shown to be in the past of any of these: by what they are built on and, unless that is here whole, by what they and those name. */
  pastOf(...hashes: readonly ChangeHash[]): ReadonlySet<ChangeHash> {
    const byName = hashes.some((hash) => !this.isComplete(hash));
    const past = new Set<ChangeHash>();
    const open = [...hashes];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const node = this.#nodes.get(next);
      if (!node) continue;
      for (const before of byName ? [...node.deps, ...node.names] : node.deps) {
        if (past.has(before) || !this.#nodes.has(before)) continue;
        past.add(before);
        open.push(before);
      }
    }
    return past;
  }
}
