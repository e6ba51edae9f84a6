import { toHex } from "../base/bytes.ts";
import type { LogId, Millis } from "../base/ids.ts";
import { sha256, Sha256 } from "../crypto/hash.ts";
import type { Access } from "../kinds/access.ts";
import { KIND_VERSION } from "../kinds/fields.ts";
import { dayIn } from "../snapshot/zone.ts";
import type { ReplicaCore } from "./core.ts";
import { deviceNameOf } from "./names.ts";
import { notedScope } from "./noted-scope.ts";
import type { AccessView } from "./people-view.ts";
import type { RecordWriter } from "./records/writer.ts";

/** What was taken out of the record. */
export interface Taken {
  readonly log: LogId;
  readonly file: Blob | Uint8Array;
  /** What was chosen. */
  readonly scope: unknown;
}

const PIECE = 1_048_576;

/**
 * This person's own openings, exports and changes of a passphrase, as records of their personal log (rule R7): on all devices of theirs, on nobody else's. Where there
 * is no personal log, or it is a sample, nothing is noted, and what can't be noted now stops nothing: a person who needs an export must get it.
 */
export class Accesses {
  readonly #core: ReplicaCore;
  readonly #writer: RecordWriter;

  constructor(core: ReplicaCore, writer: RecordWriter) {
    this.#core = core;
    this.#writer = writer;
  }

  /** The record was opened on this device: noted once a day of the person's zone. */
  async opened(): Promise<void> {
    const { personal, deps } = this.#core;
    if (!personal) return;
    const { session } = personal;
    const { zone } = session.identity;
    const today = dayIn(deps.ports.clock.now(), zone);
    for (const { id, kind, device, claimed } of session.index.digests()) {
      if (kind !== "access" || device !== session.device || dayIn(claimed, zone) !== today) continue;
      const folded = session.index.get(id)?.folded;
      if (folded?.kind === "access" && folded.what === "opened") return;
    }
    await this.#note("opened", {});
  }

  /** Another passphrase opens this device from now on. */
  async changedPassphrase(): Promise<void> {
    await this.#note("passphrase", {});
  }

  /**
   * What was taken out, and changes of a passphrase, on all devices of this person since a time, newest first. It goes by the relay's clock where that
   * is known: whoever is at an unlocked device may have turned its own.
   */
  since(from: Millis): readonly AccessView[] {
    const { personal } = this.#core;
    if (!personal) return [];
    const { session, names } = personal;
    const found: AccessView[] = [];
    for (const { id, kind, device, claimed, logged } of session.index.digests()) {
      const at = logged?.time ?? claimed;
      if (kind !== "access" || at < from) continue;
      const folded = session.index.get(id)?.folded;
      if (folded?.kind !== "access" || folded.what === "opened") continue;
      found.push({ id, what: folded.what, at, me: device === session.device, name: deviceNameOf(names, device) });
    }
    return found.sort((a, b) => b.at - a.at);
  }

  /** Something left the app as a file. */
  async took(what: Exclude<Access, "opened" | "passphrase">, { log, file, scope }: Taken): Promise<void> {
    // Of a sample nothing is noted, and nothing hashed in vain.
    if (!this.#core.personal || this.#core.isSample) return;
    const size = file instanceof Uint8Array ? file.length : file.size;
    await this.#note(what, { log, hash: toHex(await hashOf(file)), size, scope: notedScope(scope) });
  }

  async #note(what: Access, fields: Readonly<Record<string, string | number>>): Promise<void> {
    const { personal } = this.#core;
    if (!personal?.session.isDevice() || this.#core.isSample) return;
    const noted = await this.#writer.create(personal, "journal", { kind: "access", v: KIND_VERSION, what, ...fields }, []);
    if (noted.ok) for (const { session } of this.#core.logs.values()) this.#core.tell({ topic: "history", log: session.log });
  }
}

/** A snapshot may be larger than memory: it is read a piece at a time. */
async function hashOf(file: Blob | Uint8Array): Promise<Uint8Array> {
  if (file instanceof Uint8Array) return sha256(file);
  const hash = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  return hash.digest();
}
