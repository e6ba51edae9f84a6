/**
 * Writes docs/example: two bundles of one small record, three of a household in which more happened, what stands in them step by step, and the root of the authority that stamped one. Run it
 * with `npx tsx shared/test/make-example.ts` after a change of the format, and read the difference: the authority is a new one each time.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { initAutomergeNode } from "../node/automerge.ts";
import { nodePages } from "../node/pdf-ports.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { sourceOf } from "../src/sample/source.ts";
import type { SnapshotSource } from "../src/snapshot/source.ts";
import { writeSnapshot } from "../src/snapshot/write.ts";
import type { SnapshotScope } from "../src/views/snapshot.ts";
import { unpack } from "./bundle.ts";
import { EXAMPLE, walk } from "./example.ts";
import { makeSmallBundle } from "./small-bundle.ts";
import { makeStoryHousehold } from "./story-household.ts";
import { makeAuthority } from "./time-stamp-authority.ts";

await initCrypto();
await initAutomergeNode();
const folder = await mkdtemp(join(tmpdir(), "countersign-example-"));
const authority = await makeAuthority(join(folder, "authority"), { name: "Example TSA" });
const { source, zip } = await makeSmallBundle(authority, nodePages);
const { stamp: _stamp, viewer: _viewer, ...bare } = source;
const written = async (from: SnapshotSource, scope: SnapshotScope): Promise<Uint8Array> => {
  const snapshot = await writeSnapshot(from, scope);
  if (!snapshot.ok) throw new Error(snapshot.error.code);
  return snapshot.value.bytes;
};
const part = await written(bare, { threads: [], expenses: "all", settlement: "leave-out", files: false });
const out = (name: string): string => fileURLToPath(new URL(name, EXAMPLE));
await mkdir(out("."), { recursive: true });
await writeFile(out("whole.zip"), zip);
await writeFile(out("part.zip"), part);
await writeFile(out("authority-root.pem"), await readFile(authority.root));
const story = makeStoryHousehold();
const all = await written(sourceOf(story.sample), { threads: "all", expenses: "all", settlement: "include", files: true });
const crossed = [story.crossed.record];
const quiet = await written(sourceOf(story.sample), { threads: "all", expenses: crossed, settlement: "leave-out", files: false });
const child = await written(sourceOf(story.sample), {
  threads: "all",
  expenses: "all",
  children: ["=Mia"],
  settlement: "include",
  files: false,
});
await writeFile(out("story.zip"), all);
await writeFile(out("story-part.zip"), quiet);
await writeFile(out("story-child.zip"), child);
const made = { whole: zip, part, story: all, "story-part": quiet, "story-child": child };
for (const [name, bytes] of Object.entries(made))
  await writeFile(out(`${name}.json`), `${JSON.stringify(await walk(await unpack(bytes)), null, 2)}\n`);
await rm(folder, { recursive: true });
