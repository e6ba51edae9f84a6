import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { zipSync } from "fflate";
import { utf8 } from "../base/bytes.ts";
import { Gathered, sourceOfBytes } from "./bytes-io.ts";
import { isSafePath, filePath } from "./paths.ts";
import { openZip, ZIP_LIMITS } from "./zip-read.ts";
import { ZipWriter } from "./zip-write.ts";
import type { Hex32 } from "../base/ids.ts";

const open = (bytes: Uint8Array): ReturnType<typeof openZip> => openZip(sourceOfBytes(bytes));

const codeOf = async (bytes: Uint8Array): Promise<string> => {
  const opened = await open(bytes);
  return opened.ok ? "opened" : opened.error.code;
};

async function archive(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const gathered = new Gathered();
  const zip = new ZipWriter(gathered.sink);
  for (const [path, bytes] of Object.entries(files)) await zip.add(path, bytes);
  await zip.finish();
  return gathered.bytes();
}

const small = await archive({ "a.txt": utf8("first"), "data/b.csv": new Uint8Array(5_000).fill(65) });

/** Writes a number, little endian, where the needle of four bytes stands for the nth time. */
function patched(bytes: Uint8Array, signature: number, nth: number, offset: number, value: number, size: 2 | 4): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  let seen = 0;
  for (let at = 0; at + 4 <= out.length; at++) {
    if (view.getUint32(at, true) !== signature || seen++ !== nth) continue;
    if (size === 2) view.setUint16(at + offset, value, true);
    else view.setUint32(at + offset, value, true);
    return out;
  }
  throw new Error("nothing to patch");
}
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** An archive of one file with more packed bytes behind those that it has: sizes and places say so everywhere. */
function padded(zip: Uint8Array, behind: Uint8Array): Uint8Array {
  const from = new DataView(zip.buffer, zip.byteOffset).getUint32(zip.length - 6, true);
  const out = new Uint8Array([...zip.subarray(0, from), ...behind, ...zip.subarray(from)]);
  const view = new DataView(out.buffer);
  const directory = from + behind.length;
  const packed = view.getUint32(18, true) + behind.length;
  view.setUint32(18, packed, true);
  view.setUint32(directory + 20, packed, true);
  view.setUint32(out.length - 6, directory, true);
  return out;
}

