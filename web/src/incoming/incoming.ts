import { INCOMING_SCREEN } from "@countersign/shared/base/incoming";
import { useSyncExternalStore } from "react";
import { ARRIVAL_PARAMETER, type Arrival, type AskForArrival } from "./arrival.ts";

/** `coming`: the worker was asked for it. `placed`: the person put it somewhere, or away. */
export type Incoming = Arrival | { readonly state: "coming" | "placed" };

const GONE: Incoming = { state: "gone" };
/** A stop for a worker that does not know the question: an older version of it. */
const ANSWER_WITHIN = 20_000;

let incoming: Incoming = GONE;
const listeners = new Set<() => void>();

/** Puts what came where the screens find it: in this page's memory, until it is put somewhere or away. */
export function arrive(next: Incoming): void {
  incoming = next;
  for (const listener of listeners) listener();
}

/** It went where the person said. */
export const place = (): void => arrive({ state: "placed" });

export function useIncoming(): Incoming {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => incoming,
  );
}

/** A page that begins with a sharing asks the service worker for it, before anything else has the address. */
export function takeIncoming(): void {
  if (location.pathname !== INCOMING_SCREEN) return;
  const address = new URL(location.href);
  const name = address.searchParams.get(ARRIVAL_PARAMETER);
  const worker = "serviceWorker" in navigator ? navigator.serviceWorker.controller : null;
  if (name === null || worker === null) return;
  address.searchParams.delete(ARRIVAL_PARAMETER);
  history.replaceState(null, "", address);
  arrive({ state: "coming" });
  const { port1, port2 } = new MessageChannel();
  const stop = setTimeout(() => arrive(GONE), ANSWER_WITHIN);
  port1.onmessage = ({ data }: MessageEvent<Arrival>) => {
    clearTimeout(stop);
    port1.close();
    arrive(data);
  };
  worker.postMessage({ arrival: name } satisfies AskForArrival, [port2]);
}
