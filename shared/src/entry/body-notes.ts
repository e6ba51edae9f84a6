import { idBytes, utf8 } from "../base/bytes.ts";
import type { CheckpointField } from "../books/checkpoint-field.ts";
import { namedCheckpoint } from "../books/named.ts";
import { hash } from "../crypto/hash.ts";
import { formatCheckpoint } from "../log/checkpoint.ts";

/** What stands in the commitment of a change whose body brought no note of the checkpoint that it names (rule L1b). */
const NONE = new Uint8Array(32);

/** `H("note", its bytes)`, 32 bytes; zeros for none (rule L1b). */
export const noteHash = (note: string | undefined): Uint8Array => (note === undefined ? NONE : hash("note", utf8(note)));

/** Size, root and time as a note says them: its second to fourth lines, where nothing stands between them and the empty line. Nobody's signature is looked at. */
export function saidIn(note: string): string {
  const from = note.indexOf("\n") + 1;
  return note.slice(from, note.indexOf("\n\n") + 1);
}

/** The same lines for a checkpoint. */
const linesOf = (named: CheckpointField): string => formatCheckpoint({ ...named, origin: "", root: idBytes(named.root) }).slice(1);

/** The same for the one that a change names; undefined where it names none. */
function saidBy(change: Uint8Array): string | undefined {
  const named = namedCheckpoint(change);
  return named && linesOf(named);
}

/** Whether the note says the size, root and time that the change names. */
export const saysWhatIsNamed = (note: string, change: Uint8Array): boolean => saidIn(note) === saidBy(change);

/** The notes of one body, of which each change has at most one: the first that says what it names (rule L1b). */
export class BodyNotes {
  readonly #first = new Map<string, string>();
  readonly #hashes = new Map<string, Uint8Array>();

  constructor(notes: readonly string[]) {
    for (const note of notes) {
      const said = saidIn(note);
      if (!this.#first.has(said)) this.#first.set(said, note);
    }
  }

  /** The notes that count; a later one that says the same is nothing. */
  get counting(): ReadonlySet<string> {
    return new Set(this.#first.values());
  }

  /** Whether one says the size, root and time of this checkpoint. */
  say(named: CheckpointField): boolean {
    return this.#first.has(linesOf(named));
  }

  of(change: Uint8Array): string | undefined {
    const said = saidBy(change);
    return said === undefined ? undefined : this.#first.get(said);
  }

  /** What the entry's commitment says of the change's note. */
  hashOf(change: Uint8Array): Uint8Array {
    const note = this.of(change);
    if (note === undefined) return NONE;
    const known = this.#hashes.get(note) ?? noteHash(note);
    this.#hashes.set(note, known);
    return known;
  }
}
