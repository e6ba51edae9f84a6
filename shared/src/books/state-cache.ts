import { fromBase64url, fromUtf8, toBase64url, utf8 } from "../base/bytes.ts";
import type { ChangeHash, LogId } from "../base/ids.ts";
import type { BookName } from "./names.ts";
import { pastOf } from "./past.ts";
import type { ReasonCode } from "../base/reasons.ts";
import type { FieldValue } from "../kinds/fields.ts";
import { BookState, type Admitted, type Waiting } from "./state.ts";

/** Raised whenever a state is judged otherwise than before, so that an older cache is judged anew. */
const VERSION = 2;

type StoredAdmitted = Omit<Admitted, "past" | "position" | "act" | "carriedBy"> & {
  readonly act: Omit<Admitted["act"], "fields"> & { readonly fields: readonly (readonly [string, FieldValue])[] };
  /** JSON has no Infinity: null stands for it. */
  readonly carriedBy: number | null;
};
type StoredWaiting = Omit<Waiting, "bytes" | "signature" | "missing"> & {
  readonly bytes: string;
  readonly signature: string;
  readonly missing: readonly ChangeHash[];
};
interface Stored {
  readonly version: number;
  readonly log: LogId;
  readonly name: BookName;
  readonly arrived: number;
  readonly admitted: readonly StoredAdmitted[];
  readonly setAside: readonly (readonly [ChangeHash, ReasonCode])[];
  readonly waiting: readonly StoredWaiting[];
}

/**
 * A judged book as bytes. It is a cache of this device: it never travels, is kept sealed, and is thrown away when in doubt, because judging
 * the signed changes again gives the same.
 */
export function encodeState(state: BookState): Uint8Array {
  const stored: Stored = {
    version: VERSION,
    log: state.log,
    name: state.name,
    arrived: state.arrived,
    admitted: state.admitted.map(storedOf),
    setAside: [...state.setAside],
    waiting: state.waiting.map((w) => ({
      ...w,
      bytes: toBase64url(w.bytes),
      signature: toBase64url(w.signature),
      missing: [...w.missing],
    })),
  };
  return utf8(JSON.stringify(stored));
}

/** Its past and position follow from what it is built on and from its place in the list. */
function storedOf(a: Admitted): StoredAdmitted {
  const { hash, actor, seq, startOp, endOp, deps, kind, act, actKey, refersTo, carriedBy } = a;
  return {
    hash,
    actor,
    seq,
    startOp,
    endOp,
    deps,
    kind,
    act: { ...act, fields: [...act.fields] },
    ...(actKey === undefined ? {} : { actKey }),
    ...(refersTo === undefined ? {} : { refersTo }),
    carriedBy: carriedBy === Infinity ? null : carriedBy,
  };
}

/** The state of such bytes; undefined where they are of another book, another version or damaged. */
export function decodeState(bytes: Uint8Array, log: LogId, name: BookName): BookState | undefined {
  const text = fromUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    const stored = JSON.parse(text) as Stored;
    const { channel, period, shard } = stored.name;
    const same = stored.log === log && channel === name.channel && period === name.period && shard === name.shard;
    return same && stored.version === VERSION ? restore(stored) : undefined;
  } catch {
    // Cut short or of a shape that no version wrote: the caller judges anew.
    return undefined;
  }
}

function restore(stored: Stored): BookState {
  const state = new BookState(stored.log, stored.name);
  stored.admitted.forEach((a, position) => {
    const past = pastOf(a.deps.flatMap((dep) => state.get(dep) ?? []));
    const act = { ...a.act, fields: new Map(a.act.fields) };
    state.admit({ ...a, position, past, act, carriedBy: a.carriedBy ?? Infinity });
  });
  for (const [hash, reason] of stored.setAside) state.markSetAside(hash, reason);
  for (const w of stored.waiting) {
    const [changeBytes, signature] = [fromBase64url(w.bytes), fromBase64url(w.signature)];
    if (!changeBytes || !signature) throw new Error("not base64url");
    state.wait({ ...w, bytes: changeBytes, signature }, new Set(w.missing));
  }
  state.arrived = stored.arrived;
  return state;
}
