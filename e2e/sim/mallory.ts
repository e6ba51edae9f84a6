import { deflateRawSync } from "node:zlib";
import * as A from "@automerge/automerge/slim";
import { concat, idBytes, toId, utf8 } from "@countersign/shared/base/bytes";
import type { ChangeHash, DeviceId, Hex32, LogId, Millis } from "@countersign/shared/base/ids";
import { formatCheckpointField, type CheckpointField } from "@countersign/shared/books/checkpoint-field";
import { authorField, changeHash, type Encodable } from "@countersign/shared/books/chunk";
import { RECORDS } from "@countersign/shared/books/genesis";
import { bookId, type BookName } from "@countersign/shared/books/names";
import { newActKey, newActor, newRecordId } from "@countersign/shared/books/record-id";
import { objectOf } from "@countersign/shared/books/shape";
import { type FieldValue } from "@countersign/shared/kinds/fields";
import { signChange } from "@countersign/shared/books/signature";
import type { Admitted, BookState } from "@countersign/shared/books/state";
import { pad } from "@countersign/shared/crypto/padme";
import { seal } from "@countersign/shared/crypto/seal";
import { sha256 } from "@countersign/shared/crypto/hash";
import type { SignKeyPair } from "@countersign/shared/crypto/sign";
import { bodyCommitment, bookKey, encodeBody, sealChanges, type CarriedChange, type ChangesBody } from "@countersign/shared/entry/body";
import { associatedData, ENTRY_KIND, makeAuthorPart } from "@countersign/shared/entry/header";
import type { PushEntry } from "@countersign/shared/wire/messages";
import { dialRelay, TestClient } from "../../sync-server/test/client.ts";
import { household, linkSecond, quiet } from "./family.ts";
import type { World } from "./world.ts";

const NAMES = { messages: "2026-03", expenses: "2026" } as const;
type Where = keyof typeof NAMES;

/** One change as mallory would send it: bytes, and who signs, with which tag. */
export interface Hostile {
  readonly bytes: Uint8Array;
  readonly signer?: SignKeyPair;
  readonly tag?: CarriedChange["tag"];
}

/** What a modified client of a real member device can do: it holds the device's keys, and nothing checks what it writes. */
export class Mallory {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly keys: SignKeyPair;
  readonly checkpoint: CheckpointField;
  readonly note: string;
  readonly #world: World;
  readonly #states: Readonly<Record<Where, BookState>>;
  readonly #channelKeys: ReadonlyMap<string, { readonly epoch: number; readonly key: never }>;
  #client: TestClient | undefined;

  private constructor(
    world: World,
    of: Pick<Mallory, "log" | "device" | "keys" | "checkpoint" | "note">,
    states: Record<Where, BookState>,
    keys: ReadonlyMap<string, { readonly epoch: number; readonly key: never }>,
  ) {
    this.#world = world;
    this.log = of.log;
    this.device = of.device;
    this.keys = of.keys;
    this.checkpoint = of.checkpoint;
    this.note = of.note;
    this.#states = states;
    this.#channelKeys = keys;
  }

  /** Ben's third device is hers. It has read everything so far; its honest program is stopped for good. */
  static async of(world: World): Promise<Mallory> {
    const device = await linkSecond(world, world.device("ben"), "mal");
    await quiet(world);
    const session = household(device);
    const { charter, tail } = session.state;
    if (!charter || !tail.verified) throw new Error("a charter");
    const { size, root, time } = tail.verified.checkpoint;
    const states = {} as Record<Where, BookState>;
    const keys = new Map<string, { epoch: number; key: never }>();
    for (const channel of ["messages", "expenses"] as const) {
      const name: BookName = { channel, period: NAMES[channel], shard: 0 };
      states[channel] = (await world.time.answer(session.desk.open(name, charter, world.time.now()))).loaded.state;
      const key = session.keyOf(channel);
      if (!key) throw new Error("a key");
      keys.set(channel, key as { epoch: number; key: never });
    }
    const mallory = new Mallory(
      world,
      {
        log: session.log,
        device: session.device,
        keys: session.signKeys,
        checkpoint: { size, root: toId<Hex32>(root), time, charterHead: charter.head },
        note: tail.verified.note,
      },
      states,
      keys,
    );
    device.kill();
    world.devices.delete("mal");
    return mallory;
  }

