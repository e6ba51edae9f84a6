import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { OpenedFiles, readWhole, snapshotArguments } from "./open-file.ts";

const folder = (): string => mkdtempSync(path.join(tmpdir(), "open-file-"));

describe("snapshots given as arguments", () => {
  it("[desktop] takes snapshots, skips switches, folders and the program", () => {
    const argv = [
      "/opt/a.zip",
      "/home/sam/desktop",
      "--flag=x.zip",
      "-y.zip",
      "a.countersign.zip",
      "/b/C.ZIP",
      "sealed.countersign.zip.age",
      "note.txt",
      "a.countersign.zip",
    ];
    expect(snapshotArguments(argv, "/home/sam")).toEqual([
      "/home/sam/a.countersign.zip",
      "/b/C.ZIP",
      "/home/sam/sealed.countersign.zip.age",
    ]);
  });

  it("[desktop] hands them over once, and says when more arrive", async () => {
    const at = folder();
    writeFileSync(path.join(at, "one.zip"), "1");
    writeFileSync(path.join(at, "two.zip"), "22");
    const opened = new OpenedFiles();
    let arrivals = 0;
    opened.add([path.join(at, "one.zip")]);
    opened.onArrival(() => arrivals++);
    opened.add([]);
    opened.add([path.join(at, "two.zip"), path.join(at, "one.zip")]);
    expect(arrivals).toBe(1);
    expect((await opened.take()).map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ["one.zip", 1],
      ["two.zip", 2],
    ]);
    expect(await opened.take()).toEqual([]);
  });

  it("[desktop] a file that is missing, too large or a folder has no bytes", async () => {
    const at = folder();
    writeFileSync(path.join(at, "big.zip"), "12345");
    expect(await readWhole(path.join(at, "big.zip"), 4)).toBeUndefined();
    expect(await readWhole(path.join(at, "big.zip"), 5)).toHaveLength(5);
    expect(await readWhole(at)).toBeUndefined();
    const opened = new OpenedFiles();
    opened.add([path.join(at, "missing.zip")]);
    expect(await opened.take()).toEqual([{ name: "missing.zip", bytes: new Uint8Array() }]);
  });
});
