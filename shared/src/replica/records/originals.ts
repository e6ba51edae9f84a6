import { idBytes, toId } from "../../base/bytes.ts";
import type { Hex32 } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { sha256 } from "../../crypto/hash.ts";
import { originalCommitment } from "../../kinds/original.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
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
