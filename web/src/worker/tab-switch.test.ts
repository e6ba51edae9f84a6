import { describe, expect, test } from "vitest";
import type { BetweenTabs, FromWorker, Method } from "./protocol.ts";
import { TabSwitch, type Engine } from "./tab-switch.ts";

/** Tabs whose workers hear each other a moment later, as a BroadcastChannel does it. */
function browser() {
  const tabs = new Map<string, { tab: TabSwitch; page: FromWorker[] }>();
  const open = (me: string) => {
    const page: FromWorker[] = [];
    const post = (message: BetweenTabs): void => {
      queueMicrotask(() => {
        for (const [name, other] of tabs) if (name !== me) other.tab.fromTab(message);
      });
    };
    const tab = new TabSwitch({ me, post, toPage: (m) => page.push(m) });
    tabs.set(me, { tab, page });
    return { tab, page };
  };
  return { open, close: (me: string) => tabs.delete(me) };
}

const engine = (name: string): Engine => ({
  run: (call) => Promise.resolve({ type: "reply", id: call.id, value: `${name}:${call.method}` }),
});
const stuck: Engine = { run: () => new Promise(() => undefined) };
const call = (id: number, method: Method) => ({ type: "call" as const, id, method, args: [] });
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe("one engine over all tabs", () => {
  test("a second tab's calls are answered by the first tab's engine", async () => {
    const b = browser();
    const one = b.open("one");
    one.tab.lead(engine("one"));
    const two = b.open("two");
    two.tab.fromPage(call(1, "vault"));
    await settle();
    expect(two.page).toEqual([{ type: "reply", id: 1, value: "one:vault" }]);
    expect(one.page).toEqual([]);
  });

  test("calls from before any engine runs wait for it, writes too", async () => {
    const b = browser();
    const one = b.open("one");
    one.tab.fromPage(call(1, "vault"));
    one.tab.fromPage(call(2, "sendMessage"));
    await settle();
    expect(one.page).toEqual([]);
    one.tab.lead(engine("one"));
    await settle();
    expect(one.page.map((m) => m.type === "reply" && m.value)).toEqual(["one:vault", "one:sendMessage"]);
  });

  test("when the engine's tab goes, reads are asked again and writes are told", async () => {
    const b = browser();
    const one = b.open("one");
    one.tab.lead(stuck);
    const two = b.open("two");
    two.tab.fromPage(call(1, "threads"));
    two.tab.fromPage(call(2, "sendMessage"));
    await settle();
    b.close("one");
    two.tab.lead(engine("two"));
    await settle();
    expect(two.page).toContainEqual({ type: "reply", id: 1, value: "two:threads" });
    expect(two.page).toContainEqual(expect.objectContaining({ type: "broken", id: 2 }));
    expect(two.page).toContainEqual({ type: "patch", patch: { topic: "vault" } });
  });

  test("a third tab asking where the engine is breaks nothing of the second's", async () => {
    const b = browser();
    const one = b.open("one");
    one.tab.lead(stuck);
    const two = b.open("two");
    two.tab.fromPage(call(2, "sendMessage"));
    b.open("three");
    await settle();
    expect(two.page).toEqual([]);
  });

  test("patches reach every page", async () => {
    const b = browser();
    const one = b.open("one");
    one.tab.lead(engine("one"));
    const two = b.open("two");
    one.tab.patch({ topic: "households" });
    await settle();
    expect(one.page).toEqual([{ type: "patch", patch: { topic: "households" } }]);
    expect(two.page).toEqual([{ type: "patch", patch: { topic: "households" } }]);
  });

  test("a name that is no call is refused", () => {
    const one = browser().open("one");
    one.tab.lead(engine("one"));
    one.tab.fromPage(call(1, "constructor" as Method));
    expect(one.page).toEqual([{ type: "broken", id: 1, why: "unknown call" }]);
  });
});
