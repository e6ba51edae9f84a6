import { equalBytes, idBytes, toId } from "../base/bytes.ts";
import { Columns } from "../base/columns.ts";
import { noteName, type CheckpointField } from "../books/checkpoint-field.ts";
import { relaysForked } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { noteHash, saidIn } from "../entry/body-notes.ts";
import { parseCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import { openLogCheckpoint, openUnder } from "../sync/log-checkpoint.ts";

/** What a change says of a checkpoint, as far as its note says it too. */
type Named = Pick<CheckpointField, "size" | "root" | "time">;

const HASH = 32;
/** What a note says; `size` is -1 where it says nothing that a change could name. */
const FACTS = { size: 0, time: 1, isSigned: 2 } as const;

/** The notes of a snapshot by their places, without their text: 90 bytes each. Nearly every entry of a record brings one. */
export class NoteIndex {
  readonly #charter: Charter;
  readonly #facts = new Columns(Float64Array, Object.keys(FACTS).length);
  /** Root and hash of the note, one behind the other. */
  readonly #hashes = new Columns(Uint8Array, 2 * HASH);
  /** Checkpoints by relays that had shown two histories; there are none in nearly every log. */
  readonly #far = new Set<string>();
  readonly #forked: ReturnType<typeof relaysForked>;

  /** @param charter by whose log keys notes are to be signed */
  constructor(charter: Charter) {
    this.#charter = charter;
    this.#forked = relaysForked(charter);
  }

  get length(): number {
    return this.#facts.length;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#facts.bytes + this.#hashes.bytes;
  }

  /** Takes in the next note. */
  add(note: string): void {
    const said = checkpointIn(note);
    const left = openUnder(note, this.#charter.log, this.#forked);
    if (left.ok) this.#far.add(noteName({ ...left.value, root: toId(left.value.root) }));
    const isSigned = left.ok || openLogCheckpoint(note, this.#charter).ok;
    this.#facts.push([said?.size ?? -1, said?.time ?? 0, isSigned ? 1 : 0]);
    const hashes = this.#hashes.row(this.#hashes.push(said?.root ?? []));
    hashes.set(noteHash(note), HASH);
  }

  /** What the commitment of a change says that came with this note (rule L1b); `place`: undefined for none. */
  hashOf(place: number | undefined): Uint8Array {
    return place === undefined ? noteHash(undefined) : this.#hash(place, 1);
  }

  /** Whether the note says size, root and time of this checkpoint, whoever signed it. */
  says(place: number, { size, root, time }: Named): boolean {
    if (place >= this.length) return false;
    const [saidSize, saidTime] = this.#facts.row(place);
    return saidSize === size && saidTime === time && equalBytes(this.#hash(place, 0), idBytes(root));
  }

  /** Whether the log key signed it. */
  isSigned(place: number): boolean {
    return place < this.length && this.#facts.at(place, FACTS.isSigned) === 1;
  }

  /** Whether a relay signed it that a move which stands named as having shown two histories. */
  isFar(checkpoint: Named): boolean {
    return this.#far.has(noteName(checkpoint));
  }

  #hash(place: number, which: 0 | 1): Uint8Array {
    return this.#hashes.row(place).subarray(which * HASH, (which + 1) * HASH);
  }
}

/** What a note says, where it says it in the only way in which a change names it, whatever log its first line names. */
const checkpointIn = (note: string): Checkpoint | undefined => parseCheckpoint(`-\n${saidIn(note)}`);
