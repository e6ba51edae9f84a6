import type { ReplicaApi } from "@countersign/shared/replica/api";
import { useEffect } from "react";
import { lockNow } from "../engine/draft.ts";
import { deviceSwitch } from "../lib/deviceSwitch.ts";

/** It must work before anything is unlocked. */
export const QUICK_EXIT = deviceSwitch("quick-exit", false);
const ELSEWHERE = "https://www.bbc.com/weather";
const WINDOW = 5_000;

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
  const on = QUICK_EXIT.useOn();
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
