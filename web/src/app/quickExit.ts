import type { ReplicaApi } from "@countersign/shared/replica/api";
import { useEffect, useSyncExternalStore } from "react";
import { lockNow } from "../engine/draft.ts";

/** Kept outside the vault, since it must work before anything is unlocked. It says nothing about the record. */
const KEY = "quick-exit";
const ELSEWHERE = "https://www.bbc.com/weather";
const WINDOW = 5_000;

const listeners = new Set<() => void>();

export function quickExitOn(): boolean {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    // A browser that lets this site store nothing: it cannot have been switched on.
    return false;
  }
}

export function setQuickExit(on: boolean): void {
  if (on) localStorage.setItem(KEY, "on");
  else localStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export function useQuickExit(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, quickExitOn);
}

/** Covers the page at once, locks, and leaves for a page that says nothing. This entry of the history is replaced. */
export function leaveNow(api: ReplicaApi | undefined): void {
  const cover = document.createElement("div");
  cover.className = "cs-blank";
  document.body.append(cover);
  document.title = "";
  const go = (): void => {
    location.replace(ELSEWHERE);
  };
  // Leaving never waits for the lock: closing the page destroys the opened keys anyway.
  if (api !== undefined) void lockNow(api).catch(() => undefined);
  go();
}

/** Three presses of Shift alone within five seconds. */
export function countShift(): (event: { key: string; repeat: boolean; timeStamp: number }) => boolean {
  let times: number[] = [];
  return ({ key, repeat, timeStamp }) => {
    if (repeat) return false;
    if (key !== "Shift") {
      times = [];
      return false;
    }
    times = [...times.filter((at) => timeStamp - at < WINDOW), timeStamp];
    return times.length >= 3;
  };
}

/** Listens for Shift three times while the quick exit is switched on. */
export function useShiftExit(api: ReplicaApi | undefined): void {
  const on = useQuickExit();
  useEffect(() => {
    if (!on) return undefined;
    const pressed = countShift();
    const listen = (event: KeyboardEvent): void => {
      if (pressed(event)) leaveNow(api);
    };
    addEventListener("keydown", listen);
    return () => {
      removeEventListener("keydown", listen);
    };
  }, [on, api]);
}
