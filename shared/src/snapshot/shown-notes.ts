import { noteName, type CheckpointField } from "../books/checkpoint-field.ts";
import { namedCheckpoint } from "../books/named.ts";
import type { ChangeItem, ChangeRow } from "./change-rows.ts";
import type { NoteIndex } from "./note-index.ts";

export type Disclosed = Extract<ChangeItem, { form: "disclosed" }>;

const disclosedIn = (row: ChangeRow): readonly Disclosed[] => row.items.flatMap((i) => (i.form === "disclosed" ? [i] : []));

/** Which of a snapshot's notes came with which change: each entry is bound to those of its own changes (rules L1b, S25). */
export class ShownNotes {
  readonly #notes: NoteIndex;

  constructor(notes: NoteIndex) {
    this.#notes = notes;
  }

  /** Whether each note that the row names is here. */
  has(row: ChangeRow): boolean {
    return disclosedIn(row).every(({ note }) => note === undefined || note < this.#notes.length);
  }

  /** What the commitment has to say of the change's note. */
  hashOf({ note }: Disclosed): Uint8Array {
    return this.#notes.hashOf(note);
  }

  /** Whether each note says what its change names, and changes of one body that name the same have the same one or none. */
  fit(row: ChangeRow): boolean {
    const placeOf = new Map<string, number | undefined>();
    return disclosedIn(row).every(({ change, note }) => {
      const field = namedCheckpoint(change);
      if (!field) return note === undefined;
      const name = noteName(field);
      if (placeOf.has(name)) return placeOf.get(name) === note;
      placeOf.set(name, note);
      return note === undefined || this.#notes.says(note, field);
    });
  }

  /** Whether the change came with the note that the log key signed. */
  isSigned({ change, note }: Disclosed): boolean {
    const field = namedCheckpoint(change);
    return field !== undefined && note !== undefined && this.#notes.isSigned(note) && this.#notes.says(note, field);
  }

  /** Whether the entry's body brought the signed note of a checkpoint (rule L6). */
  broughtWith(row: ChangeRow): (checkpoint: CheckpointField) => boolean {
    const places = new Set(disclosedIn(row).flatMap(({ note }) => (note !== undefined && this.#notes.isSigned(note) ? [note] : [])));
    return (checkpoint) => [...places].some((place) => this.#notes.says(place, checkpoint));
  }
}
