import { coded, err, ok, type Result } from "../../src/base/result.ts";
import { openSeal } from "../../src/crypto/age.ts";
import { Gathered, sourceOfBytes, type ByteSource } from "../../src/snapshot/bytes-io.ts";
import { SNAPSHOT_SENTENCES, type SnapshotError } from "../../src/snapshot/codes.ts";
import { openerOf, sealOf } from "../../src/snapshot/sealed.ts";
import { readOpener, type OpenerFiles } from "./opener.ts";

/** What to check: the file, or what is sealed in it. That is opened in memory, since no plain copy should be left on a disk. */
export async function plainOf(
  file: ByteSource,
  files: OpenerFiles,
): Promise<Result<ByteSource, { readonly text: string; readonly error?: SnapshotError }>> {
  if ((await sealOf(file)) === undefined) return ok(file);
  const opener = await readOpener(files);
  if (!opener.ok) return err({ text: opener.error });
  if (opener.value === undefined) return err({ text: SNAPSHOT_SENTENCES["snapshot-sealed"], error: coded("snapshot-sealed") });
  const gathered = new Gathered();
  const opened = await openSeal(file, openerOf(opener.value), gathered.sink);
  return opened.ok ? ok(sourceOfBytes(gathered.bytes())) : err({ text: SNAPSHOT_SENTENCES[opened.error.code], error: opened.error });
}
