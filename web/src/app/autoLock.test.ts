import { ok } from "@countersign/shared/base/result";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import type { VaultView } from "@countersign/shared/replica/vault-view";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DraftKeeper } from "../engine/draft.ts";
import { watchIdle } from "./autoLock.ts";

const MINUTE = 60_000;
const MINUTES = 10;

/** The one engine of all pages of a device. */
class Engine {
  vault: Pick<VaultView, "state" | "activeAt" | "working"> = { state: "open", activeAt: 0, working: false };
  readonly drafts = new Map<string, string>();
  readonly api = {
    vault: () => Promise.resolve(this.vault as VaultView),
    active: (activeAt: number) => {
      this.vault = { ...this.vault, activeAt };
      return Promise.resolve();
    },
    lock: () => {
      this.vault = { ...this.vault, state: "locked" };
      return Promise.resolve();
    },
    saveDraft: (key: string, text: string) => {
      // A vault that is locked takes no draft.
      if (this.vault.state === "open") this.drafts.set(key, text);
      return Promise.resolve(ok(undefined));
    },
  } as Pick<ReplicaApi, "vault" | "active" | "lock" | "saveDraft"> as ReplicaApi;
}

const stops: (() => void)[] = [];

function watched(engine = new Engine(), minutes = MINUTES): Engine {
  stops.push(watchIdle(engine.api, minutes));
  return engine;
}

const pass = (minutes: number): Promise<unknown> => vi.advanceTimersByTimeAsync(minutes * MINUTE);
/** The machine sleeps: the clock on the wall goes on, timers stand still. */
const sleep = (minutes: number): unknown => vi.setSystemTime(Date.now() + minutes * MINUTE);
const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const press = (): boolean => dispatchEvent(new Event("keydown"));
const point = (screenX: number): boolean => dispatchEvent(Object.assign(new Event("pointermove"), { screenX, screenY: 5 }));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
});

describe("the lock that comes by itself", () => {
  it("[auto-lock] comes after the minutes that were set, and not before", async () => {
    const engine = watched();
    await pass(MINUTES - 0.2);
    expect(engine.vault.state).toBe("open");
    await pass(0.3);
    expect(engine.vault.state).toBe("locked");
  });

  it.each(["pointerdown", "keydown", "input", "wheel", "touchstart", "touchmove"])("[auto-lock] %s puts it off", async (type) => {
    const engine = watched();
    await pass(MINUTES - 1);
    dispatchEvent(new Event(type));
    await pass(MINUTES - 1);
    expect(engine.vault.state).toBe("open");
    await pass(1.1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] a pointer that moves puts it off; one that rests over a page that moves does not, nor does a list that grows", async () => {
    const engine = watched();
    point(1);
    await pass(MINUTES - 1);
    point(2);
    await pass(MINUTES - 1);
    expect(engine.vault.state).toBe("open");
    point(2);
    dispatchEvent(new Event("scroll"));
    await pass(1.1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] what is done in another page puts it off in this one", async () => {
    const engine = watched();
    await pass(MINUTES - 1);
    await engine.api.active(Date.now());
    await pass(MINUTES - 1);
    expect(engine.vault.state).toBe("open");
    await pass(1.1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] other pages hear of what is done here, once a second at most", async () => {
    const engine = new Engine();
    const told = vi.spyOn(engine.api, "active");
    watched(engine);
    await pass(1);
    told.mockClear();
    for (let i = 0; i < 50; i++) press();
    await vi.advanceTimersByTimeAsync(1_000);
    press();
    expect(told.mock.calls.map(([at]) => Date.now() - at)).toEqual([1_000, 0]);
  });

  it.each([
    ["comes back to sight", () => document.dispatchEvent(new Event("visibilitychange"))],
    ["gets the focus", () => dispatchEvent(new Event("focus"))],
    ["is shown again", () => dispatchEvent(new Event("pageshow"))],
    ["is touched, which comes too late to keep it open", press],
  ])("[auto-lock] after a sleep it comes at once when the page %s", async (_when, back) => {
    const engine = watched();
    await pass(1);
    sleep(MINUTES);
    back();
    await settled();
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] after a sleep it comes with the next look where the page was in sight all the time", async () => {
    const engine = watched();
    sleep(MINUTES);
    await pass(0.1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] a page that slept hears first what was done in another meanwhile", async () => {
    const engine = watched();
    sleep(MINUTES);
    await engine.api.active(Date.now() - MINUTE);
    dispatchEvent(new Event("focus"));
    await settled();
    expect(engine.vault.state).toBe("open");
    await pass(MINUTES - 1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] a clock that is set back puts it off by the minutes that were set, no more", async () => {
    const engine = watched();
    await pass(1);
    sleep(-600);
    await pass(MINUTES + 0.2);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] waits for work that must not be cut, and comes when it is done", async () => {
    const engine = watched();
    engine.vault = { ...engine.vault, working: true };
    await pass(3 * MINUTES);
    expect(engine.vault.state).toBe("open");
    engine.vault = { ...engine.vault, working: false };
    await pass(0.1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] whoever comes back while the work goes on is not locked out with its end", async () => {
    const engine = watched();
    engine.vault = { ...engine.vault, working: true };
    await pass(3 * MINUTES);
    press();
    await settled();
    engine.vault = { ...engine.vault, working: false };
    await pass(MINUTES - 1);
    expect(engine.vault.state).toBe("open");
    await pass(1.1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] keeps what was typed up to then", async () => {
    const engine = watched();
    await pass(1);
    new DraftKeeper(engine.api, "a", () => undefined).write("Half a sent");
    sleep(MINUTES);
    dispatchEvent(new Event("focus"));
    await settled();
    expect(engine.vault.state).toBe("locked");
    expect(engine.drafts.get("a")).toBe("Half a sent");
  });

  it("[auto-lock] an engine that does not answer is asked again", async () => {
    const engine = watched();
    const broken = vi.spyOn(engine.api, "vault").mockRejectedValue(new Error("the tab that was doing this was closed"));
    await pass(MINUTES + 1);
    broken.mockRestore();
    await pass(0.1);
    expect(engine.vault.state).toBe("locked");
  });

  it("[auto-lock] a page that watches no more locks nothing", async () => {
    const engine = new Engine();
    watchIdle(engine.api, MINUTES)();
    await pass(2 * MINUTES);
    dispatchEvent(new Event("focus"));
    press();
    await settled();
    expect(engine.vault.state).toBe("open");
  });

  it("[auto-lock] the desktop app locks when the computer goes to sleep, and not while work is under way", async () => {
    let leave = (): void => undefined;
    const stay = vi.fn();
    vi.stubGlobal("countersignDesktop", {
      away: (listener: () => void) => {
        leave = listener;
        return stay;
      },
    });
    const engine = new Engine();
    const stop = watchIdle(engine.api, MINUTES);
    vi.unstubAllGlobals();
    engine.vault = { ...engine.vault, working: true };
    leave();
    await settled();
    expect(engine.vault.state).toBe("open");
    engine.vault = { ...engine.vault, working: false };
    leave();
    await settled();
    expect(engine.vault.state).toBe("locked");
    stop();
    expect(stay).toHaveBeenCalledOnce();
  });
});
