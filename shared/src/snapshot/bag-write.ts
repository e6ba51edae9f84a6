import { signRaw } from "../crypto/sign.ts";
import { BAGIT, bagInfo, hashOf, manifest, TAG_FILES } from "./bag.ts";
import type { ByteSink } from "./bytes-io.ts";
import { PATH } from "./paths.ts";
import { publicKeyPem } from "./pem.ts";
import type { SnapshotSource } from "./source.ts";
import { dayIn } from "./zone.ts";
import { ZipWriter } from "./zip-write.ts";

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
  async add(path: string, bytes: Uint8Array): Promise<void> {
    this.#hashes.set(path, hashOf(bytes));
    this.#bytes += bytes.length;
    await this.#zip.add(path, bytes);
  }

  /** Lists, signature and key of the exporter. Gives the archive's size. */
  async finish({ app, exported, zone, exporter }: SnapshotSource): Promise<number> {
    const list = manifest([...this.#hashes].map(([path, hash]) => ({ path, hash })));
    const tags = new Map<string, Uint8Array>([
      [PATH.bagit, BAGIT],
      [PATH.bagInfo, bagInfo(app, dayIn(exported, zone), this.#hashes.size, this.#bytes)],
      [PATH.manifest, list],
      [PATH.signature, signRaw(list, exporter.secretKey)],
      [PATH.signer, publicKeyPem(exporter.publicKey)],
    ]);
    tags.set(PATH.tagManifest, manifest(TAG_FILES.map((path) => ({ path, hash: hashOf(tags.get(path) ?? new Uint8Array()) }))));
    for (const [path, content] of tags) await this.#zip.add(path, content);
    await this.#zip.finish();
    return this.#zip.size;
  }
}
