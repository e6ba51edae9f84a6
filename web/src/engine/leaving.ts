import { useEffect, useRef } from "react";
import { useApi } from "./context.ts";

/** Stops a job when who asked for it leaves the screen, or asks for another in its place. */
export function useStopOnLeaving(job: string | undefined): void {
  const api = useApi();
  const left = useRef<{ readonly job: string; readonly soon: ReturnType<typeof setTimeout> }>(undefined);
  useEffect(() => {
    if (job === undefined) return undefined;
    if (left.current?.job === job) clearTimeout(left.current.soon);
    // Not at once: while developing every effect is taken back and done again.
    return () => {
      const soon = setTimeout(() => {
        void api.cancel(job).catch(() => undefined);
      }, 0);
      left.current = { job, soon };
    };
  }, [api, job]);
}
