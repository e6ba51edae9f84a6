import * as A from "@automerge/automerge/slim";
import { idBytes } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, LogId, Millis, RecordId, Signature, SignSecretKey } from "../base/ids.ts";
import { authorField, changeHash, type Encodable } from "../books/chunk.ts";
import { GENESIS_END_OP, GENESIS_HASH, RECORDS } from "../books/genesis.ts";
import { bookId, periodOf, type BookName } from "../books/names.ts";
import { newActKey, newActor, newRecordId } from "../books/record-id.ts";
import type { FieldValue } from "../kinds/fields.ts";
import { signChange } from "../books/signature.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { Channel } from "../base/channels.ts";
import { tagOf, type Tag } from "../books/tag.ts";
import { kindOf } from "../kinds/registry.ts";

/** One act that a device wants to write. Without `record` it is a new record's first act. */
export interface Draft {
  readonly channel: Channel;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** The author's clock, ms. */
  readonly at: Millis;
  /** A later act on this record. */
  readonly record?: RecordId;
  /** A first act that belongs into the book of this record (view receipts). */
  readonly beside?: RecordId;
  /** Written as a modified client would: by an actor of its own, and nobody builds on it. */
  readonly rogue?: boolean;
}

/** A change before it is put into an entry. */
export interface Written {
  readonly book: BookName;
  readonly record: RecordId;
  readonly hash: ChangeHash;
  readonly bytes: Uint8Array;
  readonly signature: Signature;
  readonly tag: Tag;
}

interface Node {
  readonly hash: ChangeHash;
  readonly endOp: number;
  readonly deps: readonly ChangeHash[];
  readonly device: DeviceId;
  /** Sequence of the entry that carries it. */
  readonly seq: number;
}

interface Actor {
  readonly id: string;
  seq: number;
  last?: ChangeHash;
}

interface RecordPlace {
  readonly book: BookName;
  readonly object: string;
  readonly kind: string;
  readonly root: string;
}

interface Book {
  readonly nodes: Node[];
  readonly byHash: Map<ChangeHash, Node>;
  /** What nothing in the log is built on, for a device that knows the whole log. */
  readonly heads: Set<ChangeHash>;
  readonly actors: Map<DeviceId, Actor>;
}

const keyOf = (name: BookName): string => `${name.channel}/${name.period}/${String(name.shard)}`;

/**
 * Makes the changes that honest devices would make, without loading a document: an act has one fixed shape (rule X8), so its operations
 * can be written down directly.
 */
export class ChangeWriter {
  readonly #log: LogId;
  readonly #random: RandomBytes;
  readonly #books = new Map<string, Book>();
  readonly #records = new Map<RecordId, RecordPlace>();

  constructor(log: LogId, random: RandomBytes) {
    this.#log = log;
    this.#random = random;
  }

  bookOf(draft: Draft): BookName {
    const beside = draft.record ?? draft.beside;
    if (beside === undefined) return { channel: draft.channel, period: periodOf(draft.channel, draft.at), shard: 0 };
    return this.#place(beside).book;
  }

  /**
   * @param seen the device knows the entries before this sequence number, and its own
   * @param seq sequence of the entry that will carry the change
   */
  write(draft: Draft, message: string, device: { id: DeviceId; secretKey: SignSecretKey }, seen: number, seq: number): Written {
    const name = this.bookOf(draft);
    const book = this.#book(name);
    const actor = this.#actorOf(book, device.id, draft.rogue === true);
    const deps = this.#depsOf(book, device.id, seen, actor);
    const startOp = deps.reduce((n, d) => Math.max(n, book.byHash.get(d)?.endOp ?? GENESIS_END_OP), 0) + 1;
    const object = `${String(startOp)}@${actor.id}`;
    const record = draft.record ?? newRecordId(device.id, this.#random);
    const place = draft.record === undefined ? undefined : this.#place(draft.record);
    const make = { action: "makeMap", obj: place?.object ?? RECORDS, key: place ? newActKey(this.#random) : record, pred: [] };
    const sets = Object.entries(draft.fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({
        action: "set",
        obj: object,
        key,
        value,
        pred: [],
        ...(typeof value === "number" ? { datatype: "int" } : {}),
      }));
    const change: Encodable & { extra_bytes?: readonly number[] } = {
      actor: actor.id,
      author: null,
      seq: actor.seq + 1,
      startOp,
      time: Math.floor(draft.at / 1000),
      message,
      deps: [...deps].sort(),
      ops: [make, ...sets],
      // Automerge writes the author into an actor's first change (rule X7).
      ...(actor.seq === 0 ? { extra_bytes: authorField(idBytes(device.id)) } : {}),
    };
    const bytes = A.encodeChange(change);
    const hash = changeHash(bytes);
    const kind = place?.kind ?? String(draft.fields["kind"]);
    const tag = place ? { kind, root: place.root } : tagIn(kind, record, draft.fields);
    if (!draft.rogue) this.#admit(book, actor, { hash, endOp: startOp + sets.length, deps, device: device.id, seq });
    if (draft.record === undefined) this.#records.set(record, { book: name, object, kind, root: tag.root });
    const signature = signChange(this.#log, bookId(this.#log, name), hash, device.secretKey);
    return { book: name, record, hash, bytes, signature, tag };
  }

  #admit(book: Book, actor: Actor, node: Node): void {
    actor.seq += 1;
    actor.last = node.hash;
    book.nodes.push(node);
    book.byHash.set(node.hash, node);
    for (const dep of node.deps) book.heads.delete(dep);
    book.heads.add(node.hash);
  }

  /** The heads of what this device knows, and its actor's previous change (rule X9). */
  #depsOf(book: Book, device: DeviceId, seen: number, actor: Actor): readonly ChangeHash[] {
    const last = book.nodes.at(-1);
    const knowsAll = !last || last.seq < seen;
    const heads = knowsAll ? new Set(book.heads) : this.#partialHeads(book, device, seen);
    if (heads.size === 0) heads.add(GENESIS_HASH);
    if (actor.last !== undefined) heads.add(actor.last);
    return [...heads];
  }

  #partialHeads(book: Book, device: DeviceId, seen: number): Set<ChangeHash> {
    const heads = new Set<ChangeHash>();
    for (const node of book.nodes) {
      if (node.seq >= seen && node.device !== device) continue;
      for (const dep of node.deps) heads.delete(dep);
      heads.add(node.hash);
    }
    return heads;
  }

  #actorOf(book: Book, device: DeviceId, rogue: boolean): Actor {
    const known = book.actors.get(device);
    if (known && !rogue) return known;
    const actor: Actor = { id: newActor(this.#random), seq: 0 };
    if (!rogue) book.actors.set(device, actor);
    return actor;
  }

  #book(name: BookName): Book {
    const key = keyOf(name);
    let book = this.#books.get(key);
    if (!book) this.#books.set(key, (book = { nodes: [], byHash: new Map(), heads: new Set(), actors: new Map() }));
    return book;
  }

  #place(record: RecordId): RecordPlace {
    const place = this.#records.get(record);
    if (!place) throw new Error("no such record was written here");
    return place;
  }
}

function tagIn(kind: string, record: RecordId, fields: Readonly<Record<string, FieldValue>>): Tag {
  const known = kindOf(kind);
  return known ? tagOf(known, record, new Map(Object.entries(fields)), true) : { kind, root: record };
}
