import type { ChangeHash } from "../base/ids.ts";
import { GENESIS_HASH } from "../books/genesis.ts";
import { inPast, pastOf, type Past } from "../books/past.ts";

/** By what changes are built on, or by what they name as well. */
type Way = "built" | "named";

interface Node {
  readonly hash: ChangeHash;
  readonly position: number;
  readonly deps: readonly ChangeHash[];
  /** What the act itself names, its record's first act and what it answers (rule R3): its author's device had these, whatever is not here. */
  readonly names: readonly ChangeHash[];
  /** Everything below it is here, so that its past is known exactly. */
  readonly isComplete: boolean;
  /** Once it was asked for. */
  pasts: Partial<Record<Way, Past>>;
}

/** What is shown to be in somebody's past. */
export interface ShownPast {
  has(hash: ChangeHash): boolean;
}

/** What the changes that are here show of each other's past. What is not here may join any two of them, and nothing here says so. */
export class Ancestry {
  readonly #nodes = new Map<ChangeHash, Node>();
  #added = 0;

  /** Takes in a change after all of those that it is built on and that are here. */
  add(hash: ChangeHash, deps: readonly ChangeHash[], names: readonly ChangeHash[]): void {
    // What was said of a change that comes again may have to be said anew, and all that is built on it.
    if (this.#nodes.has(hash)) for (const node of this.#nodes.values()) node.pasts = {};
    const isComplete = deps.every((dep) => dep === GENESIS_HASH || this.#nodes.get(dep)?.isComplete === true);
    const known = names.filter((n) => this.#nodes.has(n));
    this.#nodes.set(hash, { hash, position: this.#added++, deps, names: known, isComplete, pasts: {} });
  }

  isComplete(hash: ChangeHash): boolean {
    return this.#nodes.get(hash)?.isComplete === true;
  }

  /** All that is shown to be in the past of any of these: by what they are built on and, unless that is here whole, by what they and those name. */
  pastOf(...hashes: readonly ChangeHash[]): ShownPast {
    const way = hashes.some((hash) => !this.isComplete(hash)) ? "named" : "built";
    const pasts = hashes.flatMap((hash) => this.#pastOf(hash, way) ?? []);
    return {
      has: (hash) => {
        const node = this.#nodes.get(hash);
        return node !== undefined && pasts.some((past) => inPast(past, node.position));
      },
    };
  }

  /** Each past is made once, from those below it. Not by recursion: a chain may be as long as a book. */
  #pastOf(hash: ChangeHash, way: Way): Past | undefined {
    const first = this.#nodes.get(hash);
    const open = first ? [first] : [];
    const begun = new Set<Node>();
    for (let node = open.at(-1); node; node = open.at(-1)) {
      const below = this.#below(node, way);
      const missing = node.pasts[way] || begun.has(node) ? [] : below.filter((b) => !b.pasts[way] && !begun.has(b));
      begun.add(node);
      open.push(...missing);
      if (missing.length > 0) continue;
      open.pop();
      node.pasts[way] ??= pastOf(below.flatMap((b) => (b.pasts[way] ? [{ position: b.position, past: b.pasts[way] }] : [])));
    }
    return first?.pasts[way];
  }

  #below({ deps, names }: Node, way: Way): readonly Node[] {
    return (way === "named" ? [...deps, ...names] : deps).flatMap((hash) => this.#nodes.get(hash) ?? []);
  }
}
