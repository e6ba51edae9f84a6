import type { ChangeHash, DeviceId, MemberId, Millis } from "../base/ids.ts";

/** An admitted and logged change, as far as it shows what its author's device had (rule L6a). */
export interface Witness {
  readonly hash: ChangeHash;
  readonly device: DeviceId;
  readonly member: MemberId;
  /** Size of the log at the checkpoint that it names. */
  readonly size: number;
  /** The entry that carries it. */
  readonly seq: number;
  readonly time: Millis;
  /** The entry with which it was admitted: its own, or the one that brought what it had waited for (rule X4). */
  readonly admitted: { readonly seq: number; readonly time: Millis };
}

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
  /** For each member, by admission: each names a larger checkpoint than all before it. */
  readonly #steps = new Map<MemberId, Witness[]>();
  /** What no checkpoint shows, but a later change is built on: by change, for each member the first that is. */
  readonly #built = new Map<ChangeHash, readonly Witness[]>();
  readonly #base: Knowledge | undefined;

  /** @param base what is known already and stays as it is: entries that are being judged are added to a layer above it */
  constructor(base?: Knowledge) {
    this.#base = base;
  }

  /** Takes in one witness; any order of calls comes to the same. */
  add(witness: Witness, builtOn: readonly ChangeHash[] = []): void {
    for (const hash of builtOn) this.#addBuilt(hash, witness);
    const steps = this.#steps.get(witness.member);
    if (!steps) {
      this.#steps.set(witness.member, [witness]);
      return;
    }
    let at = steps.length;
    while (at > 0 && comesFirst(witness, steps[at - 1])) at--;
    const before = steps[at - 1];
    if (before && before.size >= witness.size) return;
    let less = at;
    while (less < steps.length && (steps[less]?.size ?? 0) <= witness.size) less++;
    steps.splice(at, less - at, witness);
  }

  #addBuilt(hash: ChangeHash, witness: Witness): void {
    const known = this.#built.get(hash) ?? [];
    const mine = known.find((w) => w.member === witness.member);
    if (mine && !comesFirst(witness, mine)) return;
    this.#built.set(hash, [...known.filter((w) => w !== mine), witness]);
  }

  /** The first change of this member, by admission, that shows the change `hash` in entry `seq`. */
  firstOf(member: MemberId, hash: ChangeHash, seq: number): Had | undefined {
    const step = this.#covering(member, seq);
    const built = this.#built.get(hash)?.find((w) => w.member === member);
    const own: Had | undefined =
      built && (!step || built.admitted.seq < step.admitted.seq)
        ? { how: "built-on", witness: built }
        : step && { how: "checkpoint", witness: step };
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

  #covering(member: MemberId, seq: number): Witness | undefined {
    const steps = this.#steps.get(member) ?? [];
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((steps[middle]?.size ?? 0) > seq) high = middle;
      else low = middle + 1;
    }
    return steps[low];
  }
}

/** By admission; what one entry admitted together by the larger checkpoint, then by hash, so that no order of reading matters. */
function comesFirst(a: Witness, b: Witness | undefined): boolean {
  if (!b) return false;
  if (a.admitted.seq !== b.admitted.seq) return a.admitted.seq < b.admitted.seq;
  return a.size !== b.size ? a.size > b.size : a.hash < b.hash;
}

/** Orders witnesses so that taking them in one after another costs nothing but a push. */
export const byAdmission = (a: Witness, b: Witness): number => (comesFirst(a, b) ? -1 : comesFirst(b, a) ? 1 : 0);

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
