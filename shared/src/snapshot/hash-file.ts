import { toHex } from "../base/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";
import type { Pieces } from "./pieces.ts";
import type { Steps } from "./source.ts";
import type { ZipFiles } from "./zip-read.ts";

/** Goes on through the pieces of a file until they end; true: the job was cancelled. */
type Going = Pick<Steps, "step">;

const ON: Going = { step: () => Promise.resolve(false) };

/** SHA-256 of pieces as they come, lower-case hex, or `cancelled`. `steps` counts their bytes. */
export async function hashPieces(pieces: Pieces, steps: Going = ON): Promise<string> {
  const hash = new Sha256();
  for await (const piece of pieces) {
    hash.update(piece);
    if (await steps.step(piece.length)) return "cancelled";
  }
  return toHex(hash.digest());
}

/** The same of a file in an archive, as it is unpacked; empty where it is damaged. */
export async function hashFile(zip: Pick<ZipFiles, "pieces">, path: string, steps: Going = ON): Promise<string> {
  const state = { isWhole: false };
  const pieces = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    state.isWhole = yield* zip.pieces(path);
  };
  const hash = await hashPieces(pieces(), steps);
  return hash === "cancelled" || state.isWhole ? hash : "";
}
