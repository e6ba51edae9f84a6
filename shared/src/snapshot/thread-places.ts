import type { RecordId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import type { MessageView } from "../views/record.ts";
import type { Listed } from "./packed-list.ts";

/** Which message is the how manieth, and where those of each thread stand in the list, without the messages. */
export interface ThreadPlaces {
  /** From 1, in the order of the log. Of an id that is there twice, the last. */
  readonly numbers: ReadonlyMap<RecordId, number>;
  readonly places: ReadonlyMap<RecordId, readonly number[]>;
}

export async function threadPlaces(messages: Listed<MessageView>): Promise<ThreadPlaces> {
  const numbers = new Map<RecordId, number>();
  const places = new Map<RecordId, number[]>();
  let at = 0;
  for await (const { id, thread } of messages) {
    pushTo(places, thread, at);
    numbers.set(id, ++at);
  }
  return { numbers, places };
}

/** The items at these places of a list, when they are asked for. */
export async function* itemsAt<T>(list: Listed<T>, places: Iterable<number> = []): AsyncGenerator<T, void, undefined> {
  for (const place of places) {
    const item = await list.at(place);
    if (item !== undefined) yield item;
  }
}
