import { useSyncExternalStore } from "react";

/** `new`: an update waits for the person. `old`: another tab took the update; this one must be reloaded before going on. */
type Version = "current" | "new" | "old";

let version: Version = "current";
let waiting: ServiceWorker | null = null;
let asked = false;
const listeners = new Set<() => void>();

/** Says on every screen which version this tab is. */
export function showVersion(next: Version): void {
  version = next;
  for (const listener of listeners) listener();
}

/** Registers the service worker. An update is never taken by itself: it could come while something is being written. */
export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || !/^https?:$/.test(location.protocol)) return;
  // The very first worker takes the page over too; that is no update.
  let first = navigator.serviceWorker.controller === null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (first) {
      first = false;
      return;
    }
    if (asked) location.reload();
    else showVersion("old");
  });
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  const look = (): void => {
    waiting = registration.waiting;
    if (waiting !== null && navigator.serviceWorker.controller !== null) showVersion("new");
  };
  look();
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed") look();
    });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
  });
}

/** The person agreed: the waiting version takes over, and the page reloads once it has. */
export function takeUpdate(): void {
  if (waiting === null) {
    location.reload();
    return;
  }
  asked = true;
  waiting.postMessage({ type: "SKIP_WAITING" });
}

export function useVersion(): Version {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
}
