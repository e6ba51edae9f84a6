import type { ChangeHash } from "../base/ids.ts";
import { builtOnFirst, Knowledge, type Had } from "../sync/knowledge.ts";
import { byAdmission, Witnesses, type Witness } from "../sync/witnesses.ts";
import type { HadView } from "../views/record.ts";
import type { JudgedAct } from "./judge.ts";
import type { Replayed } from "./replay.ts";

/** A proof of knowledge as it is shown. */
export function hadView({ how, witness }: Had): HadView {
  const { hash, device, member, seq, time, size } = witness;
  return { member, device, by: time, how, hash, seq, size };
}

/**
 * What the disclosed changes of a snapshot show that their authors' devices had (rule S43). Books come one by one, in any order; what is withheld
 * shows nothing, so that with a narrower scope the first proof can be a later one, and never a false one. Of a book that was looked through there
 * stay, in columns, the changes that show what none before them in it did.
 */
export class ShownHad {
  readonly #replayed: Replayed;
  readonly #found = new Witnesses();
  /** By number, for those few that are built on what no checkpoint of their book showed. */
  readonly #builtOn = new Map<number, readonly ChangeHash[]>();

  constructor(replayed: Replayed) {
    this.#replayed = replayed;
  }

  /** The admitted acts of one book, none before one that it is built on. */
  add(acts: readonly JudgedAct[]): void {
    const byHash = new Map(acts.map((a) => [a.hash, a]));
    const admitted = new Map<ChangeHash, number>();
    const witnesses = acts.map((act): Witness => {
      const seq = act.deps.reduce((latest, dep) => Math.max(latest, admitted.get(dep) ?? 0), act.seq);
      admitted.set(act.hash, seq);
      return this.#witnessOf(act, seq);
    });
    const placeOf = ({ hash, seq }: JudgedAct): { seq: number; admittedSeq: number } => ({ seq, admittedSeq: admitted.get(hash) ?? seq });
    // What this book alone shows: that another book shows it earlier is seen once all are in.
    const knowledge = new Knowledge();
    for (const witness of witnesses.sort(byAdmission)) {
      const act = byHash.get(witness.hash);
      const builtOn = act ? builtOnFirst({ state: byHash, knowledge, placeOf }, act, witness) : [];
      if (!knowledge.add(witness, builtOn)) continue;
      const number = this.#found.push(witness);
      if (builtOn.length > 0) this.#builtOn.set(number, builtOn);
    }
  }

  /** Once all books are in. */
  finish(): Knowledge {
    const found = this.#found;
    const knowledge = new Knowledge(undefined, found);
    for (const number of Uint32Array.from({ length: found.length }, (_, n) => n).sort((a, b) => found.compare(a, b)))
      knowledge.addKept(number, this.#builtOn.get(number));
    this.#builtOn.clear();
    return knowledge;
  }

  #witnessOf({ hash, seq, act, checkpoint }: JudgedAct, admittedSeq: number): Witness {
    const timeOf = (at: number): number => this.#replayed.headerOf(at)?.relay.time ?? 0;
    // A checkpoint of a history that was given up counts other entries (protocol C8l).
    const size = checkpoint && !this.#replayed.isFar(checkpoint, seq) ? checkpoint.size : 0;
    const admitted = { seq: admittedSeq, time: timeOf(admittedSeq) };
    return { hash, device: act.author, member: act.member, size, seq, time: timeOf(seq), admitted };
  }
}
