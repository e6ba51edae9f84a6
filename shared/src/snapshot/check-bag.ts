import { parseManifest } from "./bag.ts";
import type { Checks } from "./checks.ts";
import { hashFile } from "./hash-file.ts";
import { PATH } from "./paths.ts";
import type { Steps } from "./source.ts";
import type { ZipFiles } from "./zip-read.ts";

/** What is wrong with a file under data/ that has this SHA-256, by the manifest; undefined where nothing is. */
export function payloadFault(list: ReadonlyMap<string, string>, path: string, hash: string): "file-changed" | "file-added" | undefined {
  const wanted = list.get(path);
  if (wanted === undefined) return "file-added";
  return wanted === hash ? undefined : "file-changed";
}

/** Every file under data/ against the manifest. Gives the hashes that were computed. */
export async function checkBag(zip: ZipFiles, checks: Checks, steps: Steps): Promise<ReadonlyMap<string, string> | "cancelled"> {
  const list = parseManifest((await zip.read(PATH.manifest)) ?? new Uint8Array([0]));
  if (!list) checks.failed("manifest-form", PATH.manifest);
  const hashes = new Map<string, string>();
  let isGood = list !== undefined;
  for (const path of zip.paths.filter((p) => p.startsWith("data/"))) {
    const hash = await hashFile(zip, path, steps);
    if (hash === "cancelled") return hash;
    hashes.set(path, hash);
    const fault = list && payloadFault(list, path, hash);
    if (!fault) continue;
    isGood = false;
    checks.failed(fault, path);
  }
  for (const path of list?.keys() ?? []) {
    if (hashes.has(path)) continue;
    isGood = false;
    checks.failed("file-missing", path);
  }
  if (isGood) checks.add("files", "good", { count: hashes.size });
  return hashes;
}
