import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Hex32, LogId, RecordId } from "@countersign/shared/base/ids";
import { utf8 } from "@countersign/shared/base/bytes";
import { originalProof } from "@countersign/shared/replica/records/original-proof";
import { household, quiet, twoParents } from "./family.ts";
import { World, type Device } from "./world.ts";

const PICTURE = utf8("a picture alone");
const ORIGINAL = utf8("a picture, and that it was taken at 48.2082 N 16.3738 E");
const PHOTO = { name: "shoes.jpg", type: "image/jpeg", bytes: PICTURE, original: ORIGINAL };

const sharePhoto = (world: World, by: Device, log: LogId): Promise<RecordId> =>
  world.get(by.replica.sendMessage({ log, subject: "Shoes", text: "Hers.", files: [PHOTO] }));

/** What a device shows of the photo's original, once it has the message. */
async function seenOn(world: World, device: Device, log: LogId, record: RecordId): Promise<{ commitment: Hex32; mine: boolean }> {
  await world.time.until(async () => (await device.replica.message(log, record)) !== undefined);
  const original = (await device.replica.message(log, record))?.files[0]?.original;
  if (!original) throw new Error("no original");
  return original;
}

describe("the original of a photo", () => {
  test("[R12] keeps its commitment when a record of one's own is shared, and the page beside it is right for any shell", async () => {
    const world = await World.make(92);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const own = ana.replica.core.personal?.session.log;
    if (own === undefined) throw new Error("a personal log");
    const before = await sharePhoto(world, ana, own);
    await quiet(world);
    const shared = await world.get(ana.replica.share(own, log, before));
    const { commitment } = await seenOn(world, ana, own, before);
    expect((await seenOn(world, ana, log, shared)).commitment).toBe(commitment);

    const original = await world.get(ana.replica.original(commitment));
    const page = originalProof(original);
    expect(page).toContain(createHash("sha256").update(ORIGINAL).digest("hex"));
    const command = page.split("\n").find((line) => line.includes("printf"));
    if (command === undefined) throw new Error("a command");
    expect(execFileSync("sh", ["-c", command], { encoding: "utf8" })).toBe(`${commitment}  -\n`);
    await world.close();
  });

  test("[R12] [U3] is kept once, at whichever commit the device dies while it writes what shares the photo, and when it is shared again", async () => {
    let deaths = 0;
    for (const commit of [1, 2, 3, 4]) {
      const world = await World.make(94);
      const log = await twoParents(world);
      await quiet(world);
      const ana = world.device("ana");
      const { held } = await world.get(ana.replica.hold({ do: "message", log, subject: "Shoes", text: "Hers.", files: [PHOTO] }));
      if (held === undefined || !ana.disk) throw new Error("it is held, on a disk");
      ana.disk.deadly = { commit: ana.disk.commits + commit, isKept: false };
      void ana.replica.sendNow(held);
      await world.time.pass(1_000);
      if (!ana.isRunning) {
        deaths++;
        await ana.boot();
      }
      await world.time.until(async () => (await ana.replica.held(log)).length === 0);
      const originals = () => [...(ana.replica.core.personal?.session.index.ofKind("original") ?? [])];
      expect(originals()).toHaveLength(1);
      const again = await sharePhoto(world, ana, log);
      expect((await seenOn(world, ana, log, again)).commitment).toBe(originals()[0]?.folded.commitment);
      expect(originals()).toHaveLength(1);
      await world.close();
    }
    // The original's own commit, and the one after it.
    expect(deaths).toBeGreaterThanOrEqual(2);
  });

  test("[R12] a photo that holds nothing else has none, and where a record is refused nothing is kept", async () => {
    const world = await World.make(93);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const { original: _, ...plain } = PHOTO;
    const record = await world.get(ana.replica.sendMessage({ log, subject: "Shoes", text: "", files: [plain] }));
    expect((await ana.replica.message(log, record))?.files[0]).not.toHaveProperty("original");
    const tooMany = Array.from({ length: 11 }, () => PHOTO);
    expect(await world.time.answer(ana.replica.sendMessage({ log, subject: "Shoes", text: "", files: tooMany }))).toMatchObject({
      error: { code: "too-many-files" },
    });
    expect([...(ana.replica.core.personal?.session.index.ofKind("original") ?? [])]).toEqual([]);
    expect(household(ana).log).toBe(log);
    await world.close();
  });
});
