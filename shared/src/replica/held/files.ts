import type { LogId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { withoutPieces, type FileMeta } from "../../sync/files.ts";
import type { Write } from "../../vault/row-store.ts";
import type { ActError } from "../answer.ts";
import type { NewFile } from "../inputs.ts";
import { filesToWrite, refusal, type FileToWrite, type PlainFile, type SealedFiles } from "../records/files.ts";
import type { Records } from "../records/records.ts";
import type { HeldFile } from "./row.ts";

/** Seals the files of something that will be held, originals of photos too. Their pieces go into the commit of the held row. */
export function sealHeld({ files }: Records, log: LogId, list: readonly NewFile[]): Result<{ rows: Write[]; files: HeldFile[] }, ActError> {
  const refused = refusal(list);
  if (refused) return err(refused);
  const rows: Write[] = [];
  const keep = (file: NewFile): FileMeta => {
    const sealed = files.sealOne(log, file);
    rows.push(...sealed.pieces);
    return sealed.meta;
  };
  const held = list.map(({ original, ...file }): HeldFile => ({
    meta: keep(file),
    ...(original === undefined ? {} : { original: keep({ ...file, bytes: original }) }),
  }));
  return ok({ rows, files: held });
}

/** The same for the files of a record that is shared out of the personal log: their originals are there. */
export function sealShared({ files }: Records, log: LogId, list: readonly PlainFile[]): { rows: Write[]; files: HeldFile[] } {
  const rows: Write[] = [];
  const held = list.map((file): HeldFile => {
    const { meta, pieces } = files.sealOne(log, file);
    rows.push(...pieces);
    return { meta, ...(file.committed === undefined ? {} : { committed: file.committed }) };
  });
  return { rows, files: held };
}

/** The files again as they were attached. */
export async function openHeld({ files }: Records, log: LogId, held: readonly HeldFile[]): Promise<Result<readonly NewFile[], ActError>> {
  const list: NewFile[] = [];
  for (const { meta, original } of held) {
    const bytes = await files.unsent(log, meta);
    if (!bytes.ok) return bytes;
    const whole = original && (await files.unsent(log, original));
    if (whole && !whole.ok) return whole;
    list.push({ name: meta.name, type: meta.type, bytes: bytes.value, ...(whole ? { original: whole.value } : {}) });
  }
  return ok(list);
}

/** Takes all sealed bytes away. */
export const withoutHeld = (log: LogId, held: readonly HeldFile[]): readonly Write[] =>
  held.flatMap(({ meta, original }) => [...withoutPieces(log, meta), ...(original ? withoutPieces(log, original) : [])]);

/** What belongs into the commit of the record. An original is in this person's own log before (rule R12), and goes from here with that commit. */
export async function heldToWrite(
  { files, writer }: Records,
  log: LogId,
  held: readonly HeldFile[],
  rows: readonly Write[],
): Promise<Result<SealedFiles, ActError>> {
  const list: FileToWrite[] = [];
  const more: Write[] = [...rows];
  for (const { meta, original, committed } of held) {
    const whole = original && (await files.unsent(log, original));
    if (whole && !whole.ok) return whole;
    const { name, type } = meta;
    list.push({ meta, committed: committed ?? (whole && (await writer.keepOriginal({ name, type, original: whole.value }))) });
    if (original) more.push(...withoutPieces(log, original));
  }
  return ok(filesToWrite(log, list, more));
}
