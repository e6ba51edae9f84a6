import { AUTHORITY_PATH } from "@countersign/shared/base/desktop";
import type { TimeAuthority } from "@countersign/shared/sync/ports";

/** The time-stamp authority that is set on this computer, by way of the desktop app's main process; undefined where none is. */
export async function desktopAuthority(): Promise<TimeAuthority | undefined> {
  const set = await ask();
  if (!set) return undefined;
  return {
    address: new TextDecoder().decode(set),
    ask: (request) => ask({ method: "POST", body: new Uint8Array(request) }),
  };
}

async function ask(init?: RequestInit): Promise<Uint8Array | undefined> {
  try {
    const reply = await fetch(AUTHORITY_PATH, { cache: "no-store", ...init });
    return reply.ok ? new Uint8Array(await reply.arrayBuffer()) : undefined;
  } catch {
    // The app is closing: the same as an authority that does not answer.
    return undefined;
  }
}
