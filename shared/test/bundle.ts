/** Taking a snapshot apart and putting it together again as somebody with or without the exporter's key would. */
import { BAGIT, bagInfo, hashOf, manifest, TAG_FILES } from "../src/snapshot/bag.ts";
import { Gathered, sourceOfBytes } from "../src/snapshot/bytes-io.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { publicKeyPem } from "../src/snapshot/pem.ts";
import { gather } from "../src/snapshot/pieces.ts";
import { proofFiles, type Proof } from "../src/snapshot/proof.ts";
import { openZip, type ZipFiles } from "../src/snapshot/zip-read.ts";
import { allowedSigners, sshSignature } from "../src/snapshot/sshsig.ts";
import { ZipWriter } from "../src/snapshot/zip-write.ts";
import { heldProof, type HeldProof } from "./held.ts";
import { signRaw, type SignKeyPair } from "../src/crypto/sign.ts";

export type Bundle = Map<string, Uint8Array>;

export async function unpack(zip: Uint8Array): Promise<Bundle> {
  const opened = await openZip(sourceOfBytes(zip));
  if (!opened.ok) throw new Error(opened.error.code);
  const bundle: Bundle = new Map();
  for (const path of opened.value.paths) bundle.set(path, (await opened.value.read(path)) ?? new Uint8Array());
  return bundle;
}

export async function pack(bundle: Bundle): Promise<Uint8Array> {
  const gathered = new Gathered();
  const zip = new ZipWriter(gathered.sink);
  for (const [path, bytes] of bundle) await zip.add(path, bytes);
  await zip.finish();
  return gathered.bytes();
}

/** A bundle as the verifier's single steps read it, without an archive round it. */
export const filesOf = (bundle: ReadonlyMap<string, Uint8Array>): ZipFiles => ({
  paths: [...bundle.keys()],
  isAsWritten: true,
  has: (path) => bundle.has(path),
  size: (path) => bundle.get(path)?.length ?? 0,
  read: (path) => Promise.resolve(bundle.get(path)),
  each: (path, take) => take(bundle.get(path) ?? new Uint8Array()),
  pieces: async function* (path) {
    const bytes = bundle.get(path);
    if (bytes) yield await Promise.resolve(bytes);
    return bytes !== undefined;
  },
});

/** Lists and signature as the holder of this key would write them anew. */
export function resign(bundle: Bundle, key: SignKeyPair): Bundle {
  const data = [...bundle].filter(([path]) => path.startsWith("data/"));
  const list = manifest(data.map(([path, bytes]) => ({ path, hash: hashOf(bytes) })));
  const info = new TextDecoder().decode(bundle.get(PATH.bagInfo) ?? new Uint8Array());
  const app = /^Bag-Software-Agent: (.*)$/m.exec(info)?.[1] ?? "";
  const day = /^Bagging-Date: (.*)$/m.exec(info)?.[1] ?? "";
  const tags = new Map<string, Uint8Array>([
    [PATH.bagit, BAGIT],
    [
      PATH.bagInfo,
      bagInfo(
        app,
        day,
        data.length,
        data.reduce((n, [, b]) => n + b.length, 0),
      ),
    ],
    [PATH.manifest, list],
    [PATH.signature, signRaw(list, key.secretKey)],
    [PATH.signer, publicKeyPem(key.publicKey)],
    [PATH.sshSignature, sshSignature(list, key)],
    [PATH.sshSigners, allowedSigners(key.publicKey)],
  ]);
  tags.set(PATH.tagManifest, manifest(TAG_FILES.map((path) => ({ path, hash: hashOf(tags.get(path) ?? new Uint8Array()) }))));
  return new Map([...tags, ...data]);
}

/** The files below data/proof/, each as one. */
export async function encodeProof(proof: Proof): Promise<readonly (readonly [path: string, bytes: Uint8Array])[]> {
  const files: [string, Uint8Array][] = [];
  for (const [path, make] of proofFiles(proof)) files.push([path, await gather(make())]);
  return files;
}

/** The bundle with another proof in it, lists and signature untouched. */
export async function withProof(bundle: Bundle, change: (proof: HeldProof) => Proof): Promise<Bundle> {
  return new Map([...bundle, ...(await encodeProof(change(await heldProof(filesOf(bundle)))))]);
}
