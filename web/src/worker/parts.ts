import type { FromWorker, Part } from "./protocol.ts";

/** Rows in one message. Taking some in costs the page's thread about 2 ms on a slow machine, far below a frame; a report of ten years whole cost two frames. */
export const ROWS = 300;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** What was asked for, where the answer is a good result. */
const resultOf = (value: unknown): Fields | undefined =>
  isObject(value) && value["ok"] === true && isObject(value["value"]) ? value["value"] : undefined;

/** An answer as the messages that carry it: long lists of a result go ahead in parts, the answer comes last with these lists empty. */
export function* inParts(message: FromWorker): Generator<FromWorker, void, undefined> {
  const result = message.type === "reply" ? resultOf(message.value) : undefined;
  if (message.type !== "reply" || !result) {
    yield message;
    return;
  }
  const rest: Record<string, unknown> = {};
  for (const [name, list] of Object.entries(result)) {
    if (!Array.isArray(list) || list.length <= ROWS) continue;
    rest[name] = [];
    for (let from = 0; from < list.length; from += ROWS) yield { type: "part", id: message.id, name, rows: list.slice(from, from + ROWS) };
  }
  yield Object.keys(rest).length === 0 ? message : { ...message, value: { ok: true, value: { ...result, ...rest } } };
}

/** The other end: gathers parts until their answer comes. */
export class Parts {
  readonly #of = new Map<number, Map<string, unknown[]>>();

  take({ id, name, rows }: Part): void {
    const lists = this.#of.get(id) ?? new Map<string, unknown[]>();
    this.#of.set(id, lists);
    const list = lists.get(name);
    if (list) list.push(...rows);
    else lists.set(name, [...rows]);
  }

  /** The whole answer; its parts are forgotten. */
  whole(id: number, value: unknown): unknown {
    const lists = this.#of.get(id);
    if (!lists) return value;
    this.#of.delete(id);
    return { ok: true, value: { ...resultOf(value), ...Object.fromEntries(lists) } };
  }
}
