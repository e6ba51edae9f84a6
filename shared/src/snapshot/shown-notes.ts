import { noteName, type CheckpointField } from "../books/checkpoint-field.ts";
import { namedCheckpoint } from "../books/named.ts";
import { noteHash, saysWhatIsNamed } from "../entry/body-notes.ts";
import type { ChangeItem, ChangeRow } from "./change-rows.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";

export type Disclosed = Extract<ChangeItem, { form: "disclosed" }>;

const disclosedIn = (row: ChangeRow): readonly Disclosed[] => row.items.flatMap((i) => (i.form === "disclosed" ? [i] : []));

/** The notes of a snapshot, and which of them came with which change: each entry is bound to those of its own changes (rules L1b, S25). */
export class ShownNotes {
  readonly #notes: readonly string[];
  readonly #nameOf: Replayed["nameOfNote"];
  readonly #hashes = new Map<number, Uint8Array>();

  constructor({ notes }: Pick<Proof, "notes">, replayed: Pick<Replayed, "nameOfNote">) {
    this.#notes = notes;
    this.#nameOf = (note) => replayed.nameOfNote(note);
  }

  /** Whether each note that the row names is here. */
  has(row: ChangeRow): boolean {
    return disclosedIn(row).every(({ note }) => note === undefined || note < this.#notes.length);
  }

  /** What the commitment has to say of the change's note. */
  hashOf({ note }: Disclosed): Uint8Array {
    if (note === undefined) return noteHash(undefined);
    const hash = this.#hashes.get(note) ?? noteHash(this.#notes[note]);
    this.#hashes.set(note, hash);
    return hash;
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
      return note === undefined || saysWhatIsNamed(this.#notes[note] ?? "", change);
    });
  }

  /** Whether the change came with the note that the log key signed. */
  isSigned({ change, note }: Disclosed): boolean {
    const field = namedCheckpoint(change);
    return field !== undefined && note !== undefined && this.#nameOf(this.#notes[note] ?? "") === noteName(field);
  }

  /** Whether the entry's body brought the signed note of a checkpoint (rule L6). */
  broughtWith(row: ChangeRow): (checkpoint: CheckpointField) => boolean {
    const names = new Set(
      disclosedIn(row).flatMap(({ note }) => (note === undefined ? [] : (this.#nameOf(this.#notes[note] ?? "") ?? []))),
    );
    return (checkpoint) => names.has(noteName(checkpoint));
  }
}
