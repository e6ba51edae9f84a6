import type { Coded } from "../base/result.ts";
import type { OpenSealCode } from "../crypto/age.ts";

/** Why a file cannot be read as a snapshot at all (command line: exit 2). What can be read and does not hold is a failed check instead. */
export type SnapshotCode =
  /** No ZIP archive. */
  | "snapshot-not-zip"
  /** A ZIP archive that ends too early. */
  | "snapshot-truncated"
  /** Encrypted, split, in a format of more than 4 GiB, or compressed in another way than deflate. */
  | "snapshot-zip-unusual"
  /** Headers that contradict each other, overlap or hide something. */
  | "snapshot-zip-damaged"
  /** Names that are absolute, climb out of the folder, stand twice, or are not plain. */
  | "snapshot-names"
  | "snapshot-too-many-files"
  /** Unpacked it would be larger than the limit. */
  | "snapshot-too-large"
  /** A file in it unpacks to far more than an honest one would, or to more than it says. */
  | "snapshot-bomb"
  /** A ZIP archive of something else. */
  | "snapshot-not-snapshot"
  /** Made by a newer version than this one knows. */
  | "snapshot-newer"
  /** A part without which nothing can be checked is missing or cannot be read; `detail` names it. */
  | "snapshot-part"
  /** Sealed for its reader with age; `detail` says whether a passphrase or an identity opens it. */
  | "snapshot-sealed"
  | OpenSealCode
  | "cancelled";

export type SnapshotError = Coded<SnapshotCode>;

/** One sentence each, for people. */
export const SNAPSHOT_SENTENCES: Readonly<Record<SnapshotCode, string>> = {
  "snapshot-not-zip": "This file is not a ZIP archive, so it is no snapshot. Ask for the file as it was exported.",
  "snapshot-truncated": "The file ends too early. The download or copy was cut off; fetch it again.",
  "snapshot-zip-unusual": "The archive is encrypted, split or packed in an unusual way. Ask for the file as it was exported.",
  "snapshot-zip-damaged": "The archive's own directory does not fit its contents. Fetch it again, or ask for the file as it was exported.",
  "snapshot-names": "The archive holds file names that a snapshot never has. It was not unpacked.",
  "snapshot-too-many-files": "The archive holds more files than a snapshot may have. It was not unpacked.",
  "snapshot-too-large": "Unpacked, the archive would be larger than this program takes. It was not unpacked.",
  "snapshot-bomb": "A file in the archive unpacks to far more than it should. It was not unpacked.",
  "snapshot-not-snapshot": "This is a ZIP archive, but not a snapshot of a shared record.",
  "snapshot-newer": "This snapshot was made by a newer version. Check it with a newer version of this program.",
  "snapshot-part": "A part of the snapshot without which nothing can be checked is missing or cannot be read.",
  "snapshot-sealed": "This file is sealed for its reader. Give the passphrase, or the age identity, with which it opens.",
  "seal-wrong": "This passphrase or identity does not open the file.",
  "seal-damaged": "The sealed file was changed or cut off. Fetch it again.",
  "seal-costly": "Trying a passphrase on this file needs more memory than this program takes. Open it with age, then check what is inside.",
  cancelled: "Stopped before the end, as asked.",
};
