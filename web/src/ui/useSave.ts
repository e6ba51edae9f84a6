import { useCallback, useEffect, useRef, useState } from "react";
import { useApi } from "../engine/context.ts";
import { saveFile, type Saved } from "../lib/save.ts";

export interface Save {
  /** Asks where, and saves. One at a time. */
  readonly save: (name: string, content: Uint8Array | Blob, type?: string) => void;
  /** How far it is, 0 to 1; undefined while nothing is being saved. */
  readonly part: number | undefined;
  /** What came of the last one. */
  readonly saved: Saved | undefined;
  readonly stop: () => void;
}

/** Saving a file from a screen. A screen that goes away stops it, and no half file is left. */
export function useSave(): Save {
  const [part, setPart] = useState<number>();
  const [saved, setSaved] = useState<Saved>();
  const api = useApi();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const save = useCallback(
    (name: string, content: Uint8Array | Blob, type = "application/octet-stream"): void => {
      if (running.current) return;
      const stop = new AbortController();
      running.current = stop;
      setSaved(undefined);
      setPart(0);
      const blob = content instanceof Blob ? content : new Blob([new Uint8Array(content)], { type });
      const end = (how: Saved): void => {
        running.current = undefined;
        setPart(undefined);
        setSaved(how);
      };
      const tell = (done: number): void => {
        setPart(done);
        // Nobody has to touch anything while it goes on, and no lock that comes by itself may cut it.
        void api.active(Date.now()).catch(() => undefined);
      };
      saveFile(name, blob, { tell, stop: stop.signal }).then(end, () => end("save-failed"));
    },
    [api],
  );
  const stop = useCallback(() => running.current?.abort(), []);
  return { save, part, saved, stop };
}
