import { openSeal } from "../../src/crypto/age.ts";
import { SNAPSHOT_SENTENCES } from "../../src/snapshot/codes.ts";
import { openerOf, sealOf } from "../../src/snapshot/sealed.ts";
import { FileSink, openFileSource } from "../file-io.ts";
import { fileSentence } from "./file-words.ts";
import { EXIT, type Io } from "./io.ts";
import { readOpener, type OpenerFiles } from "./opener.ts";

/** `countersign open FILE --out FILE`: writes what a sealed file holds. Nothing is left behind where it does not open. */
export async function openCommand(path: string, out: string, files: OpenerFiles, io: Io): Promise<number> {
  const no = (sentence: string): number => {
    io.err(`${sentence}\n`);
    return EXIT.unreadable;
  };
  const opener = await readOpener(files);
  if (!opener.ok) return no(opener.error);
  const file = await openFileSource(path);
  if (!file.ok) return no(fileSentence(file.error));
  try {
    if ((await sealOf(file.value)) === undefined) return no("This file is not sealed; it can be checked as it is.");
    if (opener.value === undefined) return no(SNAPSHOT_SENTENCES["snapshot-sealed"]);
    const sink = await FileSink.create(out);
    const opened = await openSeal(file.value, openerOf(opener.value), sink.sink);
    if (!opened.ok) {
      await sink.drop();
      return no(SNAPSHOT_SENTENCES[opened.error.code]);
    }
    await sink.close();
    io.err("Opened. The seal does not say who made it; 'countersign verify' says whose signature is inside.\n");
    return EXIT.good;
  } catch (e) {
    if (e instanceof Error && "code" in e) return no(`The file cannot be written (${String(e.code)}).`);
    throw e;
  } finally {
    await file.value.close();
  }
}
