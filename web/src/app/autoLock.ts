import type { ReplicaApi } from "@countersign/shared/replica/api";
import { useEffect } from "react";
import { useApi } from "../engine/context.ts";
import { lockNow } from "../engine/draft.ts";
import { useQuery } from "../engine/query.ts";
import { desktop } from "./desktop.ts";

const MINUTE = 60_000;
/** Between two looks at the clock. */
const LOOK = 5_000;
/** Between two words to the engine that somebody is here. */
const TELL = 1_000;

/**
 * Locks when nobody did anything in any page of this device for so many minutes. It goes by the clock on the wall, looked at again and again and
 * when the page comes back to sight: the timers of a laptop that sleeps, or of a page that a phone has put away, stand still.
 */
export class IdleWatch {
  readonly #api: ReplicaApi;
  readonly #limit: number;
  #last = Date.now();
  #told = 0;
  #asking = false;

  constructor(api: ReplicaApi, minutes: number) {
    this.#api = api;
    this.#limit = minutes * MINUTE;
    this.#tell(this.#last);
  }

  /** Somebody did something. After the time was over it is too late: the first touch of whoever opens a laptop that slept keeps nothing open. */
  touched(): void {
    const now = Date.now();
    if (this.#isOver(now)) void this.look(true);
    else {
      this.#last = now;
      if (Math.abs(now - this.#told) >= TELL) this.#tell(now);
    }
  }

  /** Locks if the time is over. What other pages saw, and whether work is under way, the engine knows. */
  async look(touched = false): Promise<void> {
    const now = Date.now();
    // The clock was set back: the engine, which was told a time that is still to come, has to hear of it too.
    if (now < this.#last) this.#tell((this.#last = now));
    if (this.#asking || !this.#isOver(now)) return;
    this.#asking = true;
    try {
      const { state, activeAt, working } = await this.#api.vault();
      this.#last = Math.max(this.#last, Math.min(activeAt, now));
      if (state !== "open" || !this.#isOver(now)) return;
      if (!working) await lockNow(this.#api);
      // It is not locked while work is under way, so whoever comes back to it is here.
      else if (touched) this.#tell((this.#last = now));
    } catch {
      // The engine is gone with its tab, and with it the opened keys; a new one is asked at the next look.
    } finally {
      this.#asking = false;
    }
  }

  /** The computer goes to sleep, or its screen was locked: nobody is here. */
  async away(): Promise<void> {
    try {
      const { state, working } = await this.#api.vault();
      if (state === "open" && !working) await lockNow(this.#api);
    } catch {
      // As above.
    }
  }

  #tell(now: number): void {
    this.#told = now;
    void this.#api.active(now).catch(() => undefined);
  }

  #isOver(now: number): boolean {
    return now - this.#last >= this.#limit;
  }
}

/**
 * What a person does, and no script: `scroll` also comes when a list grows, and where the pointer rests it moves over a page that moves.
 */
const TOUCHES = ["pointerdown", "keydown", "input", "wheel", "touchstart", "touchmove"] as const;
const RETURNS = ["focus", "pageshow"] as const;

/** Watches this page until the returned function is called. */
export function watchIdle(api: ReplicaApi, minutes: number): () => void {
  const watch = new IdleWatch(api, minutes);
  const stop = new AbortController();
  const options = { capture: true, passive: true, signal: stop.signal };
  const touched = (): void => {
    watch.touched();
  };
  const look = (): void => void watch.look();
  let place = "";
  const moved = ({ screenX, screenY }: PointerEvent): void => {
    const now = `${String(screenX)} ${String(screenY)}`;
    if (place !== "" && place !== now) touched();
    place = now;
  };
  for (const type of TOUCHES) addEventListener(type, touched, options);
  addEventListener("pointermove", moved, options);
  for (const type of RETURNS) addEventListener(type, look, options);
  document.addEventListener("visibilitychange", look, options);
  const timer = setInterval(look, LOOK);
  const stay = desktop()?.away(() => void watch.away());
  return () => {
    stop.abort();
    clearInterval(timer);
    stay?.();
  };
}

/** Locks by itself, wherever in the app a person is. A sample household has nothing to lock. */
export function AutoLock(): null {
  const api = useApi();
  const vault = useQuery("auto-lock", ["vault"], (asked) => asked.vault()).data;
  const minutes = vault?.state === "open" && vault.sample !== true ? vault.autoLockMinutes : 0;
  useEffect(() => (minutes === 0 ? undefined : watchIdle(api, minutes)), [api, minutes]);
  return null;
}
