let kept: Promise<Uint8Array | undefined> | undefined;

/** The template of the viewer that goes into snapshots, from this app's own files; undefined where it was built without (in development). */
export function readViewer(): Promise<Uint8Array | undefined> {
  kept ??= load();
  return kept;
}

async function load(): Promise<Uint8Array | undefined> {
  try {
    const reply = await fetch("/viewer.html");
    return reply.ok ? new Uint8Array(await reply.arrayBuffer()) : undefined;
  } catch {
    // Offline before the service worker kept it: the snapshot is made without.
    kept = undefined;
    return undefined;
  }
}
