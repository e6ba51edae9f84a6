import { beforeAll, describe, expect, test } from "vitest";
import { fromHex } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { parseSigned } from "./codec.ts";
import { extendCharter, foundCharter } from "./evaluate.ts";
import { currentEpoch, levelAt, parentsOf, readersOf } from "./query.ts";
import type { Charter } from "./state.ts";
import vectors from "./vectors/charter.json" with { type: "json" };

beforeAll(initCrypto);

describe("the published life of a household", () => {
  test("[C6] every statement gets its verdict, and the charter says what the file says", () => {
    let charter: Charter | undefined;
    for (const c of vectors.cases) {
      const at = { seq: c.seq, time: c.time };
      const parsed = parseSigned(fromHex(c.bytes) ?? new Uint8Array());
      if (!parsed.ok) {
        expect([c.name, parsed.error.code]).toEqual([c.name, c.verdict]);
        continue;
      }
      expect(parsed.value.id).toBe(c.id);
      const judged = charter === undefined ? foundCharter(parsed.value, at) : extendCharter(charter, parsed.value, at);
      expect([c.name, judged.ok ? "ok" : judged.error.code]).toEqual([c.name, c.verdict]);
      if (!judged.ok) continue;
      charter = judged.value;
      const next = { seq: c.seq + 1, time: c.time };
      expect({
        parents: parentsOf(charter, next).map((m) => m.id),
        readers: readersOf(charter, "messages", next).map((r) => r.id),
        epoch: currentEpoch(charter, "messages")?.epoch ?? null,
        level: levelAt(charter, next),
      }).toEqual(c.after);
    }
    expect(charter?.log).toBe(vectors.log);
    expect(vectors.cases.length).toBeGreaterThan(30);
  });
});
