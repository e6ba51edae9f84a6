import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";

vi.mock("electron", () => ({ dialog: {} }));
const { safeFileName, Saves } = await import("./saves.ts");

const folder = (): string => mkdtempSync(path.join(tmpdir(), "saves-"));

async function begun(saves: InstanceType<typeof Saves>, file: string): Promise<string> {
  const start = await saves.start(file);
  if (typeof start === "string") throw new Error(start);
  return start.save;
}

/** A real file whose disk is full after so many bytes. */
const fullAfter =
  (room: number): typeof open =>
  async (...args) => {
    const handle = await open(...args);
    let left = room;
    const write = handle.writeFile.bind(handle);
    handle.writeFile = (data, ...rest) => {
      left -= (data as Uint8Array).length;
      return left < 0 ? Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" })) : write(data, ...rest);
    };
    return handle;
  };

describe("the name to save under", () => {
  it.each([
    ["Sam and Alex.countersign.zip", "Sam and Alex.countersign.zip"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ["C:\\Users\\x", "C__Users_x"],
    ["con.zip", "_con.zip"],
    [".hidden", "hidden"],
    ["a\u202egpj.exe", "a_gpj.exe"],
    ["name. ", "name"],
    ["///", "___"],
    ["..", "file"],
  ])("[desktop] the name %j becomes %j", (given, safe) => {
    expect(safeFileName(given)).toBe(safe);
  });
});

describe("saving piece by piece", () => {
  it("[desktop] the file stands in its place only once it is whole", async () => {
    const at = folder();
    const file = path.join(at, "a.zip");
    writeFileSync(file, "before");
    const saves = new Saves();
    const save = await begun(saves, file);
    expect(await saves.write(save, new Uint8Array([1, 2]))).toBeUndefined();
    expect(readFileSync(file, "utf8")).toBe("before");
    await saves.write(save, new Uint8Array([3]));
    expect(await saves.finish(save)).toBeUndefined();
    expect([...readFileSync(file)]).toEqual([1, 2, 3]);
    expect(readdirSync(at)).toEqual(["a.zip"]);
    await expect(saves.write(save, new Uint8Array([4]))).rejects.toThrow("no such save");
  });

  it("[desktop] one that is dropped, or not finished when the program ends, leaves what was there", async () => {
    const at = folder();
    const saves = new Saves();
    const dropped = await begun(saves, path.join(at, "a.zip"));
    await saves.write(dropped, new Uint8Array([1]));
    await saves.drop(dropped);
    await begun(saves, path.join(at, "b.zip"));
    saves.dropAll();
    expect(readdirSync(at)).toEqual([]);
  });

  it("[desktop] a disk that becomes full says so, leaves what was there, and no half file", async () => {
    const at = folder();
    const file = path.join(at, "a.zip");
    writeFileSync(file, "before");
    const saves = new Saves(fullAfter(5));
    const save = await begun(saves, file);
    expect(await saves.write(save, new Uint8Array(3))).toBeUndefined();
    expect(await saves.write(save, new Uint8Array(3))).toBe("disk-full");
    expect(readFileSync(file, "utf8")).toBe("before");
    expect(readdirSync(at)).toEqual(["a.zip"]);
    await expect(saves.finish(save)).rejects.toThrow("no such save");
  });

  it("[desktop] two saves to one place do not write into each other", async () => {
    const at = folder();
    const file = path.join(at, "a.zip");
    const saves = new Saves();
    const [first, second] = [await begun(saves, file), await begun(saves, file)];
    await saves.write(first, new Uint8Array([1, 1, 1]));
    await saves.write(second, new Uint8Array([2]));
    expect([await saves.finish(first), await saves.finish(second)]).toEqual([undefined, undefined]);
    expect([...readFileSync(file)]).toEqual([2]);
    expect(readdirSync(at)).toEqual(["a.zip"]);
  });

  it("[desktop] a folder that is not there, or a folder in the file's place, is named as what it is", async () => {
    const at = folder();
    const saves = new Saves();
    expect(await saves.start(path.join(at, "none", "6.zip"))).toBe("save-failed");
    mkdirSync(path.join(at, "taken.zip"));
    const save = await begun(saves, path.join(at, "taken.zip"));
    expect(await saves.finish(save)).toBe("save-refused");
    expect(readdirSync(at)).toEqual(["taken.zip"]);
  });

  it("[desktop] refuses more saves at a time than a page can need", async () => {
    const at = folder();
    const saves = new Saves();
    for (let i = 0; i < 4; i++) await begun(saves, path.join(at, `${i}.zip`));
    await expect(saves.start(path.join(at, "5.zip"))).rejects.toThrow("too many");
    saves.dropAll();
  });
});
