import type { Patch, ReplicaApi } from "@countersign/shared/replica/api";
import { useCallback, useEffect, useRef, useState } from "react";
import { useApi } from "./context.ts";
import { same } from "./same.ts";

export type Topic = Patch["topic"];

export interface Loaded<T> {
  /** Undefined while loading for the first time. */
  readonly data: T | undefined;
  /** The last call threw: the engine is gone or broken. What was loaded before stays. */
  readonly failed: boolean;
  readonly again: () => void;
}

interface Held<T> {
  readonly key: string;
  readonly data: T | undefined;
  readonly failed: boolean;
}

/**
 * Asks the replica and asks again when a patch of one of the topics arrives. `key` names what is asked: when it changes, old data
 * is dropped. Patches that arrive while a call runs lead to one more call, not to many.
 */
export function useQuery<T>(key: string, topics: readonly Topic[], ask: (api: ReplicaApi) => Promise<T>): Loaded<T> {
  const api = useApi();
  const [held, setHeld] = useState<Held<T>>({ key, data: undefined, failed: false });
  const [round, setRound] = useState(0);
  const asked = useRef(ask);
  useEffect(() => {
    asked.current = ask;
  });
  const watched = topics.join(" ");

  useEffect(() => {
    let live = true;
    let running = false;
    let dirty = false;
    const run = (): void => {
      if (running) {
        dirty = true;
        return;
      }
      running = true;
      dirty = false;
      asked
        .current(api)
        .then(
          (data) => {
            if (!live) return;
            setHeld((before) => {
              const kept = before.key === key ? same(before.data, data) : data;
              return before.key === key && !before.failed && before.data === kept ? before : { key, data: kept, failed: false };
            });
          },
          () => {
            if (live) setHeld((before) => ({ key, data: before.key === key ? before.data : undefined, failed: true }));
          },
        )
        .finally(() => {
          running = false;
          if (live && dirty) run();
        });
    };
    run();
    const topicsHere = new Set(watched.split(" "));
    const stop = api.watch((patch) => {
      if (topicsHere.has(patch.topic)) run();
    });
    return () => {
      live = false;
      stop();
    };
  }, [api, key, watched, round]);

  const again = useCallback(() => {
    setRound((n) => n + 1);
  }, []);
  const mine = held.key === key;
  return { data: mine ? held.data : undefined, failed: mine && held.failed, again };
}
