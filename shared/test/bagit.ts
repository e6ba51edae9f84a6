/** A BagIt validation (RFC 8493), written from the RFC for tests: what an archive would ask of a folder. It knows nothing of snapshots. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What is wrong with a bag, as sentences; none for a complete and valid one (section 3). */
export async function bagFaults(folder: string): Promise<string[]> {
  const faults: string[] = [];
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((e) => e.isFile())
    .map((e) => relative(folder, join(e.parentPath, e.name)).split(sep).join("/"));
  // 2.1.1: exactly two lines, in this order.
  const declaration = await readFile(join(folder, "bagit.txt"), "utf8").catch(() => "");
  const declared = /^BagIt-Version: (\d+\.\d+)\nTag-File-Character-Encoding: UTF-8\n$/.exec(declaration);
  if (declared?.[1] !== "1.0") faults.push("bagit.txt is no declaration of version 1.0");
  // 2.1.3: at least one payload manifest; each lists every payload file exactly once.
  const manifests = files.filter((f) => /^manifest-[a-z0-9]+\.txt$/.test(f));
  if (manifests.length === 0) faults.push("there is no payload manifest");
  for (const name of [...manifests, ...files.filter((f) => /^tagmanifest-[a-z0-9]+\.txt$/.test(f))]) {
    const isTag = name.startsWith("tag");
    const algorithm = /manifest-([a-z0-9]+)\.txt$/.exec(name)?.[1] ?? "";
    const listed = new Map<string, string>();
    for (const line of (await readFile(join(folder, name), "utf8")).split("\n").filter((l) => l !== "")) {
      const [, checksum = "", path = ""] = /^([0-9a-fA-F]+)[ \t]+\*?(.+)$/.exec(line) ?? [];
      if (checksum === "") faults.push(`${name}: a line is malformed`);
      if (listed.has(path)) faults.push(`${name}: ${path} stands twice`);
      if (path.startsWith("data/") === isTag) faults.push(`${name}: ${path} does not belong here`);
      if (path.startsWith("/") || path.split("/").includes("..")) faults.push(`${name}: ${path} leaves the bag`);
      listed.set(path, checksum.toLowerCase());
    }
    for (const [path, checksum] of listed) {
      if (!files.includes(path)) faults.push(`${name}: ${path} is missing`);
      else if (
        createHash(algorithm)
          .update(await readFile(join(folder, path)))
          .digest("hex") !== checksum
      )
        faults.push(`${name}: ${path} differs`);
    }
    if (!isTag) for (const f of files) if (f.startsWith("data/") && !listed.has(f)) faults.push(`${name}: ${f} is not listed`);
    if (isTag && listed.has(name)) faults.push(`${name} lists itself`);
  }
  // 2.2.2: Payload-Oxum is the octets and the number of the payload.
  const oxum = /^Payload-Oxum: (\d+)\.(\d+)$/m.exec(await readFile(join(folder, "bag-info.txt"), "utf8").catch(() => ""));
  if (oxum) {
    const payload = files.filter((f) => f.startsWith("data/"));
    let octets = 0;
    for (const f of payload) octets += (await readFile(join(folder, f))).length;
    if (Number(oxum[1]) !== octets || Number(oxum[2]) !== payload.length) faults.push("Payload-Oxum is wrong");
  }
  return faults;
}
