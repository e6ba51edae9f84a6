import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";

vi.mock("electron", () => ({ dialog: {} }));
const { safeFileName, writeWhole } = await import("./save.ts");

describe("saving", () => {
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

  it("[desktop] writes the whole file and leaves no draft", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "save-"));
    const file = path.join(folder, "a.zip");
    await writeWhole(file, new Uint8Array([1, 2, 3]));
    await writeWhole(file, new Uint8Array([4]));
    expect([...readFileSync(file)]).toEqual([4]);
    expect(readdirSync(folder)).toEqual(["a.zip"]);
  });

  it("[desktop] a failed write leaves what was there", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "save-"));
    await expect(writeWhole(path.join(folder, "missing", "a.zip"), new Uint8Array([1]))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});
