import { coded, err, ok, type Result } from "../base/result.ts";
import { asksPassphrase, isSealed, openSeal, SEAL_HEAD, type SealOpener } from "../crypto/age.ts";
import { BlobGathered, sourceOfBlob } from "./blob-io.ts";
import type { ByteSource } from "./bytes-io.ts";
import type { SnapshotError } from "./codes.ts";

/** How a sealed file asks to be opened; undefined for one that is not sealed (rule S9). */
export async function sealOf(file: ByteSource): Promise<"passphrase" | "identity" | undefined> {
  const head = await file.read(0, Math.min(SEAL_HEAD, file.size));
  if (!head || !isSealed(head)) return undefined;
  return asksPassphrase(head) ? "passphrase" : "identity";
}

/** What a person typed: an age identity, or else a passphrase. */
export const openerOf = (typed: string): SealOpener =>
  /^\s*AGE-SECRET-KEY-1/i.test(typed) ? { identity: typed.trim().toUpperCase() } : { passphrase: typed };

/** The file itself where it is not sealed, else what is in it. `snapshot-sealed` asks for a passphrase or identity; `detail` says which. */
export async function unsealed(source: ByteSource, typed: string | undefined): Promise<Result<ByteSource, SnapshotError>> {
  const seal = await sealOf(source);
  if (seal === undefined) return ok(source);
  if (typed === undefined || typed === "") return err(coded("snapshot-sealed", seal));
  const gathered = new BlobGathered();
  const opened = await openSeal(source, openerOf(typed), gathered.sink);
  return opened.ok ? ok(sourceOfBlob(gathered.blob("application/zip"))) : err(coded(opened.error.code));
}
