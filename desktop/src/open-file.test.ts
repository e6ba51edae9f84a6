import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { MAX_PIECE_BYTES, OPENED_PATH } from "@countersign/shared/base/desktop";
import { describe, expect, it } from "vitest";
import { OpenedFiles, snapshotArguments } from "./open-file.ts";

const folder = (): string => mkdtempSync(path.join(tmpdir(), "open-file-"));
const ask = (opened: OpenedFiles, place: string, method = "GET"): Promise<Response> =>
  opened.answer(new Request(`app://local${OPENED_PATH}/${place}`, { method }));

async function given(file: string): Promise<{ readonly opened: OpenedFiles; readonly id: string; readonly size: number }> {
  const opened = new OpenedFiles();
  opened.add([file]);
  const [one] = await opened.take();
  if (one?.id === undefined) throw new Error("it was not taken");
  return { opened, id: one.id, size: one.size };
}

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
    expect((await opened.take()).map(({ name, size }) => [name, size])).toEqual([
      ["one.zip", 1],
      ["two.zip", 2],
    ]);
    expect(await opened.take()).toEqual([]);
  });

  it("[desktop] a file that is missing, a pipe or a folder has no name to read it by, and nothing waits for it", async () => {
    const at = folder();
    const opened = new OpenedFiles();
    execFileSync("mkfifo", [path.join(at, "pipe.zip")]);
    opened.add([path.join(at, "missing.zip"), path.join(at, "pipe.zip"), at]);
    expect(await opened.take()).toEqual([
      { name: "missing.zip", size: 0, id: undefined },
      { name: "pipe.zip", size: 0, id: undefined },
      { name: path.basename(at), size: 0, id: undefined },
    ]);
  });
});

describe("reading what was given", () => {
  it("[desktop] gives any part of it, also beyond the first gigabytes", async () => {
    const file = path.join(folder(), "large.zip");
    // Takes no room on the disk: nothing but its end was ever written.
    writeFileSync(file, "");
    truncateSync(file, 5 * 1024 ** 3);
    writeFileSync(file, "the end", { flag: "a" });
    const { opened, id, size } = await given(file);
    expect(size).toBe(5 * 1024 ** 3 + 7);
    const end = await ask(opened, `${id}?from=${size - 7}&to=${size}`);
    expect([end.status, await end.text()]).toEqual([200, "the end"]);
    const most = await ask(opened, `${id}?from=1&to=${1 + MAX_PIECE_BYTES}`);
    expect((await most.arrayBuffer()).byteLength).toBe(MAX_PIECE_BYTES);
    expect((await ask(opened, `${id}?from=0&to=${1 + MAX_PIECE_BYTES}`)).status).toBe(416);
  });

  it("[desktop] a hostile page reads nothing that the person did not give, and nothing of what it was given twice over", async () => {
    const at = folder();
    const file = path.join(at, "a.zip");
    writeFileSync(file, "12345");
    writeFileSync(path.join(at, "secret.txt"), "secret");
    const { opened, id } = await given(file);
    for (const place of [
      "secret.txt?from=0&to=6",
      `..%2fsecret.txt?from=0&to=6`,
      `${encodeURIComponent(path.join(at, "secret.txt"))}?from=0&to=6`,
      `${encodeURIComponent(file)}?from=0&to=5`,
      `${id}%00?from=0&to=5`,
      `${id}/../secret.txt?from=0&to=5`,
      "?from=0&to=5",
    ])
      expect((await ask(opened, place)).status, place).toBe(404);
    for (const range of [
      "",
      "?from=0",
      "?from=0&to=6",
      "?from=-1&to=2",
      "?from=3&to=3",
      "?from=4&to=2",
      "?from=0.5&to=2",
      "?from=x&to=y",
      "?to=1e400",
    ])
      expect((await ask(opened, `${id}${range}`)).status, range).toBe(416);
    expect((await ask(opened, `${id}?from=0&to=5`, "POST")).status).toBe(405);
    expect(await (await ask(opened, `${id}?from=1&to=3`)).text()).toBe("23");
  });

  it("[desktop] another file in its place, a changed or a missing one is not read on", async () => {
    const at = folder();
    const file = path.join(at, "a.zip");
    writeFileSync(path.join(at, "secret.txt"), "54321");
    const spoil: (() => void)[] = [
      () => {
        writeFileSync(file, "54321");
        utimesSync(file, 1, 1);
      },
      () => writeFileSync(file, "123456"),
      () => rmSync(file),
      () => {
        rmSync(file);
        symlinkSync(path.join(at, "secret.txt"), file);
      },
    ];
    for (const change of spoil) {
      rmSync(file, { force: true });
      writeFileSync(file, "12345");
      const { opened, id } = await given(file);
      change();
      expect((await ask(opened, `${id}?from=0&to=5`)).status).toBe(410);
    }
  });

  it("[desktop] only the last few can be read", async () => {
    const at = folder();
    const files = Array.from({ length: 9 }, (_, i) => path.join(at, `${i}.zip`));
    for (const file of files) writeFileSync(file, "1");
    const opened = new OpenedFiles();
    opened.add(files);
    const ids = (await opened.take()).map(({ id }) => id);
    const statuses = await Promise.all(ids.map(async (id) => (await ask(opened, `${String(id)}?from=0&to=1`)).status));
    expect(statuses).toEqual([404, ...Array<number>(8).fill(200)]);
  });
});
