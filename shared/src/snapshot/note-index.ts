import { equalBytes, idBytes, toId } from "../base/bytes.ts";
import { noteName, type CheckpointField } from "../books/checkpoint-field.ts";
import { relaysForked } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { noteHash, saidIn } from "../entry/body-notes.ts";
import { parseCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import { openLogCheckpoint, openUnder } from "../sync/log-checkpoint.ts";

/** What a change says of a checkpoint, as far as its note says it too. */
type Named = Pick<CheckpointField, "size" | "root" | "time">;

const HASH = 32;

/** The notes of a snapshot by their places, without their text: 80 bytes each. Nearly every entry of a record brings one. */
export class NoteIndex {
  readonly #charter: Charter;
  readonly #times: number[] = [];
  /** -1 where the note says nothing that a change could name. */
  readonly #sizes: number[] = [];
  readonly #signed: boolean[] = [];
  /** Checkpoints by relays that had shown two histories; there are none in nearly every log. */
  readonly #far = new Set<string>();
  readonly #forked: ReturnType<typeof relaysForked>;
  /** Root and hash of the note, one behind the other. */
  #hashes = new Uint8Array(64 * 2 * HASH);

  /** @param charter by whose log keys notes are to be signed */
  constructor(charter: Charter) {
    this.#charter = charter;
    this.#forked = relaysForked(charter);
  }

  get length(): number {
    return this.#times.length;
  }

  /** Takes in the next note. */
  add(note: string): void {
    const said = checkpointIn(note);
    const at = this.#sizes.push(said?.size ?? -1) - 1;
    this.#times.push(said?.time ?? 0);
    const left = openUnder(note, this.#charter.log, this.#forked);
    this.#signed.push(left.ok || openLogCheckpoint(note, this.#charter).ok);
    if (left.ok) this.#far.add(noteName({ ...left.value, root: toId(left.value.root) }));
    if ((at + 1) * 2 * HASH > this.#hashes.length) {
      const grown = new Uint8Array(this.#hashes.length * 2);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    if (said) this.#hashes.set(said.root, at * 2 * HASH);
    this.#hashes.set(noteHash(note), (at * 2 + 1) * HASH);
  }

  /** What the commitment of a change says that came with this note (rule L1b); `place`: undefined for none. */
  hashOf(place: number | undefined): Uint8Array {
    return place === undefined ? noteHash(undefined) : this.#hash(place, 1);
  }

  /** Whether the note says size, root and time of this checkpoint, whoever signed it. */
  says(place: number, { size, root, time }: Named): boolean {
    return this.#sizes[place] === size && this.#times[place] === time && equalBytes(this.#hash(place, 0), idBytes(root));
  }

  /** Whether the log key signed it. */
  isSigned(place: number): boolean {
    return this.#signed[place] === true;
  }

  /** Whether a relay signed it that a move which stands named as having shown two histories. */
  isFar(checkpoint: Named): boolean {
    return this.#far.has(noteName(checkpoint));
  }

  #hash(place: number, which: 0 | 1): Uint8Array {
    return this.#hashes.subarray((place * 2 + which) * HASH, (place * 2 + which + 1) * HASH);
  }
}

/** What a note says, where it says it in the only way in which a change names it, whatever log its first line names. */
const checkpointIn = (note: string): Checkpoint | undefined => parseCheckpoint(`-\n${saidIn(note)}`);
