import type { LogId, RecordId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { hashText } from "../../kinds/fields.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { prefix } from "../../vault/row-store.ts";
import { secretKeys } from "../secret-rows.ts";
import type { RecordWriter } from "./writer.ts";

/** What this person has received and viewed: what is said of it in the log, and what is kept on this device alone. */
export class Receipts {
  readonly #core: ReplicaCore;
  readonly #writer: RecordWriter;
  readonly #seen = new Map<LogId, Set<RecordId>>();

  constructor(core: ReplicaCore, writer: RecordWriter) {
    this.#core = core;
    this.#writer = writer;
  }

  /**
   * Acknowledges what arrived, with a write of this person's own or at a fixed time, never on arrival (design, record: delivery receipt). It
   * says nothing when nothing new of the other parent's is here.
   */
  async acknowledge(open: OpenLog): Promise<void> {
    const { session } = open;
    if (session.identity.kind !== "household" || !session.isDevice()) return;
    const upto = session.state.tail.channelSize("messages") - 1;
    const me = session.identity.member;
    let last = -1;
    let newest = -1;
    for (const digest of session.index.digests()) {
      if (digest.kind === "delivery-receipt" && digest.member === me && !digest.isFar) last = Math.max(last, digest.upto);
      if (digest.kind === "message" && digest.member !== me) newest = Math.max(newest, digest.logged?.channelSeq ?? -1);
    }
    if (upto < 0 || newest <= last) return;
    await this.#writer.create(open, "messages", { kind: "delivery-receipt", upto }, []);
  }

  /** A message came into sight. */
  async seen(log: LogId, message: RecordId): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const { session } = open.value;
    const record = session.index.get(message);
    if (record?.folded.kind !== "message") return err({ code: "record-unknown" });
    const seen = await this.seenOf(log);
    if (seen.has(message)) return ok(undefined);
    const kept = await this.#core.save(secretKeys.seen(log, message), new Uint8Array(), () => seen.add(message));
    if (!kept.ok) return kept;
    this.#core.tell({ topic: "messages", log, thread: record.folded.thread });
    const me = session.identity.member;
    if (!session.identity.viewReceipts || record.folded.first.member === me || session.identity.kind !== "household") return ok(undefined);
    const done = await this.#writer.create(
      open.value,
      "messages",
      { kind: "view-receipt", message, of: hashText(record.folded.first.hash) },
      [],
      record.book,
    );
    return done.ok || done.error.code === "record-moved-on" ? ok(undefined) : done;
  }

  /** Messages that this person has seen. */
  async seenOf(log: LogId): Promise<Set<RecordId>> {
    const known = this.#seen.get(log);
    if (known) return known;
    const all = secretKeys.allSeen(log);
    const rows = (await this.#core.rows?.scan("secret", prefix(all))) ?? [];
    const seen = new Set(rows.map((r) => r.key.slice(all.length) as RecordId));
    // What another device of this person told of having viewed has been seen, too.
    const open = this.#core.logs.get(log);
    const me = open?.session.identity.member;
    for (const digest of open?.session.index.digests() ?? [])
      if (digest.kind === "view-receipt" && digest.member === me) seen.add(digest.message);
    this.#seen.set(log, seen);
    return seen;
  }

  forget(): void {
    this.#seen.clear();
  }
}
