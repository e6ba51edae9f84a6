import { equalBytes, idBytes, toHex } from "../base/bytes.ts";
import type { DeviceId } from "../base/ids.ts";
import { verifyRaw } from "../crypto/sign.ts";
import { BAGIT, bagInfo, hashOf, manifest, parseManifest, TAG_FILES } from "./bag.ts";
import type { Checks } from "./checks.ts";
import { COUNTERSIGNATURE_PATH } from "./countersignature.ts";
import type { Derived } from "./derive.ts";
import { PATH } from "./paths.ts";
import { parsePublicKeyPem, publicKeyPem } from "./pem.ts";
import { allowedSigners, verifySshSignature } from "./sshsig.ts";
import type { ZipFiles } from "./zip-read.ts";
import { dayIn } from "./zone.ts";

const NONE = new Uint8Array();

/** The exporter's signature over the manifest, in both forms. */
export async function checkSignature(zip: ZipFiles, exporter: DeviceId, checks: Checks): Promise<void> {
  const wanted = idBytes(exporter);
  const key = parsePublicKeyPem((await zip.read(PATH.signer)) ?? NONE);
  const isKey = key !== undefined && equalBytes(key, wanted);
  const list = await zip.read(PATH.manifest);
  const signature = await zip.read(PATH.signature);
  const isGood = isKey && list && signature && verifyRaw(list, signature, key);
  if (isGood) checks.add("signature", "good", { key: toHex(key) });
  else checks.failed("signature-false", isKey ? PATH.signature : PATH.signer);
  const ssh = await zip.read(PATH.sshSignature);
  if (!list || !ssh || !verifySshSignature(ssh, list, wanted)) checks.failed("signature-false", PATH.sshSignature);
}

/** The files beside data/: made again and compared, though nothing in them is believed. */
export async function checkTags(zip: ZipFiles, hashes: ReadonlyMap<string, string>, derived: Derived, checks: Checks): Promise<void> {
  const { statement } = derived;
  const key = idBytes(statement.exporter);
  const bytes = [...hashes.keys()].reduce((n, path) => n + zip.size(path), 0);
  const wanted: readonly (readonly [string, Uint8Array])[] = [
    [PATH.bagit, BAGIT],
    [PATH.bagInfo, bagInfo(statement.app, dayIn(statement.exported, statement.zone), hashes.size, bytes)],
    [PATH.signer, publicKeyPem(key)],
    [PATH.sshSigners, allowedSigners(key)],
    [PATH.tagManifest, await tagManifest(zip)],
  ];
  for (const [path, content] of wanted) {
    const found = await zip.read(path);
    if (!found || !equalBytes(found, content)) checks.failed("tag-file-changed", path);
  }
  const known: ReadonlySet<string> = new Set([...TAG_FILES, PATH.tagManifest, PATH.stamp]);
  for (const path of zip.paths) {
    if (path.startsWith("data/") || known.has(path) || COUNTERSIGNATURE_PATH.test(path)) continue;
    if (!path.startsWith("signatures/")) checks.failed("file-added", path);
    // What is in it says nothing to this version; that it unpacks to an end, and to nothing behind it, is asked of every file (S20).
    else if (await zip.each(path, () => Promise.resolve(true))) checks.add("tag-unknown", "remarks", {}, path);
    else checks.failed("tag-file-changed", path);
  }
}

/** The list as it must be: of the files that were there when the bag was made. A time stamp may have been added later, and is not listed then. */
async function tagManifest(zip: ZipFiles): Promise<Uint8Array> {
  const found = parseManifest((await zip.read(PATH.tagManifest)) ?? NONE);
  const paths = found?.has(PATH.stamp) === true ? [...TAG_FILES, PATH.stamp] : TAG_FILES;
  const listed: { readonly path: string; readonly hash: string }[] = [];
  for (const path of paths) listed.push({ path, hash: hashOf((await zip.read(path)) ?? NONE) });
  return manifest(listed);
}
