import type { LogActor } from "./actor.ts";
import type { View } from "./reader.ts";
import { readableChannels, type Grant } from "./rights.ts";

/** What a connection may read now. It is worked out again only when the charter has grown, or something in it waits for its time. */
export function viewOf(actor: LogActor, grant: Grant): () => View {
  const own = grant.as === "device" ? grant.device : undefined;
  const read = (): View => {
    const channels = readableChannels(actor.charter, grant, actor.here());
    return { channels, key: [...channels].join(), own };
  };
  let charter = actor.charter;
  let view = read();
  return () => {
    if (charter !== actor.charter || charter.pending.length > 0) {
      charter = actor.charter;
      view = read();
    }
    return view;
  };
}
