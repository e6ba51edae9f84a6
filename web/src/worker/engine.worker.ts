/// <reference lib="webworker" />
import * as A from "@automerge/automerge/slim";
import wasmUrl from "@automerge/automerge/automerge.wasm?url";
import { initCrypto } from "@countersign/shared/crypto/init";
import { openReplica } from "@countersign/shared/replica/replica";
import { withSample } from "@countersign/shared/replica/sample-mode";
import { readViewer } from "./viewer-template.ts";
import type { Ports } from "@countersign/shared/sync/ports";
import { browserPorts } from "./browser-ports.ts";
import { desktopAuthority } from "./desktop-authority.ts";
import { readOpened } from "../lib/openedFile.ts";
import { DexieStore } from "./dexie-store.ts";
import { Host } from "./host.ts";
import { inParts } from "./parts.ts";
import { ENGINE_CHANNEL, ENGINE_LOCK, type BetweenTabs, type FromPage, type FromWorker } from "./protocol.ts";
import { TabSwitch } from "./tab-switch.ts";

declare const self: DedicatedWorkerGlobalScope;

const STORE = "countersign";
// Only the desktop app can reach a time-stamp authority (none lets a page of another site ask), and is given files by the system.
const ports: Ports =
  self.location.protocol === "app:" ? { ...browserPorts, authority: desktopAuthority, opened: readOpened } : browserPorts;

const channel = new BroadcastChannel(ENGINE_CHANNEL);
const tabs = new TabSwitch({
  me: crypto.randomUUID(),
  post: (message: BetweenTabs) => {
    channel.postMessage(message);
  },
  toPage: (message: FromWorker) => {
    for (const part of inParts(message)) self.postMessage(part);
  },
});
channel.onmessage = (event: MessageEvent<BetweenTabs>) => {
  tabs.fromTab(event.data);
};
self.onmessage = (event: MessageEvent<FromPage>) => {
  tabs.fromPage(event.data);
};

async function storage(): Promise<{ persistent: boolean | undefined; used?: number; quota?: number }> {
  const persistent = await navigator.storage.persisted();
  const { usage, quota } = await navigator.storage.estimate();
  return { persistent, ...(usage === undefined ? {} : { used: usage }), ...(quota === undefined ? {} : { quota }) };
}

/** Runs the engine while this worker holds the lock: until its tab goes. */
async function lead(): Promise<void> {
  await initCrypto();
  await A.initializeWasm(wasmUrl);
  const store = await DexieStore.open(STORE);
  const opened = store.ok
    ? await openReplica({
        rows: store.value,
        ports,
        // A page under app:// has no address that a link could lead to; the relay serves the web app on its own.
        webOrigin: (relay) => (self.location.protocol.startsWith("http") ? self.location.origin : relay),
        storage,
        viewer: readViewer,
        // Its lists are large and only asked when a passphrase is chosen.
        isBreached: async (passphrase) => (await import("../lib/breached.ts")).isKnownPassphrase(passphrase),
        eraseStore: () => DexieStore.erase(STORE),
      })
    : undefined;
  const host = new Host(opened?.ok ? withSample(opened.value, ports) : undefined, (patch) => {
    tabs.patch(patch);
  });
  tabs.lead(host);
  await new Promise<never>(() => undefined);
}

navigator.locks.request(ENGINE_LOCK, lead).catch((e: unknown) => {
  if (e instanceof DOMException && e.name === "SecurityError") {
    // A browser that lets this site store nothing gives it no locks either: the app says so instead of waiting for ever.
    tabs.lead(new Host(undefined, () => undefined));
    return;
  }
  // Out of the promise, so that the page hears of it as the worker's error.
  setTimeout(() => {
    throw e;
  }, 0);
});
