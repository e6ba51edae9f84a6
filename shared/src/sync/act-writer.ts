import { toId } from "../base/bytes.ts";
import type { ChangeHash, FileKey, Hex32, RecordId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { Taken } from "../books/book.ts";
import type { CheckpointField } from "../books/checkpoint-field.ts";
import type { BookName } from "../books/names.ts";
import type { ReasonCode } from "../base/reasons.ts";
import { signChange } from "../books/signature.ts";
import { tagOf } from "../books/tag.ts";
import { makeChange, type Draft } from "../books/write.ts";
import type { CarriedChange } from "../entry/body.ts";
import { kindOf } from "../kinds/registry.ts";
import type { StoreCode, Write } from "../vault/row-store.ts";
import type { BookDesk } from "./desk.ts";
import type { OpenBook } from "./open-book.ts";
import type { LocalLog } from "./local-log.ts";
import type { Outbox } from "./outbox.ts";
import { actHistory } from "./receive.ts";
import type { ActPlace } from "./record-act.ts";
import type { RecordIndex } from "./record-index.ts";
import { changeRowCodec, historyRowCodec, keys, provisional, type PendingChange } from "./rows.ts";

export type WriteActCode = ReasonCode | StoreCode | "record-unknown" | "change-size" | "not-ready" | "removed";

/** One act to be written, with files that go with it. */
export interface NewAct {
  readonly book: BookName;
  readonly draft: Draft;
  readonly fileKeys: readonly { readonly file: PendingChange["files"][number]["file"]; readonly key: FileKey }[];
  /** Rows that belong into the same commit: sealed files. */
  readonly with: readonly Write[];
}

export interface WrittenAct {
  readonly hash: ChangeHash;
  readonly record: RecordId;
}

interface ActWriterParts {
  readonly desk: BookDesk;
  readonly outbox: Outbox;
  readonly index: RecordIndex;
  /** This device has no place in the log any more. */
  readonly isRemoved: () => boolean;
}

/** A change that was judged to be lawful, and what it is kept with. */
interface OwnChange {
  readonly change: CarriedChange;
  readonly hash: ChangeHash;
  readonly place: ActPlace;
  /** The checkpoint that it names. */
  readonly note: string;
}

/** What this device writes: judged first, then durable, then shown (docs/architecture.md, 'How a change travels', step 2). */
export class ActWriter {
  readonly #local: LocalLog;
  readonly #parts: ActWriterParts;

  constructor(local: LocalLog, parts: ActWriterParts) {
    this.#local = local;
    this.#parts = parts;
  }

  /** Only one at a time, and nothing else of the log meanwhile. */
  async write(act: NewAct): Promise<Result<WrittenAct, Coded<WriteActCode>>> {
    const { log, device, ports, signKeys } = this.#local;
    const { desk } = this.#parts;
    const { charter, tail } = this.#local.state;
    if (!charter || !tail.verified) return err(coded("not-ready"));
    if (this.#parts.isRemoved()) return err(coded("removed"));
    const clock = ports.clock.now();
    const { size, root, time } = tail.verified.checkpoint;
    const checkpoint: CheckpointField = { size, root: toId<Hex32>(root), time, charterHead: charter.head };
    // Who may write what is judged by the relay's time, as it will be in the log; the change itself carries this device's own.
    const now = this.#local.now().time;
    const book = await desk.open(act.book, charter, now);
    const made = makeChange(book.loaded.state, act.draft, { actor: book.actor, author: device, clock, checkpoint });
    if (!made.ok) return made;
    const { bytes, hash } = made.value;
    const signature = signChange(log, book.id, hash, signKeys.secretKey);
    const change: CarriedChange = { bytes, signature, tag: tagIn(book, act.draft) };
    const taken = desk.judgeOwn(book, change, charter, now);
    const verdict = taken.ownVerdicts.find((v) => v.hash === hash);
    if (verdict?.state !== "admitted") {
      desk.drop(book, taken.book);
      return err(coded(verdict?.reason ?? "change-dependencies"));
    }
    const own: OwnChange = { change, hash, place: { notBefore: time, size }, note: tail.verified.note };
    const kept = await this.#keep(act, book, taken, own);
    if (!kept.ok) {
      desk.drop(book, taken.book);
      return kept;
    }
    return ok({ hash, record: act.draft.record });
  }

  async #keep(act: NewAct, book: OpenBook, taken: Taken, own: OwnChange): Promise<Result<void, Coded<StoreCode>>> {
    const { log } = this.#local;
    const { desk, outbox, index } = this.#parts;
    const { change, hash, place, note } = own;
    const { bytes, signature, tag } = change;
    const queued = outbox.add({ book: act.book, bytes, signature, hash, tag, note, files: [...act.fileKeys] });
    const { record } = act.draft;
    const rows = index.change(new Map([[record, index.rowOf(record, taken.book.state, new Map([[hash, place]]))]]));
    const admitted = taken.book.state.get(hash);
    const history = admitted && { ...actHistory(admitted.kind, admitted.act, taken.book), notBefore: place.notBefore };
    const row = changeRowCodec.encode({ hash, bytes, signature, tag, note: true, carrier: null });
    const kept = await this.#local.commit([
      ...act.with,
      queued.write,
      { table: "change", key: keys.change(log, book.id, provisional(queued.n)), value: row },
      ...rows.writes,
      ...(history
        ? [{ table: "history" as const, key: keys.history(log, provisional(queued.n)), value: historyRowCodec.encode(history) }]
        : []),
    ]);
    if (!kept.ok) return kept;
    queued.kept();
    desk.swap(book, taken.book);
    rows.kept();
    this.#local.tell({ type: "records", records: [record] }, { type: "history" }, { type: "sync" });
    return ok(undefined);
  }
}

function tagIn(book: OpenBook, draft: Draft): CarriedChange["tag"] {
  const first = draft.actKey === undefined ? undefined : book.loaded.state.actsOf(draft.record)[0];
  const fields = first?.fields ?? new Map(Object.entries(draft.fields).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const])));
  const kind = kindOf(fields.get("kind"));
  return kind ? tagOf(kind, draft.record, fields, draft.actKey === undefined) : { kind: "", root: draft.record };
}
