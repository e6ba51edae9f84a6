import type { ActError, Answer } from "@countersign/shared/replica/answer";
import { useCallback, useRef, useState } from "react";

export interface Act {
  readonly busy: boolean;
  readonly error: ActError | undefined;
  readonly clear: () => void;
  /** Runs once at a time; gives the value, or undefined where it was refused (then `error` says why). */
  readonly run: <T>(call: () => Answer<T>, then?: (value: T) => void) => void;
}

/** One act that a button starts: busy while it runs, an error where it was refused. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ActError>();
  const running = useRef(false);
  const run = useCallback(<T>(call: () => Answer<T>, then?: (value: T) => void): void => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    const act = async (): Promise<void> => {
      try {
        const got = await call();
        if (got.ok) then?.(got.value);
        else setError(got.error);
      } catch {
        setError({ code: "internal" });
      } finally {
        running.current = false;
        setBusy(false);
      }
    };
    void act();
  }, []);
  const clear = useCallback(() => {
    setError(undefined);
  }, []);
  return { busy, error, clear, run };
}
