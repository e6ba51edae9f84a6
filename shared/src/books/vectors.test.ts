import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as A from "@automerge/automerge/slim";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { initAutomergeNode } from "../../node/automerge.ts";
import { AT, carrierOf, factsOf, LOG, MESSAGES, memberOf, told } from "../../test/book.ts";
import { fromHex, toHex } from "../base/bytes.ts";
import type { ChangeHash, DeviceId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { admitChanges, emptyDoc, freeDoc, holds } from "./admit.ts";
import { takeEntries, provisionalCarrier, type Carried } from "./book.ts";
import { changeHash } from "./chunk.ts";
import { GENESIS_HASH } from "./genesis.ts";
import { judgeEntry } from "./judge.ts";
import { bookId } from "./names.ts";
import { BookState } from "./state.ts";

const fileSchema = z.object({
  log: z.string(),
  bookId: z.string(),
  time: z.number(),
  members: z.record(z.string(), z.array(z.string())),
  cases: z.array(
    z.object({
      name: z.string(),
      rule: z.string(),
      entries: z.array(z.object({ pusher: z.string(), changes: z.array(z.object({ c: z.string(), s: z.string() })) })),
      verdicts: z.array(z.object({ hash: z.string(), verdict: z.string() })),
    }),
  ),
});

const bytesOf = (hex: string): Uint8Array => {
  const bytes = fromHex(hex);
  if (!bytes) throw new Error("not hex");
  return bytes;
};

const text = await readFile(fileURLToPath(new URL("./vectors/changes.json", import.meta.url).href), "utf8");
const { cases, ...head } = fileSchema.parse(JSON.parse(text));

const carried = (c: (typeof cases)[number]): Carried[] =>
  c.entries.map((e, i) => ({
    carrier: carrierOf(e.pusher as DeviceId, i),
    changes: e.changes.map((x) => ({ bytes: bytesOf(x.c), signature: bytesOf(x.s) })),
  }));

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

describe("published changes", () => {
  it("[X1] are of the book and the people that these tests use", () => {
    expect([head.log, head.bookId, head.time]).toEqual([LOG, bookId(LOG, MESSAGES), AT]);
    for (const [member, keys] of Object.entries(head.members))
      expect(keys.map((k) => memberOf(k as DeviceId))).toEqual(keys.map(() => member));
  });

  it.each(cases)("[$rule] $name", (c) => {
    const state = new BookState(LOG, MESSAGES);
    const verdicts = carried(c).flatMap((e) => judgeEntry(state, e.carrier, e.changes, factsOf(MESSAGES)));
    expect(verdicts.map((v) => ({ hash: v.hash, verdict: told(v) }))).toEqual(c.verdicts);
  });

  it("[X3] have the same verdicts in one batch, and leave a document that loads", () => {
    const own = provisionalCarrier({ time: AT, pusher: (cases[0]?.entries[0]?.pusher ?? "") as DeviceId, level: 1 });
    for (const c of cases) {
      const state = new BookState(LOG, MESSAGES);
      const taken = takeEntries({ logged: state, own: [], state, doc: emptyDoc() }, carried(c), factsOf(MESSAGES), own);
      expect(taken.verdicts.map((v) => ({ hash: v.hash, verdict: told(v) }))).toEqual(c.verdicts);
      const loaded = A.load(A.save(taken.book.doc));
      expect([...A.getHeads(loaded)].sort()).toEqual(taken.book.state.heads);
      A.free(loaded);
      freeDoc(taken.book.doc);
    }
  });
});

/** Shapes that Automerge 3.5 takes in, or panics over, and would never load again. */
const POISON = [
  "an operation on an object that never was",
  "an insertion after a list element that never was",
  "a predecessor that never was",
  "deleting what never was",
  "operation ids used again by the actor's next change",
  "an actor's second change that is not built on its first",
  "startOp below the dependencies' highest operation",
  "startOp 2^31",
];

describe("admission", () => {
  it.each(POISON)("[X9] keeps a document from harm even if a judge let it through: %s", (name) => {
    const c = cases.find((x) => x.name === name);
    const all = (c?.entries ?? []).flatMap((e) => e.changes.map((x) => bytesOf(x.c)));
    const [honest, ...hostile] = all as [Uint8Array, ...Uint8Array[]];
    const empty = emptyDoc();
    const doc = admitChanges(empty, [honest], [changeHash(honest)]);
    if (!doc) throw new Error("an honest change is admitted");
    const heads = A.getHeads(doc) as ChangeHash[];
    const before = toHex(A.save(doc));
    // Whatever heads it would claim: its own last change alone, or beside the honest one.
    const last = changeHash(hostile.at(-1) ?? honest);
    const tried = [[last], [last, ...heads], hostile.map(changeHash)].map((expected) => admitChanges(doc, hostile, expected));
    expect(tried).toEqual([undefined, undefined, undefined]);
    expect(toHex(A.save(doc))).toBe(before);
    expect(holds(doc, heads)).toBe(true);
    freeDoc(doc);
    freeDoc(empty);
  });

  it("[X4] does not leave a change in Automerge's queue of those that wait", () => {
    const c = cases.find((x) => x.name.startsWith("poison that waits"));
    const waiting = bytesOf(c?.entries[1]?.changes[0]?.c ?? "");
    const doc = emptyDoc();
    expect(admitChanges(doc, [waiting], [GENESIS_HASH])).toBeUndefined();
    freeDoc(doc);
  });
});
