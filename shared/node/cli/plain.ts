import { coded, err, ok, type Result } from "../../src/base/result.ts";
import { openSeal } from "../../src/crypto/age.ts";
import type { ByteSource } from "../../src/snapshot/bytes-io.ts";
import { SNAPSHOT_SENTENCES, type SnapshotError } from "../../src/snapshot/codes.ts";
import { openerOf, sealOf } from "../../src/snapshot/sealed.ts";
import { FileScratch } from "../scratch.ts";
import { readOpener, type OpenerFiles } from "./opener.ts";

/** Why there is nothing to check; `error` where it is the file's own fault. */
interface NotPlain {
  readonly text: string;
  readonly error?: SnapshotError;
}

/** A source that somebody has to close. */
interface Plain {
  readonly source: ByteSource;
  readonly close: () => Promise<void>;
}

/**
 * What to check: the file, or what is sealed in it. That may be larger than memory, and no plain copy should be left on a disk: it is kept in a file without
 * a name, sealed anew (`FileScratch`).
 */
export async function plainOf(file: ByteSource, files: OpenerFiles): Promise<Result<Plain, NotPlain>> {
  if ((await sealOf(file)) === undefined) return ok({ source: file, close: () => Promise.resolve() });
  const opener = await readOpener(files);
  if (!opener.ok) return err({ text: opener.error });
  if (opener.value === undefined) return err({ text: SNAPSHOT_SENTENCES["snapshot-sealed"], error: coded("snapshot-sealed") });
  let scratch: FileScratch | undefined;
  const no = async (why: NotPlain): Promise<Result<Plain, NotPlain>> => {
    await scratch?.close();
    return err(why);
  };
  try {
    const kept = (scratch = await FileScratch.create());
    const trouble: { thrown?: unknown } = {};
    const opened = await openSeal(file, openerOf(opener.value), async (piece) => {
      await kept.sink(piece).catch((e: unknown) => {
        trouble.thrown = e;
        throw e;
      });
    });
    if ("thrown" in trouble) throw trouble.thrown;
    if (!opened.ok) return await no({ text: SNAPSHOT_SENTENCES[opened.error.code], error: opened.error });
    return ok({ source: kept.source, close: () => kept.close() });
  } catch (e) {
    if (e instanceof Error && "code" in e) return await no({ text: noRoom(String(e.code)) });
    throw e;
  }
}

const noRoom = (code: string): string =>
  `A sealed file is opened in the folder for temporary files, and nothing can be kept there (${code}). TMPDIR can name another folder.`;
