import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { filesOf, unpack, type Bundle } from "../../test/bundle.ts";
import { allOf } from "./rows.ts";
import { HOUSEHOLD_ZONE, makeHousehold } from "../../test/household.ts";
import { initCrypto } from "../crypto/init.ts";
import { sampleOf } from "../sample/sample.ts";
import { sourceOf } from "../sample/source.ts";
import { hashOf } from "./bag.ts";
import { PATH } from "./paths.ts";
import { openProof } from "./proof.ts";
import { SameFiles } from "./same-files.ts";
import { writeSnapshot } from "./write.ts";

let bundle: Bundle;
let later: Bundle;

beforeAll(async () => {
  await Promise.all([initCrypto(), initAutomergeNode()]);
  const house = makeHousehold();
  const written = async (at: number): Promise<Bundle> => {
    const scope = { threads: "all", expenses: "all", settlement: "include", files: true } as const;
    const made = await writeSnapshot({ ...sourceOf(sampleOf(house.family, HOUSEHOLD_ZONE)), exported: at }, scope);
    if (!made.ok) throw new Error(made.error.code);
    return unpack(made.value.bytes);
  };
  bundle = await written(1_780_000_000_000);
  house.family.send(house.family.a, { at: (house.family.now += 60_000) - 2_000, subject: "Late", text: "One more." });
  later = await written(1_790_000_000_000);
}, 60_000);

describe("a file that is another when it is read again", () => {
  it("[S1] reads as damaged, whether it was read whole or gone through before", async () => {
    const now = new Map(bundle);
    const zip = new SameFiles(filesOf(now));
    zip.know(new Map([[PATH.statement, hashOf(bundle.get(PATH.statement) ?? new Uint8Array())]]));
    expect(await zip.read(PATH.manifest)).toEqual(bundle.get(PATH.manifest));
    for (const path of [PATH.manifest, PATH.statement]) now.set(path, later.get(path) ?? new Uint8Array());
    expect(await zip.read(PATH.manifest)).toBeUndefined();
    expect(await zip.read(PATH.statement)).toBeUndefined();
    for (const path of [PATH.manifest, PATH.statement]) now.set(path, bundle.get(path) ?? new Uint8Array());
    expect(await zip.read(PATH.manifest)).toEqual(bundle.get(PATH.manifest));
    expect(await zip.read(PATH.statement)).toEqual(bundle.get(PATH.statement));
  });

  it("[S1] no part of a proof is taken from another file than the one that was held against the lists", async () => {
    const hashes = new Map([...bundle].map(([path, bytes]) => [path, hashOf(bytes)]));
    const faultWith = async (changed: Bundle): Promise<string | undefined> => {
      const zip = new SameFiles(filesOf(changed));
      zip.know(hashes);
      const opened = await openProof(zip, hashes);
      if (!opened.ok) return opened.error.detail;
      const { headers, rows, notes } = opened.value.proof;
      for (const each of [headers, rows, notes]) await allOf<unknown>(each);
      return opened.value.fault(true);
    };
    expect(await faultWith(bundle)).toBeUndefined();
    for (const path of [PATH.statement, PATH.headers, PATH.changes, PATH.notes, PATH.checkpoint]) {
      const other = later.get(path);
      if (!other) throw new Error("both have it");
      expect(await faultWith(new Map([...bundle, [path, other]]))).toBe(path);
    }
  });
});