describe("an archive that nobody vouches for", () => {
  it("[S1] gives back what was written", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), fc.constantFrom("a.csv", "b.png"), async (bytes, path) => {
        const opened = await open(await archive({ [path]: bytes }));
        expect(opened.ok && (await opened.value.read(path))).toEqual(bytes);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it("[S1] reads what other packers write, folders included", async () => {
    const opened = await open(zipSync({ data: { "x.txt": utf8("x") }, "y.txt": utf8("y") }));
    expect(opened.ok && opened.value.paths).toEqual(["data/x.txt", "y.txt"]);
  });

  it("[S7] says what is wrong with something that is no whole archive", async () => {
    expect(await codeOf(new Uint8Array())).toBe("snapshot-not-zip");
    expect(await codeOf(utf8("%PDF-1.7 not a zip at all"))).toBe("snapshot-not-zip");
    for (const cut of [1, 30, 100]) expect(await codeOf(small.subarray(0, small.length - cut))).toBe("snapshot-truncated");
    expect(await codeOf(new Uint8Array([...small, 0]))).toBe("snapshot-truncated");
  });

  it("[S1][S30] refuses names that climb out, are absolute, odd, or stand twice", async () => {
    for (const path of [
      "../x",
      "data/../../x",
      "/etc/passwd",
      "C:\\x",
      "data\\x",
      "data//x",
      ".hidden",
      "a/./b",
      "nul",
      "data/con.txt",
      "x.",
      "ü.txt",
      "a b",
      "x".repeat(200),
    ]) {
      expect(isSafePath(path), path).toBe(false);
      expect(await codeOf(zipSync({ [path]: utf8("x") })), path).toBe("snapshot-names");
    }
    expect(await codeOf(zipSync({ "a.txt": utf8("1"), "A.TXT": utf8("2") }))).toBe("snapshot-names");
  });

  it("[S1] refuses archives that unpack to far more than they hold, or say less than they hold", async () => {
    const bomb = zipSync({ "a.txt": new Uint8Array(20_000_000) }, { level: 9 });
    expect(await codeOf(bomb)).toBe("snapshot-bomb");
    // It claims to be small: the directory's size is changed, and unpacking stops at what it says.
    const liar = await open(patched(patched(bomb, CENTRAL, 0, 24, 1_000, 4), LOCAL, 0, 22, 1_000, 4));
    expect(liar.ok).toBe(true);
    expect(liar.ok && (await liar.value.read("a.txt"))).toBeUndefined();
    const huge = patched(small, CENTRAL, 1, 24, ZIP_LIMITS.file + 1, 4);
    expect(["snapshot-bomb", "snapshot-too-large"]).toContain(await codeOf(huge));
  });

  it("[S1] refuses more files than a snapshot may have", async () => {
    const many = Object.fromEntries(Array.from({ length: ZIP_LIMITS.files + 1 }, (_, i) => [`f${String(i)}`, new Uint8Array()]));
    expect(await codeOf(zipSync(many, { level: 0 }))).toBe("snapshot-too-many-files");
  });

  it("[S1] refuses encryption, other methods, and headers that say two things", async () => {
    expect(await codeOf(patched(small, CENTRAL, 0, 8, 1, 2))).toBe("snapshot-zip-unusual");
    expect(await codeOf(patched(small, CENTRAL, 0, 10, 14, 2))).toBe("snapshot-zip-unusual");
    expect(await codeOf(patched(small, LOCAL, 0, 8, 0, 2))).toBe("snapshot-zip-damaged");
    expect(await codeOf(patched(small, LOCAL, 0, 30, 0x6262, 2))).toBe("snapshot-zip-damaged");
    expect(await codeOf(patched(small, CENTRAL, 1, 42, 0, 4))).toBe("snapshot-zip-damaged");
    expect(await codeOf(new Uint8Array([...utf8("#!/bin/sh\n"), ...small]))).toBe("snapshot-not-zip");
  });

  it("[S20] refuses what would lead another program to another name, size or kind of file", async () => {
    const other = zipSync({ "a.txt": [utf8("x"), { os: 3, attrs: 0o120777 << 16 }] });
    expect(await codeOf(other), "a link").toBe("snapshot-zip-unusual");
    expect(await codeOf(patched(small, CENTRAL, 0, 38, 0x10, 2)), "a folder by its mark").toBe("snapshot-zip-unusual");
    const name = zipSync({ "a.txt": [utf8("x"), { extra: { 0x7075: new Uint8Array(9) } }] });
    expect(await codeOf(name), "a second name").toBe("snapshot-zip-unusual");
    const times = zipSync({ "a.txt": [utf8("x"), { extra: { 0x5455: new Uint8Array(5) } }] });
    expect(await codeOf(times), "times").toBe("opened");
    const plain = zipSync({ "a.txt": utf8("x") });
    for (const at of [6, 14, 18, 22]) expect(await codeOf(patched(plain, LOCAL, 0, at, 2, 2)), String(at)).toBe("snapshot-zip-damaged");
    const DESCRIPTOR = 0x08074b50;
    for (const at of [4, 8, 12]) expect(await codeOf(patched(small, DESCRIPTOR, 0, at, 99, 2)), String(at)).toBe("snapshot-zip-damaged");
  });

  it("[S20] opens what another program packed or touched, and tells it from what was written", async () => {
    const isAsWritten = async (bytes: Uint8Array): Promise<boolean | undefined> => {
      const opened = await open(bytes);
      return opened.ok ? opened.value.isAsWritten : undefined;
    };
    expect(await isAsWritten(small)).toBe(true);
    expect(await isAsWritten(zipSync({ "a.txt": utf8("x") }))).toBe(false);
    for (const at of [4, 6, 12, 14]) expect(await isAsWritten(patched(small, CENTRAL, 1, at, 9, 2)), String(at)).toBe(false);
    const commented = patched(new Uint8Array([...small, 1, 2]), 0x06054b50, 0, 20, 2, 2);
    expect(await isAsWritten(commented)).toBe(false);
  });

  it("[S20] takes nothing behind a packed file's end, where a program that goes by the stream would find another file", async () => {
    const read = async (bytes: Uint8Array): Promise<Uint8Array | undefined> => {
      const opened = await open(bytes);
      if (!opened.ok) throw new Error(opened.error.code);
      return opened.value.read("a.txt");
    };
    // As long as one push, or many: an end in the last piece, in the one before, and far before.
    for (const length of [1, 700, 16_384, 40_000]) {
      const text = new Uint8Array(length).map((_, i) => (i * 2_654_435_761) >>> 24);
      const plain = zipSync({ "a.txt": text }, { level: 6 });
      expect(await read(plain), String(length)).toEqual(text);
      for (const behind of [1, 30, 16_384, 100_000]) {
        expect(await read(padded(plain, new Uint8Array(behind))), `${String(length)} and ${String(behind)}`).toBeUndefined();
      }
    }
    const hidden = padded(zipSync({ "a.txt": utf8("x".repeat(99)) }), zipSync({ "b.txt": utf8("another") }));
    expect(await read(hidden)).toBeUndefined();
  });

  it("[S20] refuses a folder with something in it, which nobody would unpack", async () => {
    const folder = (packed: Uint8Array): Uint8Array => padded(zipSync({ "data/": new Uint8Array() }), packed);
    expect(await codeOf(zipSync({ "data/": new Uint8Array() }))).toBe("opened");
    expect(await codeOf(folder(zipSync({ "b.txt": utf8("another") })))).toBe("snapshot-zip-unusual");
  });

  it("[S1] refuses files that overlap, so that one packed stretch is not two files", async () => {
    const two = await archive({ "a.png": new Uint8Array(5_000).fill(65), "b.png": new Uint8Array(5_000).fill(65) });
    // The first claims to reach into the second.
    const longer = patched(patched(two, CENTRAL, 0, 20, 5_100, 4), CENTRAL, 0, 24, 5_100, 4);
    expect(await codeOf(longer)).toBe("snapshot-zip-damaged");
    // The second claims to be the first.
    expect(await codeOf(patched(two, CENTRAL, 1, 42, 0, 4))).toBe("snapshot-zip-damaged");
  });

  it("[S1] reads and writes an archive of many megabytes without holding it", async () => {
    const piece = new Uint8Array(4_000_000).map((_, i) => (i * 2_654_435_761) >>> 13);
    const kept: Uint8Array[] = [];
    let most = 0;
    const zip = new ZipWriter((bytes) => {
      most = Math.max(most, bytes.length);
      kept.push(bytes.slice());
      return Promise.resolve();
    });
    for (const path of ["a.bin", "b.png"]) await zip.add(path, piece);
    await zip.finish();
    const whole = Buffer.concat(kept);
    expect(zip.size).toBe(whole.length);
    expect(most).toBeLessThan(1_100_000);
    let asked = 0;
    const opened = await openZip({
      size: whole.length,
      read: (from, to) => {
        asked = Math.max(asked, to - from);
        return Promise.resolve(new Uint8Array(whole.subarray(from, to)));
      },
    });
    if (!opened.ok) throw new Error(opened.error.code);
    for (const path of opened.value.paths) {
      const hash = createHash("sha256");
      expect(await opened.value.each(path, (bytes) => Promise.resolve(hash.update(bytes) === hash))).toBe(true);
      expect(hash.digest("hex")).toBe(createHash("sha256").update(piece).digest("hex"));
    }
    expect(asked).toBeLessThanOrEqual(1_048_576);
  });

  it("[S7] says that the file is cut off where it cannot be read any more", async () => {
    const gone = {
      size: small.length,
      read: (from: number, to: number) => Promise.resolve(to - from > 4 ? undefined : small.subarray(from, to)),
    };
    expect(await openZip(gone)).toMatchObject({ ok: false, error: { code: "snapshot-truncated" } });
  });

  it("[S8] gives no contents where they were damaged", async () => {
    const at = small.indexOf(102); // the f of 'first', stored or packed
    const opened = await open(small.map((b, i) => (i > 30 && i === Math.max(at, 36) ? b ^ 4 : b)));
    expect(opened.ok && (await opened.value.read("a.txt"))).toBeUndefined();
  });

  it("[S1] never throws at bytes that somebody made up", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { maxLength: 6 }), async (edits) => {
        const bytes = small.slice();
        for (const [at, value] of edits) bytes[at] = value;
        const opened = await open(bytes);
        if (opened.ok) for (const path of opened.value.paths) await opened.value.read(path);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

describe("the place of an attachment", () => {
  it("[S1][S30][S37] is safe to unpack anywhere, whatever it was called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (name) => {
        expect(isSafePath(filePath("ab".repeat(32) as Hex32, name))).toBe(true);
      }),
      { seed: 5, numRuns: 500 },
    );
    expect(filePath("ab".repeat(32) as Hex32, "../Quittung März.PDF")).toBe("data/files/abababababababab-Quittung-Marz.pdf");
    const called = (name: string): string => filePath("ab".repeat(32) as Hex32, name).slice("data/files/abababababababab-".length);
    const names = ["run.exe", 'note "Tom".png', ".hidden", "日本語.jpg", "a...b.Tar.gz", "", "-x-.pdf", `${"long".repeat(20)}.txt`];
    const paths = ["run.bin", "note-Tom.png", "hidden.bin", "file.jpg", "a.b.Tar.bin", "file.bin", "x.pdf", `${"long".repeat(10)}.txt`];
    expect(names.map(called)).toEqual(paths);
  });
});
