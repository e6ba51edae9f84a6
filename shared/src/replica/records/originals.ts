import { idBytes, toId } from "../../base/bytes.ts";
import type { Hex32, RecordId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { sha256 } from "../../crypto/hash.ts";
import { originalCommitment } from "../../kinds/original.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import type { RecordIndex } from "../../sync/record-index.ts";
import type { RecordFiles } from "./files.ts";

/** A photo as the camera made it, and what shows that a shared record fixed it (rule R12). */
export interface Original {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly hash: Hex32;
  readonly salt: Hex32;
  readonly commitment: Hex32;
}

type Known = Pick<Original, "hash" | "salt" | "commitment">;

/** What an original is of is fixed with it, so each is opened once for it. */
const known = new WeakMap<RecordIndex, Map<RecordId, Known>>();

/** The commitment of an original that is in the personal log already, by its bytes: what is tried again keeps no second one (rule R12). */
export function keptOriginal(index: RecordIndex, bytes: Uint8Array): Hex32 | undefined {
  const opened = known.get(index) ?? new Map<RecordId, Known>();
  known.set(index, opened);
  const hash = toId<Hex32>(sha256(bytes));
  for (const { kind, id } of index.digests()) {
    if (kind !== "original") continue;
    let one = opened.get(id);
    if (!one) {
      const folded = index.get(id)?.folded;
      const [file] = folded?.kind === "original" ? folded.files : [];
      if (folded?.kind !== "original" || !file) continue;
      one = { hash: file.hash, salt: folded.salt, commitment: folded.commitment };
      opened.set(id, one);
    }
    // A device of one's own may have written anything.
    if (one.hash === hash && originalCommitment(idBytes(one.salt), bytes) === one.commitment) return one.commitment;
  }
  return undefined;
}

/** Originals of this person's photos: in their personal log alone. */
export class Originals {
  readonly #core: ReplicaCore;
  readonly #files: RecordFiles;

  constructor(core: ReplicaCore, files: RecordFiles) {
    this.#core = core;
    this.#files = files;
  }

  /** The original behind a commitment, from this device or from the relay; only its sender's devices have it. */
  async read(commitment: Hex32): Promise<Result<Original, ActError>> {
    const { personal } = this.#core;
    for (const { folded } of personal?.session.index.ofKind("original") ?? []) {
      const [file] = folded.files;
      if (!personal || !file || folded.commitment !== commitment) continue;
      const bytes = await this.#files.file(personal.session.log, file.id);
      if (!bytes.ok) return bytes;
      // A device of one's own may have written anything: what doesn't fit proves nothing.
      if (originalCommitment(idBytes(folded.salt), bytes.value) !== commitment) return err({ code: "file-damaged" });
      const { name, type } = file;
      return ok({ name, type, bytes: bytes.value, hash: toId(sha256(bytes.value)), salt: folded.salt, commitment });
    }
    return err({ code: "file-missing" });
  }
}
