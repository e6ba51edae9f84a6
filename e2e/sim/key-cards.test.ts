import { expect, test } from "vitest";
import { makeFamily, wakeAll } from "./family.ts";
import { logOf } from "./schedule.ts";
import { World } from "./world.ts";

test("[C2a] each parent's printed card is the other's check; a misread, a foreign and one's own card are told apart; the note stays with the method", async () => {
  const world = await World.from(await makeFamily(31), 1);
  await wakeAll(world);
  const [ana, ben] = [world.device("ana").replica, world.device("ben").replica];
  const log = logOf(world);
  const [anas, bensSeenByAna] = await world.get(ana.keyCards(log));
  const [bens] = await world.get(ben.keyCards(log));
  // Both devices of a parent are on the card, and both parents print the same.
  expect(anas?.devices).toBe(2);
  expect(bens?.text).toBe(bensSeenByAna?.text);
  const text = bens?.text ?? "";
  const check = (of: string) => world.get(ana.checkKeyCard(log, of));
  expect(await check(text)).toBe("match");
  expect(await check(text.replace(/(.{30})/g, "$1\n "))).toBe("match");
  expect(await check(anas?.text ?? "")).toBe("other-member");
  expect(await check(`${text.slice(0, 40)}${text[40] === "A" ? "B" : "A"}${text.slice(41)}`)).toBe("card-broken");
  expect(await check("hello")).toBe("card-not-card");
  await world.get(ana.attest(log, "cards"));
  await world.time.until(async () => {
    const home = (await ben.households()).find((h) => h.log === log);
    return home?.people.find((p) => p.me)?.compared?.method === "cards";
  });
  await world.close();
});
