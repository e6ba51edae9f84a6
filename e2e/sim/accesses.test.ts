import { describe, expect, test } from "vitest";
import { twoParents } from "./family.ts";
import { PASSPHRASE, World } from "./world.ts";

describe("what a person opened and took out", () => {
  test("[R7] stands in their own history, once a day, and in nobody else's; no other byte of the household tells of it", async () => {
    const world = await World.make();
    const log = await twoParents(world);
    const ana = world.device("ana");
    const ben = world.device("ben");
    ana.kill();
    await ana.boot();
    ana.kill();
    const a = await ana.boot();
    const size = (): number => a.core.logs.get(log)?.session.state.tail.size ?? 0;
    const before = size();
    const own = (): ReturnType<typeof a.history> => a.history(log, { types: ["own"] }, 0, 10);
    await world.time.until(async () => (await own()).total > 0);
    const csv = await world.get(a.exportHistory(log, { kinds: ["message"] }, undefined, "csv"));
    await world.time.until(async () => (await own()).total === 2);
    const { rows } = await own();
    expect(rows.map((r) => r.what)).toEqual(["access.history-csv", "access.opened"]);
    const detail = await a.historyDetail(log, rows[0]?.id ?? "");
    expect(detail?.own?.size).toBe(csv.bytes.length);
    expect(detail?.own?.scope).toBe('{"filter":{"kinds":["message"]}}');
    expect((await a.history(log, { types: ["act"] }, 0, 50)).rows.filter((r) => r.what.startsWith("access"))).toEqual([]);
    // The table that leaves the app says nothing of it unless it is asked for.
    const all = await world.get(a.exportHistory(log, {}, undefined, "csv"));
    expect(new TextDecoder().decode(all.bytes)).not.toContain("access");
    expect((await ben.replica.history(log, { types: ["own"] }, 0, 10)).total).toBe(0);
    expect(size()).toBe(before);
    // Another day, another line.
    await world.time.pass(26 * 3_600_000);
    await a.lock();
    await world.get(a.unlock(PASSPHRASE));
    await world.time.until(async () => (await own()).rows.filter((r) => r.what === "access.opened").length === 2);
    await world.close();
  });
});
