/**
 * Writes docs/example: two bundles of one small record, what stands in them step by step, and the root of the authority that stamped one. Run it
 * with `npx tsx shared/test/make-example.ts` after a change of the format, and read the difference: the authority is a new one each time.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initAutomergeNode } from "../node/automerge.ts";
import { nodePages } from "../node/pdf-ports.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { writeSnapshot } from "../src/snapshot/write.ts";
import { unpack } from "./bundle.ts";
import { EXAMPLE, walk } from "./example.ts";
import { makeSmallBundle } from "./small-bundle.ts";
import { makeAuthority } from "./time-stamp-authority.ts";

await initCrypto();
await initAutomergeNode();
const folder = await mkdtemp(join(tmpdir(), "countersign-example-"));
const authority = await makeAuthority(join(folder, "authority"), { name: "Example TSA" });
const { source, zip } = await makeSmallBundle(authority, nodePages);
const { stamp: _stamp, viewer: _viewer, ...bare } = source;
const part = await writeSnapshot(bare, { threads: [], expenses: "all", settlement: "leave-out", files: false });
if (!part.ok) throw new Error(part.error.code);
const out = (name: string): string => fileURLToPath(new URL(name, EXAMPLE));
await mkdir(out("."), { recursive: true });
await writeFile(out("whole.zip"), zip);
await writeFile(out("part.zip"), part.value.bytes);
await writeFile(out("authority-root.pem"), await readFile(authority.root));
for (const [name, bytes] of [["whole", zip] as const, ["part", part.value.bytes] as const])
  await writeFile(out(`${name}.json`), `${JSON.stringify(await walk(await unpack(bytes)), null, 2)}\n`);
await rm(folder, { recursive: true });
