/** Where the work is done: in a worker made from this very page's script, since a page that was opened from a folder may load nothing else. */
import { Work, type Answer, type Ask } from "./work.ts";

export interface Hands {
  ask(what: Ask): void;
}

/**
 * @param script the text of the page's one script; it does the work where it finds no document
 * @param hear gets every answer
 */
export async function handsOf(script: string, hear: (answer: Answer) => void): Promise<Hands> {
  return (await inWorker(script, hear)) ?? inPage(hear);
}

/** Undefined where this browser starts no worker for a page like this. */
function inWorker(script: string, hear: (answer: Answer) => void): Promise<Hands | undefined> {
  return new Promise((done) => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    let worker: Worker;
    try {
      worker = new Worker(url);
    } catch {
      // Some browsers refuse at once, others with an event.
      done(undefined);
      return;
    }
    const state = { job: 0, isReady: false };
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (data.t !== "ready") {
        hear(data);
        return;
      }
      state.isReady = true;
      URL.revokeObjectURL(url);
      done({
        ask: (what) => {
          if (what.t === "inside" || what.t === "whole") state.job = what.job;
          worker.postMessage(what);
        },
      });
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      if (state.isReady) hear({ t: "failed", job: state.job, code: "broken" });
      else done(undefined);
    });
  });
}

/** Without a worker: the check rests every few hundredths of a second, so that the page stays alive. */
function inPage(hear: (answer: Answer) => void): Hands {
  const work = new Work(hear);
  return { ask: (what) => work.take(what) };
}

/** The other end. */
export function serveHands(): void {
  const work = new Work((answer) => {
    postMessage(answer);
  });
  addEventListener("message", ({ data }: MessageEvent<Ask>) => work.take(data));
  postMessage({ t: "ready" } satisfies Answer);
}