  state(where: Where = "messages"): BookState {
    return this.#states[where];
  }

  /** The first admitted act of a kind by somebody. */
  made(kind: string, by: (author: DeviceId) => boolean = () => true): Admitted {
    const found = [...this.#states.messages.admitted, ...this.#states.expenses.admitted].find(
      (a) => a.kind === kind && a.actKey === undefined && by(a.act.author),
    );
    if (!found) throw new Error(`a ${kind}`);
    return found;
  }

  book(where: Where): BookName {
    return { channel: where, period: NAMES[where], shard: 0 };
  }

  /** A change on everything of the book, with whatever is wrong about it. */
  raw(
    more: Partial<Encodable> & {
      readonly where?: Where;
      readonly fields?: Readonly<Record<string, FieldValue>>;
      readonly record?: string;
      readonly act?: string;
    } = {},
  ): Uint8Array {
    const { where = "messages", fields, record, act, ...rest } = more;
    const state = this.#states[where];
    const actor = rest.actor ?? newActor(this.#world.chance.bytes);
    const deps = rest.deps ?? [...state.heads];
    const startOp = rest.startOp ?? Math.max(...deps.map((d) => state.endOpOf(d as ChangeHash))) + 1;
    const parent = act === undefined ? undefined : state.get(act as ChangeHash);
    const place = parent
      ? { obj: objectOf(parent), key: newActKey(this.#world.chance.bytes) }
      : { obj: RECORDS, key: record ?? newRecordId(this.device, this.#world.chance.bytes) };
    const written = fields ?? { kind: "message", v: 1, at: this.#at(), thread: "", subject: "S", text: "T" };
    const change = {
      author: null,
      seq: 1,
      time: Math.floor(this.#at() / 1000),
      message: formatCheckpointField(this.checkpoint),
      ops: [
        { action: "makeMap", ...place, pred: [] },
        ...Object.entries(written)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => this.set(key, value, startOp, actor)),
      ],
      ...((rest.seq ?? 1) === 1 ? { extra_bytes: authorField(idBytes(this.device)) } : {}),
      ...rest,
      actor,
      deps: [...deps].sort(),
      startOp,
    };
    return A.encodeChange(change);
  }

  set(key: string, value: unknown, startOp: number, actor: string, more: object = {}): Encodable["ops"][number] {
    return {
      action: "set",
      obj: `${String(startOp)}@${actor}`,
      key,
      value,
      ...(typeof value === "number" ? { datatype: "int" } : {}),
      pred: [],
      ...more,
    } as Encodable["ops"][number];
  }

  #at(): Millis {
    return this.checkpoint.time;
  }

  carried(change: Hostile, where: Where): CarriedChange {
    return {
      bytes: change.bytes,
      signature: signChange(this.log, bookId(this.log, this.book(where)), changeHash(change.bytes), (change.signer ?? this.keys).secretKey),
      tag: change.tag ?? this.#tag(change.bytes, where),
    };
  }

  /** The tag that an honest client would give. */
  #tag(bytes: Uint8Array, where: Where): CarriedChange["tag"] {
    try {
      const { ops } = A.decodeChange(bytes) as unknown as {
        ops: readonly { action: string; key?: string; value?: unknown; obj: string }[];
      };
      const value = (key: string): unknown => ops.find((o) => o.key === key)?.value;
      const [first] = ops;
      const onRecord = first && this.#states[where].recordOfObject(first.obj);
      if (onRecord) return { kind: this.#states[where].records.get(onRecord)?.kind ?? "", root: onRecord };
      const kind = value("kind");
      const thread = value("thread");
      return {
        kind: typeof kind === "string" ? kind : "",
        root: typeof thread === "string" && thread !== "" ? thread : (first?.key ?? ""),
      };
    } catch {
      return { kind: "message", root: "" };
    }
  }

  /** An entry as a client makes it, changed where the story says so. */
  entry(
    changes: readonly Hostile[],
    {
      where = "messages",
      notes = [this.note],
      change = (b) => b,
      commitment,
      key,
      body,
    }: {
      where?: Where;
      notes?: readonly string[];
      change?: (body: ChangesBody) => ChangesBody;
      commitment?: Hex32;
      key?: Uint8Array;
      body?: Uint8Array;
    } = {},
  ): PushEntry {
    const current = this.#channelKeys.get(where);
    if (!current) throw new Error("a key");
    const sealed = sealChanges({
      log: this.log,
      device: this.device,
      epoch: current.epoch,
      key: (key ?? current.key) as never,
      body: change({
        book: this.book(where),
        secret: this.#world.chance.bytes(32),
        changes: changes.map((c) => this.carried(c, where)),
        notes: [...notes],
        fileKeys: [],
      }),
      random: this.#world.chance.bytes,
    });
    const bytes = body ?? sealed.body;
    const placement = commitment ? { ...sealed.placement, commitment } : sealed.placement;
    return { a: makeAuthorPart(placement, bytes, this.keys.secretKey), b: bytes };
  }

  /** An entry whose body opens with the channel's key, whatever it holds and its header says of it. */
  openable(
    changes: readonly Hostile[],
    { commitment, plain = encodeBody }: { commitment?: Hex32; plain?: (body: ChangesBody) => Uint8Array } = {},
  ): PushEntry {
    const current = this.#channelKeys.get("messages");
    if (!current) throw new Error("a key");
    const book = this.book("messages");
    const id = bookId(this.log, book);
    const body = {
      book,
      secret: this.#world.chance.bytes(32),
      changes: changes.map((c) => this.carried(c, "messages")),
      notes: [this.note],
      fileKeys: [],
    };
    const placement = {
      log: this.log,
      kind: ENTRY_KIND.changes,
      channel: book.channel,
      epoch: current.epoch,
      book: id,
      device: this.device,
      commitment: commitment ?? bodyCommitment(body),
    };
    const sealed = seal(
      "body-seal",
      bookKey(current.key, idBytes(id)),
      associatedData(placement),
      pad(plain(body)),
      this.#world.chance.bytes,
    );
    return { a: makeAuthorPart(placement, sealed, this.keys.secretKey), b: sealed };
  }

  /** Pushes, and gives the places that the relay answered with. */
  async push(
    entries: readonly PushEntry[],
  ): Promise<{ readonly n: readonly number[]; readonly error?: { readonly code: string } | undefined }> {
    const { time, relay } = this.#world;
    this.#client ??= await time.answer(TestClient.signIn(dialRelay(relay), "device", this.keys, this.log));
    return time.answer(this.#client.push(...entries));
  }
}

const leb = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...leb(Math.floor(n / 128))]);

/** A chunk around any body, with a right checksum. */
export function chunk(body: Uint8Array, type = 1, head = leb(body.length)): Uint8Array {
  const tail = concat(Uint8Array.of(type, ...head), body);
  return concat(Uint8Array.of(0x85, 0x6f, 0x4a, 0x83), sha256(tail).subarray(0, 4), tail);
}

export const bodyOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(9 + leb(bytes.length - 11).length);

export function deflated(lawful: Uint8Array): Uint8Array {
  const packed = deflateRawSync(bodyOf(lawful));
  return concat(lawful.subarray(0, 8), Uint8Array.of(2, ...leb(packed.length)), packed);
}

export { concat, utf8 };
