import { equalBytes } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { relayNow, relaysOf, relaysOfCheckpoint } from "../charter/query.ts";
import type { SignKeyPair } from "../crypto/sign.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { PushEntry, WireCode } from "../wire/messages.ts";
import { isReadAlready, readBranch, type Branch } from "./branch.ts";
import { withLine, type Line, type LineProblem } from "./line.ts";
import { openUnder } from "./log-checkpoint.ts";
import { advance, type LogState } from "./log-state.ts";
import type { EntriesMessage } from "./link.ts";
import { ownRow } from "./own-entries.ts";
import type { Ports } from "./ports.ts";
import type { SignIn } from "./relay-client.ts";

export type LookCode =
  | LineProblem["code"]
  /** The log there is not one that goes on from what this device verified; or it leaves out what this device has. */
  | "other-history";

export interface LookProblem extends Coded<LookCode> {
  readonly wire?: WireCode;
}

export interface LookSource {
  readonly log: LogId;
  readonly ports: Ports;
  readonly rows: RowStore;
  readonly state: LogState;
  readonly address: string;
  readonly relayName?: string;
  /** How this device shows itself to a relay on which the log lives. */
  readonly signIn: SignIn;
  readonly keys: SignKeyPair;
  /** Another history of this log that was read before. */
  readonly known?: Branch;
}

/**
 * What another relay has of a log. `here`: it lives there, and goes on from what this device verified. `begun`: it is being moved there; `pages` is
 * what this device lacks of it, checked, and `offer` the statements that wait for a consent. `none`: nothing.
 */
export type Found =
  | { readonly state: "here"; readonly name: string }
  | {
      readonly state: "begun";
      readonly name: string;
      readonly pages: readonly EntriesMessage[];
      readonly offer: readonly PushEntry[];
      readonly size: number;
    }
  | { readonly state: "none"; readonly name: string }
  /** Another history than the one on this device, that goes on from where the two part; `isHere`: it lives there, else it is being moved there. */
  | {
      readonly state: "forked";
      readonly name: string;
      readonly isHere: boolean;
      readonly branch: Branch;
      readonly offer: readonly PushEntry[];
    };

/** Entries that a relay somewhere else may say it has of a log, as in a snapshot: what it sends is held until it is checked. */
const MAX_ENTRIES = 1_000_000;

/**
 * Looks whether a relay that a person named has this log, without believing it and without keeping anything: what it shows is verified from
 * this device's own last place on, so that a wrong address is an answer and no accusation.
 */
export async function lookThere(source: LookSource): Promise<Result<Found, LookProblem>> {
  const { address, relayName, log, keys, ports, signIn } = source;
  const lived = await withLine(
    ports,
    { ...signIn, address, relayName },
    async (line, { welcome, name }): Promise<Result<Found, LookProblem>> => {
      const read = await readOn(source, line, welcome.size, welcome.note);
      if (!read.ok)
        return read.error.code === "other-history"
          ? forkedFrom(source, line, { size: welcome.size, note: welcome.note, name, isHere: true, offer: [] })
          : read;
      const now = read.value.state.charter && relayNow(read.value.state.charter);
      return now?.relay === name ? ok({ state: "here", name }) : err(coded("other-history"));
    },
  );
  if (lived.ok || (lived.error.wire !== "no-such-log" && lived.error.wire !== "busy")) return lived;
  return withLine(
    ports,
    { address, relayName, log, as: "move", publicKey: keys.publicKey, secretKey: keys.secretKey },
    async (line, { welcome, name }): Promise<Result<Found, LookProblem>> => {
      if (!welcome.stage) return ok({ state: "here", name });
      if (welcome.size === 0) return ok({ state: "none", name });
      const { size, stage } = welcome;
      // Only what is whole has a note; and what is shorter than this device's own tells it nothing.
      const isMore = size > source.state.tail.size && welcome.note !== null;
      const there = { size, note: welcome.note, name, isHere: false, offer: stage.offer };
      if (!isMore && welcome.note !== null && (await isOther(source, size, welcome.note))) return forkedFrom(source, line, there);
      const read = isMore ? await readOn(source, line, size, welcome.note) : ok({ pages: [], state: source.state });
      if (!read.ok) return read.error.code === "other-history" ? forkedFrom(source, line, there) : read;
      return ok({ state: "begun", name, pages: read.value.pages, offer: stage.offer, size });
    },
  );
}

/** Everything from this device's end to theirs, verified; the last page has to bring a checkpoint that counts. */
async function readOn(
  { state, log }: LookSource,
  line: Line,
  size: number,
  note: string | null,
): Promise<Result<{ readonly pages: readonly EntriesMessage[]; readonly state: LogState }, LookProblem>> {
  const { tail, charter } = state;
  if (size < tail.size || size > MAX_ENTRIES || note === null) return err(coded("other-history"));
  if (size === tail.size) {
    const opened = charter ? openUnder(note, log, relaysOfCheckpoint(charter, size)) : undefined;
    return opened?.ok && equalBytes(opened.value.root, tail.root()) ? ok({ pages: [], state }) : err(coded("other-history"));
  }
  let now = state;
  const pages: EntriesMessage[] = [];
  for await (const page of line.entries(tail.size, size)) {
    if (!page.ok) return page;
    const next = advance(now, page.value.from, page.value.items, page.value.note, []);
    if (!next.ok) return err(coded("other-history"));
    now = next.value.state;
    pages.push(page.value);
  }
  return now.tail.verified && now.tail.verified.checkpoint.size >= size ? ok({ pages, state: now }) : err(coded("other-history"));
}

/** Whether a checkpoint over no more than this device has says another beginning than its own. */
async function isOther({ state, log, rows }: LookSource, size: number, note: string): Promise<boolean> {
  const opened = state.charter ? openUnder(note, log, relaysOf(state.charter)) : undefined;
  const own = await ownRow(rows, log, size - 1);
  return opened?.ok === true && opened.value.size === size && own !== undefined && !equalBytes(own.root, opened.value.root);
}

async function forkedFrom(
  { log, rows, ports, state, known }: LookSource,
  line: Line,
  there: Pick<Extract<Found, { state: "forked" }>, "name" | "isHere" | "offer"> & { readonly size: number; readonly note: string | null },
): Promise<Result<Found, LookProblem>> {
  const { size, note, ...rest } = there;
  if (size > MAX_ENTRIES) return err(coded("other-history"));
  const own = { size: state.tail.size, verified: state.tail.verified };
  const branch =
    known && isReadAlready(known, own, { size, note })
      ? ok(known)
      : await readBranch({ log, rows, own, pause: () => ports.pause() }, line, size);
  if (!branch.ok) return branch;
  const now = branch.value.state.charter && relayNow(branch.value.state.charter);
  if (rest.isHere && now?.relay !== rest.name) return err(coded("other-history"));
  return ok({ state: "forked", ...rest, branch: branch.value });
}
