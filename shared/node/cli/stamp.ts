import { initCrypto } from "../../src/crypto/init.ts";
import { SNAPSHOT_SENTENCES } from "../../src/snapshot/codes.ts";
import { STAMP_SENTENCES, stampSnapshot } from "../../src/snapshot/stamp-later.ts";
import { FileSink, openFileSource } from "../file-io.ts";
import { authorityAt } from "../timestamp.ts";
import { fileSentence } from "./file-words.ts";
import { EXIT, type Io } from "./io.ts";
import { onOneLine } from "../../src/base/unseen.ts";

/** `countersign stamp FILE --authority URL --out FILE`: a copy of a snapshot with a time stamp (RFC 3161) added. */
export async function stampCommand(path: string, authority: string, out: string, io: Io): Promise<number> {
  const no = (sentence: string): number => {
    io.err(`${sentence}\n`);
    return EXIT.unreadable;
  };
  if (!/^https?:\/\//.test(authority)) return no("--authority is the http(s) address of a time-stamp authority.");
  await initCrypto();
  const file = await openFileSource(path);
  if (!file.ok) return no(fileSentence(file.error));
  try {
    const sink = await FileSink.create(out);
    const stamped = await stampSnapshot(file.value, authorityAt(authority), sink.sink);
    if (!stamped.ok) {
      await sink.drop();
      return no({ ...SNAPSHOT_SENTENCES, ...STAMP_SENTENCES }[stamped.error.code]);
    }
    await sink.close();
    io.err(onOneLine(`Stamped by ${stamped.value.authority} on ${new Date(stamped.value.time).toISOString()}.`) + "\n");
    return EXIT.good;
  } catch (e) {
    if (e instanceof Error && "code" in e) return no(`The file cannot be written (${String(e.code)}).`);
    throw e;
  } finally {
    await file.value.close();
  }
}
