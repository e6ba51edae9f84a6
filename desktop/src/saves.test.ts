import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";

vi.mock("electron", () => ({ dialog: {} }));
const { Saves } = await import("./saves.ts");

const folder = (): string => mkdtempSync(path.join(tmpdir(), "saves-"));

describe("saving piece by piece", () => {
  it("[desktop] the file stands in its place only once it is whole", async () => {
    const at = folder();
    const file = path.join(at, "a.zip");
    writeFileSync(file, "before");
    const saves = new Saves();
    const save = await saves.start(file);
    await saves.write(save, new Uint8Array([1, 2]));
    expect(readFileSync(file, "utf8")).toBe("before");
    await saves.write(save, new Uint8Array([3]));
    await saves.finish(save);
    expect([...readFileSync(file)]).toEqual([1, 2, 3]);
    expect(readdirSync(at)).toEqual(["a.zip"]);
    await expect(saves.write(save, new Uint8Array([4]))).rejects.toThrow("no such save");
  });

  it("[desktop] one that is dropped, or not finished when the program ends, leaves what was there", async () => {
    const at = folder();
    const saves = new Saves();
    const dropped = await saves.start(path.join(at, "a.zip"));
    await saves.write(dropped, new Uint8Array([1]));
    await saves.drop(dropped);
    await saves.start(path.join(at, "b.zip"));
    saves.dropAll();
    expect(readdirSync(at)).toEqual([]);
  });

  it("[desktop] refuses more saves at a time than a page can need, and a folder that is not there", async () => {
    const at = folder();
    const saves = new Saves();
    for (let i = 0; i < 4; i++) await saves.start(path.join(at, `${i}.zip`));
    await expect(saves.start(path.join(at, "5.zip"))).rejects.toThrow("too many");
    saves.dropAll();
    await expect(saves.start(path.join(at, "none", "6.zip"))).rejects.toThrow();
  });
});
