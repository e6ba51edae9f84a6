import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { EXAMPLE, walk } from "../test/example.ts";
import { filesOf, unpack } from "../test/bundle.ts";
import { heldProof, type HeldProof } from "../test/held.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { parseSigned } from "../src/charter/codec.ts";
import { ENTRY_KIND, parseAuthorPart } from "../src/entry/header.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { parseChildren } from "../src/kinds/children.ts";
import { verifySnapshot } from "../src/snapshot/verify.ts";
import { initAutomergeNode } from "./automerge.ts";

const file = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(name, EXAMPLE)));

const EXAMPLES = ["whole", "part", "story", "story-part", "story-child"];
const proofOf = async (name: string): Promise<HeldProof> => heldProof(filesOf(await unpack(await file(`${name}.zip`))));

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

describe("the example in docs/example, made by an earlier version of the program", () => {
  it.each(EXAMPLES)("[S1] %s.zip still holds: nothing in it failed", async (name) => {
    const read = await verifySnapshot(await file(`${name}.zip`));
    if (!read.ok) throw new Error(read.error.code);
    const { unchanged, complete, keys } = read.value.verdict;
    expect([unchanged, complete, keys].flatMap((part) => part.checks).filter((check) => check.state === "failed")).toEqual([]);
  });

  it.each(EXAMPLES)("[S1] what stands in %s.zip, step by step, is what the JSON beside it says", async (name) => {
    const expected: unknown = JSON.parse(new TextDecoder().decode(await file(`${name}.json`)));
    expect(await walk(await unpack(await file(`${name}.zip`)))).toEqual(expected);
  });

  it("[S7] page one leads to the printed pages and the forms where there are any, and only there", async () => {
    const linksOf = async (name: string): Promise<readonly string[]> => {
      const files = await unpack(await file(`${name}.zip`));
      const page = new TextDecoder().decode(files.get("data/START-HERE.html") ?? new Uint8Array());
      const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, to = ""]) => to);
      expect(links.filter((to) => !files.has(`data/${to}`))).toEqual([]);
      return links;
    };
    const printed = ["START-HERE.pdf", "report/messages.pdf", "report/expenses.pdf", "report/history.pdf", "certificate.pdf"];
    expect(await linksOf("whole")).toEqual(["report/messages.html", "report/expenses.html", ...printed]);
    expect(await linksOf("part")).toEqual(["report/messages.html", "report/expenses.html"]);
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

  it("[C8][C9][L8][S25][R10] the story has a log that moved, a new phone by the sheet, a bundle, a change without its note, and three currencies", async () => {
    const story = await verifySnapshot(await file("story.zip"));
    if (!story.ok) throw new Error("read");
    const { verdict, setAside, expenses, messages } = story.value;
    expect(setAside.map((s) => s.reason)).toEqual(["change-checkpoint-missing"]);
    expect(verdict.complete.checks.find((c) => c.key === "notes-absent")?.values).toEqual({ count: 1, name: "Ben" });
    expect(expenses.map((e) => [e.currency, e.amount, e.state, e.crossed])).toEqual([
      ["EUR", 19_999, "withdrawn", true],
      ["JPY", 12_000, "submitted", false],
      ["KWD", 45_125, "approved", false],
      ["EUR", 1, "withdrawn", false],
    ]);
    expect(messages.map((m) => m.files.length)).toEqual([3, 0, 0, 0, 0]);
    const { headers, statements } = await proofOf("story");
    const kinds = headers.flatMap((h) => {
      const author = h instanceof Uint8Array ? undefined : parseAuthorPart(h.authorBytes);
      return author?.ok ? [author.value.kind] : [];
    });
    expect(kinds).toEqual(expect.arrayContaining([ENTRY_KIND.bundle, ENTRY_KIND.ack]));
    const types = statements.map((s) => {
      const signed = parseSigned(s);
      return signed.ok ? signed.value.statement.type : "";
    });
    expect(types).toEqual(expect.arrayContaining(["recover", "move-log", "consent"]));
    const csv = new TextDecoder().decode((await unpack(await file("story.zip"))).get(PATH.csvExpenses));
    expect(csv).toContain(`"'=HYPERLINK(""http://x.example"",""Refund"")"`);
  });

  it("[S45][L1c] one that is limited to a child shows whom what it leaves out names, and counts what names nobody", async () => {
    const read = await verifySnapshot(await file("story-child.zip"));
    if (!read.ok) throw new Error("read");
    const { verdict, threads, expenses } = read.value;
    expect([threads.map((t) => t.children), expenses.length]).toEqual([[["Leo", "=Mia"]], 0]);
    expect(verdict.complete.checks.find((c) => c.key === "by-child")?.values).toEqual({ children: "=Mia", count: 3 });
    const { rows } = await proofOf("story-child");
    const about = rows.flatMap((r) => r.items.flatMap((i) => (i.form === "tagged" && i.about ? [i.about] : [])));
    expect(about.map((a) => ("salt" in a ? parseChildren(a.children) : undefined))).toEqual([["Leo"]]);
    const csv = new TextDecoder().decode((await unpack(await file("story.zip"))).get(PATH.csvMessages));
    expect(csv).toContain(",'-2+3 days in the hills,Leo; '=Mia,");
  });

  it("[S23] its part leaves settlement talk out with a count, and says of a withdrawal that it did not know of the approval", async () => {
    const part = await verifySnapshot(await file("story-part.zip"));
    if (!part.ok) throw new Error("read");
    const { checks } = part.value.verdict.complete;
    expect(checks.find((c) => c.key === "settlement")?.values).toEqual({ author: "Ben", count: 1 });
    expect(checks.find((c) => c.key === "order-word")?.values).toEqual({ count: 1 });
    expect(part.value.expenses.map((e) => [e.state, e.crossed])).toEqual([["withdrawn", true]]);
    const { rows } = await proofOf("story-part");
    expect(rows.flatMap((r) => r.items.flatMap((i) => (i.form === "disclosed" ? i.unaware : [])))).toHaveLength(1);
  });
});
