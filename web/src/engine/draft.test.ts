import type { ReplicaApi } from "@countersign/shared/replica/api";
import { err, ok } from "@countersign/shared/base/result";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DraftKeeper, lockNow } from "./draft.ts";

function vault(state: { locked: boolean; texts: Map<string, string> }): ReplicaApi {
  const api: Pick<ReplicaApi, "draft" | "saveDraft"> = {
    draft: (key) => Promise.resolve(state.texts.get(key)),
    saveDraft: (key, text) => {
      if (state.locked) return Promise.resolve(err({ code: "locked" } as const));
      state.texts.set(key, text);
      return Promise.resolve(ok(undefined));
    },
  };
  return api as ReplicaApi;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a draft", () => {
  it("[drafts] is kept after a pause, the last text only", async () => {
    const state = { locked: false, texts: new Map<string, string>() };
    const keeper = new DraftKeeper(vault(state), "a", () => undefined);
    keeper.write("He");
    keeper.write("Hello");
    expect(state.texts.size).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(state.texts.get("a")).toBe("Hello");
  });

  it("[drafts] is kept at once when its screen closes", async () => {
    const state = { locked: false, texts: new Map<string, string>() };
    const keeper = new DraftKeeper(vault(state), "b", () => undefined);
    keeper.write("Half a sent");
    await keeper.flush();
    expect(state.texts.get("b")).toBe("Half a sent");
  });

  it("[drafts] is kept before a lock that follows the last letter at once", async () => {
    const state = { locked: false, texts: new Map<string, string>() };
    const api = { ...vault(state), lock: () => Promise.resolve(void (state.locked = true)) };
    new DraftKeeper(api, "d", () => undefined).write("to the last letter");
    await lockNow(api);
    expect(state.locked).toBe(true);
    expect(state.texts.get("d")).toBe("to the last letter");
  });

  it("[drafts] survives a lock that came before the last letters were saved", async () => {
    const state = { locked: true, texts: new Map([["c", "old"]]) };
    const told: boolean[] = [];
    const first = new DraftKeeper(vault(state), "c", (kept) => told.push(kept));
    first.write("old and new");
    await first.flush();
    expect(told).toEqual([false]);
    state.locked = false;
    const second = new DraftKeeper(vault(state), "c", () => undefined);
    expect(await second.load()).toBe("old and new");
    await second.flush();
    expect(state.texts.get("c")).toBe("old and new");
  });
});
