import { Columns } from "../base/columns.ts";
import type { RecordId } from "../base/ids.ts";
import type { MessageView } from "../views/record.ts";
import { IdTable } from "./id-table.ts";
import type { Listed } from "./packed-list.ts";

/** Places plus one of a thread's first and last message. */
const ENDS = { first: 0, last: 1 } as const;

/** Which message is the how manieth, and where those of each thread stand in the list, without the messages: about 30 bytes for each. */
export class ThreadPlaces {
  readonly #messages = new IdTable<RecordId>(16);
  /** By the number of a message's id: which in the list it is. */
  readonly #numbers = new Columns(Uint32Array, 1);
  readonly #threads = new IdTable<RecordId>(16);
  /** By the number of a thread's id. */
  readonly #ends = new Columns(Uint32Array, Object.keys(ENDS).length);
  /** By place: the place plus one of the next message of the same thread; 0 for none. */
  readonly #next = new Columns(Uint32Array, 1);

  static async of(messages: Listed<MessageView>): Promise<ThreadPlaces> {
    const places = new ThreadPlaces();
    for await (const message of messages) places.#add(message);
    return places;
  }

  #add({ id, thread }: MessageView): void {
    const number = this.#next.push([0]) + 1;
    const known = this.#messages.number(id);
    if (known === this.#numbers.length) this.#numbers.push([number]);
    else this.#numbers.put(known, 0, number);
    const of = this.#threads.number(thread);
    if (of === this.#ends.length) this.#ends.push([number, number]);
    else {
      this.#next.put(this.#ends.at(of, ENDS.last) - 1, 0, number);
      this.#ends.put(of, ENDS.last, number);
    }
  }

  /** From 1, in the order of the log. Of an id that is there twice, the last. Undefined for a message that is not here. */
  numberOf(id: RecordId): number | undefined {
    const known = this.#messages.find(id);
    return known === undefined ? undefined : this.#numbers.at(known, 0);
  }

  /** Places in the list, rising. */
  *placesIn(thread: RecordId): Generator<number, void, undefined> {
    const known = this.#threads.find(thread);
    let number = known === undefined ? 0 : this.#ends.at(known, ENDS.first);
    for (; number > 0; number = this.#next.at(number - 1, 0)) yield number - 1;
  }
}

/** The items at these places of a list, when they are asked for. */
export async function* itemsAt<T>(list: Listed<T>, places: Iterable<number>): AsyncGenerator<T, void, undefined> {
  for (const place of places) {
    const item = await list.at(place);
    if (item !== undefined) yield item;
  }
}
