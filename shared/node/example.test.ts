import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { EXAMPLE, walk } from "../test/example.ts";
import { unpack } from "../test/bundle.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { verifySnapshot } from "../src/snapshot/verify.ts";
import { initAutomergeNode } from "./automerge.ts";

const file = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(name, EXAMPLE)));

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

describe("the example in docs/example, made by an earlier version of the program", () => {
  it.each(["whole", "part"])("[S1] %s.zip still holds: nothing in it failed", async (name) => {
    const read = await verifySnapshot(await file(`${name}.zip`));
    if (!read.ok) throw new Error(read.error.code);
    const { unchanged, complete, keys } = read.value.verdict;
    expect([unchanged, complete, keys].flatMap((part) => part.checks).filter((check) => check.state === "failed")).toEqual([]);
  });

  it.each(["whole", "part"])("[S1] what stands in %s.zip, step by step, is what the JSON beside it says", async (name) => {
    const expected: unknown = JSON.parse(new TextDecoder().decode(await file(`${name}.json`)));
    expect(await walk(await unpack(await file(`${name}.zip`)))).toEqual(expected);
  });

  it("[S10] the whole one has a countersignature, a time stamp and an anchor; the part says what it leaves out", async () => {
    const whole = await verifySnapshot(await file("whole.zip"));
    const part = await verifySnapshot(await file("part.zip"));
    if (!whole.ok || !part.ok) throw new Error("read");
    expect([whole.value.messages.length, whole.value.expenses.length]).toEqual([2, 1]);
    expect([part.value.messages.length, part.value.expenses.length]).toEqual([0, 1]);
    expect(whole.value.verdict.facts).toMatchObject({ stampedBy: "Example TSA" });
    expect(whole.value.verdict.keys.checks.map((check) => check.key)).toContain("countersigned");
    expect(part.value.verdict.complete.state).toBe("remarks");
  });
});
