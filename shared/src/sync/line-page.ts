import { z } from "zod";
import { structCodec, zText, type Codec } from "../cbor/struct.ts";
import type { DeviceId, MemberId, Millis, RecordId } from "../base/ids.ts";
import { numberKey } from "../vault/row-store.ts";
import { historyRowCodec, type HistoryRowStored } from "./rows.ts";

/** What filters ask of one line of the history. Everything else is read from its sealed row when it comes into sight. */
export interface Line {
  /** Key of its row, without the log: the line's id. */
  readonly id: string;
  /** Relay time of its entry; for what only this device has, the author's clock. */
  readonly time: Millis;
  readonly type: HistoryRowStored["type"];
  readonly what: string;
  readonly member: MemberId | undefined;
  readonly device: DeviceId | undefined;
  readonly record: RecordId | undefined;
  readonly title: string | undefined;
  readonly waited: HistoryRowStored["waited"];
}

/**
 * The line of a stored row; undefined where its version is not known to this code: it is left out, not guessed.
 * @param shared one copy of each text: subjects, people and devices stand in thousands of lines
 */
export function readLine(id: string, bytes: Uint8Array, shared: (text: string) => string): Line | undefined {
  const stored = historyRowCodec.decode(bytes);
  if (!stored.ok) return undefined;
  const { type, what, member, device, record, title, notAfter, claimed, waited } = stored.value;
  const one = <T extends string>(text: T | undefined): T | undefined => (text === undefined ? undefined : (shared(text) as T));
  return {
    ...{ id, time: notAfter ?? claimed ?? 0, type, what: shared(what), waited },
    ...{ member: one(member), device: one(device), record, title: one(title) },
  };
}

/** Entries whose lines stand in one page. */
export const PAGE_ENTRIES = 256;

/** The page that a line belongs to; undefined for lines that no entry of the log carries. */
export function pageOf(id: string): number | undefined {
  const seq = /^l(\d{12})\//.exec(id)?.[1];
  return seq === undefined ? undefined : Math.floor(Number(seq) / PAGE_ENTRIES);
}

const TYPES = ["act", "set-aside", "charter", "fault"] as const;
const ID = 32;
const isUints = (x: unknown): x is readonly number[] =>
  Array.isArray(x) && x.every((n) => typeof n === "number" && Number.isSafeInteger(n) && n >= 0);

/**
 * The lines of some hundred entries in one sealed row, so that a history of years is read with few: a copy of what filters ask, as columns. What
 * many lines share (wordings, subjects, people, devices) stands once and is named by its place.
 */
const pageRow = z.strictObject({
  v: z.literal(1),
  texts: z.array(zText(800)),
  /** Records, 32 characters each, one after another: cutting one text is cheaper than reading many. */
  records: z.custom<string>((x) => typeof x === "string" && x.length % ID === 0),
  /** `COLUMNS` numbers for each line. */
  facts: z.custom<readonly number[]>(isUints),
});
type PageRow = z.output<typeof pageRow>;
const MAX_BYTES = 16_777_216;
const pageCodec: Codec<PageRow> = structCodec<PageRow>(pageRow, MAX_BYTES);

/**
 * Entry within the page, index in it, time after the line before (as a difference, folded so that none is below 0), type, wording; record, member,
 * device and title with 1 added, 0 for none; and of what waited its device and member likewise, and sequence and time of the entry it was judged with.
 */
const COLUMNS = 13;

const fold = (n: number): number => (n < 0 ? -2 * n - 1 : 2 * n);
const unfold = (n: number): number => (n % 2 === 1 ? -(n + 1) / 2 : n / 2);

/** Numbers texts in the order in which they are first named. */
class Texts {
  readonly #places = new Map<string, number>();

  place(text: string): number {
    const known = this.#places.get(text);
    if (known === undefined) this.#places.set(text, this.#places.size);
    return known ?? this.#places.size - 1;
  }

  /** 0 for none. */
  maybe(text: string | undefined): number {
    return text === undefined ? 0 : this.place(text) + 1;
  }

  get all(): string[] {
    return [...this.#places.keys()];
  }
}

/** @param lines of this page alone, in their order */
export function encodeLinePage(lines: readonly Line[]): Uint8Array {
  const texts = new Texts();
  const records = new Texts();
  const facts: number[] = [];
  let before = 0;
  for (const { id, time, type, what, member, device, record, title, waited } of lines) {
    const [seq = 0, index = 0] = id.slice(1).split("/").map(Number);
    facts.push(seq % PAGE_ENTRIES, index, fold(time - before), TYPES.indexOf(type), texts.place(what));
    facts.push(records.maybe(record), texts.maybe(member), texts.maybe(device), texts.maybe(title));
    facts.push(texts.maybe(waited?.device), texts.maybe(waited?.member), waited?.until[0] ?? 0, waited?.until[1] ?? 0);
    before = time;
  }
  return pageCodec.encode({ v: 1, texts: texts.all, records: records.all.join(""), facts });
}

/**
 * The lines of a page; undefined where the bytes are no page of this version or its columns name what is not there.
 * @param shared one copy of each text over many pages
 */
export function readLinePage(page: number, bytes: Uint8Array, shared: (text: string) => string): Line[] | undefined {
  const parsed = pageCodec.decode(bytes);
  if (!parsed.ok) return undefined;
  const { facts, records } = parsed.value;
  const texts = parsed.value.texts.map(shared);
  const count = records.length / ID;
  if (facts.length % COLUMNS !== 0) return undefined;
  const lines: Line[] = [];
  let time = 0;
  // A history of years has lines by the hundred thousand: nothing is made here but them.
  for (let at = 0; at < facts.length; at += COLUMNS) {
    const [type, what] = [TYPES[facts[at + 3] ?? 0], texts[facts[at + 4] ?? 0]];
    const record = facts[at + 5] ?? 0;
    const [member = 0, device = 0, title = 0, waitedDevice = 0, waitedMember = 0, seq = 0, until = 0] = facts.slice(at + 6, at + COLUMNS);
    const most = Math.max(member, device, title, waitedDevice, waitedMember);
    if (type === undefined || what === undefined || record > count || most > texts.length) return undefined;
    time += unfold(facts[at + 2] ?? 0);
    const brought = texts[waitedDevice - 1] as DeviceId | undefined;
    const by = texts[waitedMember - 1] as MemberId | undefined;
    lines.push({
      id: `l${numberKey(page * PAGE_ENTRIES + (facts[at] ?? 0))}/${numberKey(facts[at + 1] ?? 0)}`,
      time,
      type,
      what,
      member: texts[member - 1] as MemberId | undefined,
      device: texts[device - 1] as DeviceId | undefined,
      record: record === 0 ? undefined : (records.slice(record * ID - ID, record * ID) as RecordId),
      title: texts[title - 1],
      waited: brought && { device: brought, ...(by ? { member: by } : {}), until: [seq, until] },
    });
  }
  return lines;
}
