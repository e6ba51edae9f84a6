import type { Millis } from "../base/ids.ts";
import type { Tag } from "../books/tag.ts";
import { parseChildren } from "../kinds/children.ts";
import type { SnapshotScope } from "../views/snapshot.ts";

const NOBODY: readonly string[] = [];

/**
 * What a scope asks of the first change of each expense, and where it is by child of each thread: the first in the order of the log with that tag, which
 * is the one that nobody else can come before. The log proves both, whether the change is shown or not.
 */
export class Roots {
  readonly #made = new Map<string, Millis>();
  readonly #names: Map<string, readonly string[]> | undefined;

  constructor({ children }: Pick<SnapshotScope, "children">) {
    if (children) this.#names = new Map();
  }

  /** Takes changes in the order of the log, with the relay time of their entry. */
  take({ kind, root, children }: Tag, time: Millis): void {
    if (kind !== "expense" && kind !== "message") return;
    if (kind === "expense" && !this.#made.has(root)) this.#made.set(root, time);
    const key = `${kind} ${root}`;
    if (this.#names && !this.#names.has(key))
      this.#names.set(key, (children === undefined ? undefined : parseChildren(children)) ?? NOBODY);
  }

  /** When an expense was first logged. */
  madeAt(expense: string): Millis | undefined {
    return this.#made.get(expense);
  }

  /** The children that a thread or an expense names; none where the scope does not ask. */
  namedBy({ kind, root }: Tag): readonly string[] {
    return this.#names?.get(`${kind} ${root}`) ?? NOBODY;
  }
}
