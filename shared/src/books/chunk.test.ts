import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import fc from "fast-check";
import { initAutomergeNode } from "../../node/automerge.ts";
import { AT, Desk, devices, factsOf, MESSAGES, newThread, raw, signed } from "../../test/book.ts";
import { toHex } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { changeHash, parseChange } from "./chunk.ts";
import { formatCheckpointField, parseCheckpointField } from "./checkpoint-field.ts";
import { isBookAhead, isBookName, periodOf, periodStart } from "./names.ts";
import { EMPTY_PAST, inPast, pastOf, type Past } from "./past.ts";
import { REASONS } from "../base/reasons.ts";

// Thousands of changes are decoded here.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

describe("a change's bytes", () => {
  it("[X2] every single-bit change of every byte is refused, or is another change that the signature does not cover", () => {
    const desk = new Desk(devices().alicePhone, MESSAGES);
    const { bytes, signature } = desk.draft({ record: desk.recordId(), fields: newThread("Can you take Friday?") });
    const facts = factsOf(MESSAGES);
    expect(facts.verify(changeHash(bytes), signature, desk.device.id)).toBe(true);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes, (b, i) => (i === bit >>> 3 ? b ^ (1 << (bit & 7)) : b));
      // The checksum alone finds every one of them: it is part of the hash that was signed.
      expect(parseChange(flipped).ok, `bit ${String(bit)}`).toBe(false);
      if (bit >= 64) expect(changeHash(flipped)).not.toBe(changeHash(bytes));
    }
    desk.free();
  });

  it("[X2] a bit changed under a checksum that was made right again is still no change that anybody signed", () => {
    const { alicePhone } = devices();
    const { bytes, signature } = signed(alicePhone, MESSAGES, raw(alicePhone, {}));
    const facts = factsOf(MESSAGES);
    let canonical = 0;
    for (let bit = 72; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes, (b, i) => (i === bit >>> 3 ? b ^ (1 << (bit & 7)) : b));
      const hash = changeHash(flipped);
      flipped.set(
        Uint8Array.from(hash.slice(0, 8).match(/../g) ?? [], (h) => Number.parseInt(h, 16)),
        4,
      );
      if (!parseChange(flipped).ok) continue;
      canonical++;
      expect(facts.verify(hash, signature, alicePhone.id)).toBe(false);
    }
    expect(canonical).toBeGreaterThan(0);
  });

  it("[X2] reading never throws, whatever the bytes", () => {
    const { alicePhone } = devices();
    const good = raw(alicePhone, {});
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(good.length), (noise, at) => {
        parseChange(noise);
        const mixed = Uint8Array.from([...good.subarray(0, at), ...noise]);
        return !parseChange(mixed).ok || toHex(mixed) === toHex(good);
      }),
      { seed: 20260301, numRuns: 300 },
    );
  });

  it("[E2] a change of more than 65,536 bytes is refused unread", () => {
    expect(parseChange(new Uint8Array(65_537))).toMatchObject({ error: { code: "change-size" } });
  });
});

describe("the checkpoint field", () => {
  it("[L6] comes back as it was written, and nothing else is read as one", () => {
    const { alicePhone } = devices();
    const parsed = parseChange(raw(alicePhone, {}));
    const field = parsed.ok ? parseCheckpointField(parsed.value.message) : undefined;
    expect(field?.ok === true && parsed.ok && formatCheckpointField(field.value) === parsed.value.message).toBe(true);
    for (const text of [null, "", "cs1.", "cs2.AAAA", "cs1.====", formatCheckpointFieldOf(parsed) + "A"]) {
      expect(parseCheckpointField(text).ok).toBe(false);
    }
  });
});

const formatCheckpointFieldOf = (parsed: ReturnType<typeof parseChange>): string => (parsed.ok ? (parsed.value.message ?? "") : "");

describe("a book's name", () => {
  it("[L9] follows the author's clock in UTC, by month, by year or not at all", () => {
    const late = Date.UTC(2026, 11, 31, 23, 59, 59, 999);
    expect([periodOf("messages", late), periodOf("expenses", late), periodOf("household", late)]).toEqual(["2026-12", "2026", "all"]);
    expect(periodOf("messages", late + 1)).toBe("2027-01");
    expect([periodStart("2026-03"), periodStart("2026"), periodStart("all")]).toEqual([Date.UTC(2026, 2), Date.UTC(2026, 0), 0]);
    for (const period of ["2026-13", "2026-00", "26-01", "all ", "2026-03-01", ""]) expect(periodStart(period)).toBeUndefined();
    for (const period of ["2026", "all", "2026-1"]) expect(isBookName({ channel: "messages", period, shard: 0 })).toBe(false);
    expect(isBookName({ channel: "messages", period: "2026-03", shard: 1 })).toBe(false);
    expect(isBookAhead({ channel: "household", period: "all", shard: 0 }, AT)).toBe(false);
  });
});

describe("the causal past", () => {
  it("[X3] is the set of everything below, however the changes are built on each other", () => {
    // Each change is built on a few earlier ones, picked by their distance.
    const graph = fc.array(fc.array(fc.nat(90), { maxLength: 4 }), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(graph, (links) => {
        const pasts: Past[] = [];
        const sets: Set<number>[] = [];
        links.forEach((distances, i) => {
          const deps = distances.map((n) => i - 1 - n).filter((at) => at >= 0);
          pasts.push(pastOf(deps.map((position) => ({ position, past: pasts[position] ?? EMPTY_PAST }))));
          sets.push(new Set(deps.flatMap((at) => [at, ...(sets[at] ?? [])])));
        });
        return pasts.every((past, i) => links.every((_, at) => inPast(past, at) === (sets[i]?.has(at) ?? false)));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe("reasons", () => {
  it("[X3] each has its sentence in docs/reasons.md, and no other stands there", async () => {
    const text = await readFile(fileURLToPath(new URL("../../../docs/reasons.md", import.meta.url).href), "utf8");
    const listed = [...text.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)];
    expect(listed.map((m) => m[1]).sort()).toEqual([...REASONS].sort());
    for (const [, , sentence] of listed) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});
