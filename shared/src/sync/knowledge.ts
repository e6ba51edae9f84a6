import type { ChangeHash, MemberId, Millis } from "../base/ids.ts";
import { byAdmission, Witnesses, type Witness } from "./witnesses.ts";

/** A change of somebody's that shows that their device had an earlier one. */
export interface Had {
  readonly how: "checkpoint" | "built-on";
  readonly witness: Witness;
}

/**
 * What the changes of each member show that their devices had (rule L6a). A change whose checkpoint has size n shows every entry below n; a
 * change that is built on another shows that one. For each member only changes that show more than all before them are kept, so that a
 * question costs a search among them, and a record of n changes costs n, not n².
 */
export class Knowledge {
  readonly #witnesses: Witnesses;
  /** For each member, by admission: each names a larger checkpoint than all before it. */
  readonly #steps = new Map<MemberId, number[]>();
  /** What no checkpoint shows, but a later change is built on: by change, for each member the first that is. */
  readonly #built = new Map<ChangeHash, readonly number[]>();
  readonly #base: Knowledge | undefined;

  /**
   * @param base what is known already and stays as it is: entries that are being judged are added to a layer above it
   * @param witnesses where those of this layer are kept; whoever gives them may have kept them before
   */
  constructor(base?: Knowledge, witnesses = new Witnesses()) {
    this.#base = base;
    this.#witnesses = witnesses;
  }

  /** Takes in one witness; any order of calls comes to the same. Gives whether it shows what none before it did: else nothing of it is kept. */
  add(witness: Witness, builtOn: readonly ChangeHash[] = []): boolean {
    const { at, isMore } = this.#stepOf(witness);
    if (!isMore && builtOn.length === 0) return false;
    this.#take(this.#witnesses.push(witness), witness, builtOn, isMore ? at : undefined);
    return true;
  }

  /** The same of one that is kept already. */
  addKept(number: number, builtOn: readonly ChangeHash[] = []): void {
    const witness = this.#witnesses.at(number);
    const { at, isMore } = this.#stepOf(witness);
    this.#take(number, witness, builtOn, isMore ? at : undefined);
  }

  #take(number: number, { member, size }: Witness, builtOn: readonly ChangeHash[], at: number | undefined): void {
    for (const hash of builtOn) this.#addBuilt(hash, number, member);
    if (at === undefined) return;
    const steps = this.#steps.get(member);
    if (!steps) {
      this.#steps.set(member, [number]);
      return;
    }
    let less = at;
    for (let next = steps[less]; next !== undefined && this.#witnesses.sizeOf(next) <= size; next = steps[less]) less++;
    steps.splice(at, less - at, number);
  }

  /** Where among its member's it belongs, and whether it shows more than those before it. */
  #stepOf(witness: Witness): { readonly at: number; readonly isMore: boolean } {
    const steps = this.#steps.get(witness.member) ?? [];
    const isBefore = (number: number): boolean =>
      (this.#witnesses.admittedBy(number) - witness.admitted.seq || byAdmission(this.#witnesses.at(number), witness)) <= 0;
    const last = steps.at(-1);
    // They come in order, but for few.
    const at = last === undefined || isBefore(last) ? steps.length : firstWhere(steps, (number) => !isBefore(number));
    const before = steps[at - 1];
    return { at, isMore: before === undefined || this.#witnesses.sizeOf(before) < witness.size };
  }

  #addBuilt(hash: ChangeHash, number: number, member: MemberId): void {
    const known = this.#built.get(hash) ?? [];
    const mine = known.find((n) => this.#witnesses.memberOf(n) === member);
    if (mine !== undefined && this.#witnesses.compare(number, mine) >= 0) return;
    this.#built.set(hash, [...known.filter((n) => n !== mine), number]);
  }

  /** The first change of this member, by admission, that shows the change `hash` in entry `seq`. */
  firstOf(member: MemberId, hash: ChangeHash, seq: number): Had | undefined {
    const steps = this.#steps.get(member) ?? [];
    const step = steps[firstWhere(steps, (number) => this.#witnesses.sizeOf(number) > seq)];
    const built = this.#built.get(hash)?.find((number) => this.#witnesses.memberOf(number) === member);
    const isBuilt = built !== undefined && (step === undefined || this.#witnesses.admittedBy(built) < this.#witnesses.admittedBy(step));
    const number = isBuilt ? built : step;
    const own: Had | undefined =
      number === undefined ? undefined : { how: isBuilt ? "built-on" : "checkpoint", witness: this.#witnesses.at(number) };
    const below = this.#base?.firstOf(member, hash, seq);
    if (!own || !below) return own ?? below;
    return below.witness.admitted.seq <= own.witness.admitted.seq ? below : own;
  }

  /**
   * The first change of anybody but `author` that shows the change `hash` in entry `seq`.
   * @param until only what had been admitted by this relay time
   */
  first(author: MemberId, hash: ChangeHash, seq: number, until: Millis = Infinity): Had | undefined {
    let best: Had | undefined;
    for (const member of this.#steps.keys()) {
      if (member === author) continue;
      const had = this.firstOf(member, hash, seq);
      if (!had || had.witness.admitted.time > until) continue;
      if (!best || had.witness.admitted.seq < best.witness.admitted.seq) best = had;
    }
    return best;
  }
}

/** The first place of a list for which `is` holds, of one in which it holds for all behind it; the list's length for none. */
function firstWhere(list: readonly number[], is: (item: number) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    if (item === undefined || is(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** An admitted change, as far as a walk along what it is built on asks. */
interface Built {
  readonly hash: ChangeHash;
  readonly deps: readonly ChangeHash[];
  readonly act: { readonly member: MemberId };
}

export interface BuiltOnContext<B extends Built> {
  /** The admitted changes of the book. */
  readonly state: { get(hash: ChangeHash): B | undefined };
  readonly knowledge: Knowledge;
  /** Entry that carries an admitted change, and the one with which it was admitted; undefined while it is not logged. */
  readonly placeOf: (change: B) => { readonly seq: number; readonly admittedSeq: number } | undefined;
}

/**
 * Changes of other members that `change` is the first of its member's to show by being built on them, and that no checkpoint showed yet. The
 * walk stops where everything below is known to be known: at its own member's changes, and at those that were shown before. So each change
 * is met once for each member, however long the record gets.
 */
export function builtOnFirst<B extends Built>(
  { state, knowledge, placeOf }: BuiltOnContext<B>,
  change: Pick<Built, "deps">,
  witness: Witness,
): ChangeHash[] {
  const found: ChangeHash[] = [];
  const met = new Set<ChangeHash>();
  const queue = [...change.deps];
  for (let hash = queue.pop(); hash !== undefined; hash = queue.pop()) {
    const below = state.get(hash);
    const place = below && placeOf(below);
    if (!below || !place || met.has(hash) || below.act.member === witness.member) continue;
    met.add(hash);
    const shown = shownBy(knowledge, witness, hash, place.seq);
    // What it is built on may have come in a later entry than its own, but never in a later one than admitted it.
    const allShown = shown && (shown.how === "built-on" || shown.witness.size > place.admittedSeq);
    if (allShown === true) continue;
    if (!shown) found.push(hash);
    queue.push(...below.deps);
  }
  return found;
}

function shownBy(knowledge: Knowledge, witness: Witness, hash: ChangeHash, seq: number): Had | undefined {
  const had = knowledge.firstOf(witness.member, hash, seq);
  if (had && had.witness.admitted.seq <= witness.admitted.seq) return had;
  return witness.size > seq ? { how: "checkpoint", witness } : undefined;
}
