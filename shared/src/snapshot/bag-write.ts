import { toHex } from "../base/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";
import { signRaw } from "../crypto/sign.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { checkTimestamp, timestampRequest, type Timestamp, type TimestampCode } from "../crypto/timestamp.ts";
import { BAGIT, bagInfo, hashOf, manifest } from "./bag.ts";
import type { ByteSink } from "./bytes-io.ts";
import { PATH } from "./paths.ts";
import { publicKeyPem } from "./pem.ts";
import type { Pieces } from "./pieces.ts";
import type { SnapshotSource } from "./source.ts";
import { allowedSigners, sshSignature } from "./sshsig.ts";
import { dayIn } from "./zone.ts";
import { ZipWriter } from "./zip-write.ts";

/** Why there is no time stamp although one was asked for. */
export type StampCode = TimestampCode | "stamp-unreachable";

export interface Finished {
  /** Bytes of the archive. */
  readonly size: number;
  /** What came of the time stamp; left out where none was asked for. */
  readonly stamp?: Result<Timestamp, Coded<StampCode>>;
}

/** Writes a bag: the payload as it comes, then lists, signatures and the rest, made from the hashes gathered on the way. */
export class BagWriter {
  readonly #zip: ZipWriter;
  readonly #hashes = new Map<string, string>();
  #bytes = 0;

  constructor(sink: ByteSink) {
    this.#zip = new ZipWriter(sink);
  }

  /** SHA-256 of every payload file so far, lower-case hex. */
  get hashes(): ReadonlyMap<string, string> {
    return this.#hashes;
  }

  /** Bytes of the archive so far. */
  get size(): number {
    return this.#zip.size;
  }

  /** A payload file. Nothing of it is kept but its hash. */
  async add(path: string, pieces: Pieces): Promise<void> {
    const hash = new Sha256();
    let size = 0;
    const seen = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const piece of pieces) {
        hash.update(piece);
        size += piece.length;
        yield piece;
      }
    };
    await this.#zip.add(path, seen());
    this.#hashes.set(path, toHex(hash.digest()));
    this.#bytes += size;
  }

  /** Lists, signatures and key of the exporter, and a time stamp where an authority is set. */
  async finish({ app, exported, zone, exporter, stamp }: SnapshotSource): Promise<Finished> {
    const list = manifest([...this.#hashes].map(([path, hash]) => ({ path, hash })));
    const tags = new Map<string, Uint8Array>([
      [PATH.bagit, BAGIT],
      [PATH.bagInfo, bagInfo(app, dayIn(exported, zone), this.#hashes.size, this.#bytes)],
      [PATH.manifest, list],
      [PATH.signature, signRaw(list, exporter.secretKey)],
      [PATH.signer, publicKeyPem(exporter.publicKey)],
      [PATH.sshSignature, sshSignature(list, exporter)],
      [PATH.sshSigners, allowedSigners(exporter.publicKey)],
    ]);
    const stamped = stamp ? await askForStamp(stamp, list) : undefined;
    if (stamped?.ok) tags.set(PATH.stamp, stamped.value.answer);
    tags.set(PATH.tagManifest, manifest([...tags].map(([path, content]) => ({ path, hash: hashOf(content) }))));
    for (const [path, content] of tags) await this.#zip.add(path, content);
    await this.#zip.finish();
    return { size: this.#zip.size, ...(stamped ? { stamp: stamped.ok ? ok(stamped.value.stamp) : stamped } : {}) };
  }
}

/** Asks the authority. Whatever it answers, the snapshot is made; without a good answer it has no stamp. */
async function askForStamp(
  stamp: NonNullable<SnapshotSource["stamp"]>,
  list: Uint8Array,
): Promise<Result<{ readonly answer: Uint8Array; readonly stamp: Timestamp }, Coded<StampCode>>> {
  const answer = await stamp.ask(timestampRequest(list, stamp.nonce));
  if (!answer) return err(coded("stamp-unreachable"));
  const checked = await checkTimestamp(answer, list, stamp.nonce);
  return checked.ok ? ok({ answer, stamp: checked.value }) : checked;
}
