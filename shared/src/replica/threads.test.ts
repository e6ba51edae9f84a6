import { beforeAll, expect, test, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { nodePorts } from "../../node/ports.ts";
import { initCrypto } from "../crypto/init.ts";
import { generateSample } from "../sample/sample.ts";
import type { MessageView } from "../views/record.ts";
import { openSampleReplica } from "./sample-mode.ts";

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

test("[L6b] threads and where their reading begins are what their messages say, now and at a moment", async () => {
  const sample = await generateSample({ years: 0.25, seed: 7 });
  if (!sample.ok) throw new Error("a sample");
  const opened = await openSampleReplica(sample.value, nodePorts);
  if (!opened.ok) throw new Error("an opened sample");
  const replica = opened.value;
  const { log, me } = sample.value;
  const whole = await replica.threads(log, 0, 200);
  expect(whole.total).toBeGreaterThan(3);
  const last = new Set<number>();
  for (const thread of whole.rows) {
    const { rows } = await replica.messages(log, thread.id, 0, 500);
    last.add(rows.length);
    expect(thread).toMatchObject({ count: rows.length, last: rows.at(-1)?.proof.claimed, lastAuthor: rows.at(-1)?.author });
    for (const [i, m] of rows.entries()) expect(await replica.readingStart(log, thread.id, m.id)).toBe(i);
    const isUnread = await unreadOf(rows);
    const first = rows.findIndex(isUnread);
    expect(thread.unread).toBe(rows.filter(isUnread).length);
    expect(await replica.readingStart(log, thread.id)).toBe(first >= 0 ? first : rows.length > 3 ? rows.length - 1 : undefined);
    // Having looked at one more moves it on.
    if (first >= 0 && rows[first]) {
      await replica.seen(log, rows[first].id);
      const next = rows.findIndex((m, i) => i !== first && isUnread(m));
      expect(await replica.readingStart(log, thread.id)).toBe(next >= 0 ? next : rows.length > 3 ? rows.length - 1 : undefined);
    }
    // At a moment nothing is unread, and what came later is not there.
    const [early] = rows;
    const at = early?.proof.notAfter;
    const then = await replica.messages(log, thread.id, 0, 500, at);
    expect(then.rows.map((m) => m.id)).toEqual(rows.filter((m) => (m.proof.notAfter ?? Infinity) <= (at ?? 0)).map((m) => m.id));
    expect(await replica.readingStart(log, thread.id, rows.at(-1)?.id, at)).toBe(
      then.rows.length === rows.length ? rows.length - 1 : undefined,
    );
  }
  expect(last.size).toBeGreaterThan(2);
  await replica.close();

  /** By what this person's devices told of having viewed. */
  async function unreadOf(rows: readonly MessageView[]): Promise<(m: MessageView) => boolean> {
    const session = replica.core.logs.get(log)?.session;
    const seen = new Set<string>();
    for (const { folded } of session?.index.all() ?? [])
      if (folded.kind === "view-receipt" && folded.first.member === me.member) seen.add(folded.message);
    const kept = (await replica.core.rows?.scan("secret", { from: `seen/${log}/`, to: `seen/${log}/\u007f` })) ?? [];
    for (const row of kept) seen.add(row.key.slice(`seen/${log}/`.length));
    return (m) => rows.includes(m) && m.author !== me.member && !seen.has(m.id);
  }
});
