import { describe, expect, test } from "vitest";
import { linkSecond, twoParents } from "./family.ts";
import { PASSPHRASE, World } from "./world.ts";

const DAY = 86_400_000;

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
    expect(await a.exportHistory(log, {}, "not the passphrase 12", undefined, "csv")).toMatchObject({
      error: { code: "passphrase-wrong" },
    });
    const csv = await world.get(a.exportHistory(log, { kinds: ["message"] }, PASSPHRASE, undefined, "csv"));
    await world.time.until(async () => (await own()).total === 2);
    const { rows } = await own();
    expect(rows.map((r) => r.what)).toEqual(["access.history-csv", "access.opened"]);
    const detail = await a.historyDetail(log, rows[0]?.id ?? "");
    expect(detail?.own?.size).toBe(csv.bytes.length);
    expect(detail?.own?.scope).toBe('{"filter":{"kinds":["message"]}}');
    expect((await a.history(log, { types: ["act"] }, 0, 50)).rows.filter((r) => r.what.startsWith("access"))).toEqual([]);
    // The table that leaves the app says nothing of it unless it is asked for.
    const all = await world.get(a.exportHistory(log, {}, PASSPHRASE, undefined, "csv"));
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

  test("[R7] exports and changed passphrases show on all devices of their person, this one too, for as long as is asked, and on nobody else's", async () => {
    const world = await World.make(2);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const tablet = await linkSecond(world, ana, "ana2");
    const shown = async (device: typeof ana, ago = 7 * DAY): Promise<unknown> =>
      (await device.replica.accesses(world.time.now() - ago)).map(({ what, me, name }) => [what, me, name]);
    expect(await shown(ana)).toEqual([]);
    // A clock that was turned back does not hide it.
    tablet.skew = -30 * DAY;
    await world.get(tablet.replica.changePassphrase(PASSPHRASE, "another passphrase 77"));
    await world.time.until(async () => (await ana.replica.accesses(world.time.now() - DAY)).length === 1);
    await world.time.pass(60_000);
    await world.get(ana.replica.exportHistory(log, {}, PASSPHRASE, undefined, "csv"));
    await world.time.until(async () => (await tablet.replica.accesses(world.time.now() - DAY)).length === 2);
    expect(await shown(ana)).toEqual([
      ["history-csv", true, expect.any(String)],
      ["passphrase", false, "ana2"],
    ]);
    expect(await shown(tablet)).toEqual([
      ["history-csv", false, expect.any(String)],
      ["passphrase", true, "ana2"],
    ]);
    expect(await shown(world.device("ben"))).toEqual([]);
    // A wrong passphrase changes nothing, and what is older than was asked is history.
    expect((await ana.replica.changePassphrase("not the passphrase 12", "one that is never set")).ok).toBe(false);
    expect(await shown(ana)).toHaveLength(2);
    await world.time.pass(DAY / 12);
    expect(await shown(ana, DAY / 24)).toEqual([]);
    await world.close();
  });
});
