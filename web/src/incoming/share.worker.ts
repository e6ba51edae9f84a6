/// <reference lib="webworker" />
/** The service worker's part in sharing from another app; the rest of that worker is made by the build, and loads this first. */
import { INCOMING_SCREEN, SHARE_ADDRESS } from "@countersign/shared/base/incoming";
import { ARRIVAL_PARAMETER, type AskForArrival } from "./arrival.ts";
import { Holding } from "./holding.ts";
import { isForeign, readGiven } from "./read.ts";

declare const self: ServiceWorkerGlobalScope;

const holding = new Holding();

async function receive(request: Request): Promise<Response> {
  const arrival = isForeign(request, self.location.origin) ? ({ state: "foreign" } as const) : await readGiven(request);
  const place = new URL(INCOMING_SCREEN, self.location.origin);
  place.searchParams.set(ARRIVAL_PARAMETER, holding.hold(arrival));
  // On to an address without the contents: a browser keeps what was posted with a page for its session restore.
  return Response.redirect(place.href, 303);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "POST" || request.mode !== "navigate" || origin !== self.location.origin || pathname !== SHARE_ADDRESS) return;
  event.respondWith(receive(request));
});

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  const { arrival: name } = (event.data ?? {}) as Partial<AskForArrival>;
  if (port === undefined || typeof name !== "string") return;
  const arrival = holding.take(name);
  port.postMessage(arrival, arrival.state === "here" ? arrival.given.files.map((file) => file.bytes.buffer) : []);
});
