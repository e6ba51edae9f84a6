import { utf8 } from "@countersign/shared/base/bytes";
import type { FileId, FileKey } from "@countersign/shared/base/ids";
import { changeHash, parseChange } from "@countersign/shared/books/chunk";
import { formatFiles, type FileRecord } from "@countersign/shared/kinds/files";
import { fileKeyCommitment, sealFile } from "@countersign/shared/sync/files";
import { beforeAll, describe, expect, test } from "vitest";
import { household, makeFamily, quiet } from "./family.ts";
import { restoreFresh } from "./fresh.ts";
import { Mallory } from "./mallory.ts";
import { World, type Device, type Saved } from "./world.ts";

const PAPER = { name: "receipt.txt", type: "text/plain", bytes: utf8("Paid in cash") };

function parsed(bytes: Uint8Array) {
  const change = parseChange(bytes);
  if (!change.ok) throw new Error("a change");
  return change.value;
}

describe("a file id that another's record names again", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(21);
  });

  /** Ana's message with a receipt, and mallory, who holds a device of ben's. */
  async function scene(seed: number) {
    const world = await World.from(saved, seed);
    for (const device of world.devices.values()) await device.boot();
    const ana = world.device("ana");
    const { log } = household(ana);
    const record = await world.get(ana.replica.sendMessage({ log, subject: "Shoes", text: "Paid.", files: [PAPER] }));
    await quiet(world);
    const id = (await ana.replica.message(log, record))?.files[0]?.id;
    if (id === undefined) throw new Error("a file");
    const state = async (device: Device): Promise<string | undefined> => (await device.replica.message(log, record))?.files[0]?.state;
    return { world, ana, log, id, state, mallory: await Mallory.of(world) };
  }

  const naming = (mallory: Mallory, at: number, file: FileRecord): { bytes: Uint8Array } => ({
    bytes: mallory.raw({ fields: { kind: "message", v: 1, at, thread: "", subject: "Again", text: "", files: formatFiles([file]) } }),
  });

  const withKey = (file: FileId, key: FileKey) => ({ change: <T extends object>(body: T) => ({ ...body, fileKeys: [{ file, key }] }) });

  /** The files of the message that mallory sent, as a device shows them. */
  async function shownOf(device: Device): Promise<readonly string[]> {
    const { log } = household(device);
    const thread = (await device.replica.threads(log, 0, 50)).rows.find((t) => t.subject === "Again");
    if (!thread) throw new Error("the message is there");
    return (await device.replica.message(log, thread.id))?.files.map((f) => f.state) ?? [];
  }

  test("[R6a] takes the file from none of its author's devices, and has no file itself", async () => {
    const { world, ana, log, id, state, mallory } = await scene(7);
    const before = new Map<Device, string | undefined>();
    for (const device of world.devices.values()) before.set(device, await state(device));
    const other = sealFile(log, { ...PAPER, bytes: utf8("Never paid") }, world.chance.bytes);
    const forged = { ...other.record, id, keyCommitment: fileKeyCommitment(id, other.key) };
    const entry = mallory.entry([naming(mallory, world.time.now(), forged)], withKey(id, other.key));
    expect((await mallory.push([entry])).error).toBeUndefined();
    await quiet(world);
    for (const device of world.devices.values()) {
      expect(await state(device)).toBe(before.get(device));
      expect(await shownOf(device)).toEqual(["unfit"]);
    }
    expect(await world.get(ana.replica.file(log, id))).toEqual(PAPER.bytes);
    await world.close();
  });

  test("[R6a] gives a device that comes later, and gets both at once, neither a false key nor a false file", async () => {
    const { world, ana, log, id, state, mallory } = await scene(8);
    const other = sealFile(log, { ...PAPER, bytes: utf8("Never paid") }, world.chance.bytes);
    const forged = { ...other.record, id, keyCommitment: fileKeyCommitment(id, other.key) };
    const entries = [naming(mallory, world.time.now(), forged), { bytes: mallory.raw() }].map((change) =>
      mallory.entry([change], withKey(id, other.key)),
    );
    expect((await mallory.push(entries)).error).toBeUndefined();
    await quiet(world);
    const fresh = await restoreFresh(world, ana, "ana3");
    await quiet(world);
    expect(await state(fresh)).toBe("to-fetch");
    expect(await shownOf(fresh)).toEqual(["unfit"]);
    await world.close();
  });

  test("[R6a] [X4] a change that had waited for another brings its file with it all the same", async () => {
    const { world, log, mallory } = await scene(10);
    const missing = mallory.raw();
    const { startOp, ops } = parsed(missing);
    const file = sealFile(log, PAPER, world.chance.bytes);
    const fields = {
      kind: "message",
      v: 1,
      at: world.time.now(),
      thread: "",
      subject: "Again",
      text: "",
      files: formatFiles([file.record]),
    };
    const waiting = mallory.raw({ fields, deps: [changeHash(missing)], startOp: startOp + ops.length });
    expect((await mallory.push([mallory.entry([{ bytes: waiting }], withKey(file.record.id, file.key))])).error).toBeUndefined();
    await quiet(world);
    expect((await mallory.push([mallory.entry([{ bytes: missing }])])).error).toBeUndefined();
    await quiet(world);
    for (const device of world.devices.values()) expect(await shownOf(device)).toEqual(["to-fetch"]);
    await world.close();
  });

  test("[R6a] a length that no file has is never fetched", async () => {
    const { world, log, mallory } = await scene(9);
    const huge = sealFile(log, PAPER, world.chance.bytes);
    const said = { ...huge.record, size: 2 ** 40, sealedSize: 2 ** 41 };
    const entry = mallory.entry([naming(mallory, world.time.now(), said)], withKey(said.id, huge.key));
    expect((await mallory.push([entry])).error).toBeUndefined();
    await quiet(world);
    for (const device of world.devices.values()) expect(await shownOf(device)).toEqual(["unfit"]);
    await world.close();
  });
});
