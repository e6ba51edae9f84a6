import { z } from "zod";
import { concat, idBytes, toHex, toId } from "../base/bytes.ts";
import type { FileId, FileKey, Hex32, LogId } from "../base/ids.ts";
import type { FileRefusal } from "../base/file-refusals.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zExact, zId, zText, zUint, type Codec } from "../cbor/struct.ts";
import { hash, sha256 } from "../crypto/hash.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { openStream, sealedStreamLength, sealStream } from "../crypto/stream.ts";
import { MAX_FILE_BYTES } from "../kinds/file-limits.ts";
import type { FileRecord } from "../kinds/files.ts";
import { numberKey, prefix, type RowStore, type StoreCode, type Write } from "../vault/row-store.ts";
import type { Transport } from "./ports.ts";

/** Sealed bytes in one row and in one HTTP request. */
const PIECE = 524_288;

export const metaSchema = z.strictObject({
  v: z.literal(1),
  id: zId<FileId>(),
  name: zText(255),
  type: zText(127),
  size: zUint(),
  hash: zId<Hex32>(),
  sealedSize: zUint(),
  sealedHash: zId<Hex32>(),
  keyCommitment: zId<Hex32>(),
  /** Null while the key has not arrived, or after it was destroyed. */
  key: zExact<FileKey>(32).nullable(),
  /** Sealed bytes that are on this device, from the start. */
  here: zUint(),
  /** The relay has all of it. */
  uploaded: z.boolean(),
});
/** What this device knows of one file of one log. */
export type FileMeta = z.output<typeof metaSchema>;
const metaCodec: Codec<FileMeta> = structCodec<FileMeta>(metaSchema, 8_192);

/** `busy`: it may be asked again later. */
export type FileCode = "file-missing" | "file-damaged" | "network" | "busy" | FileRefusal | StoreCode;

/** What an answer to `PUT` says, where it is not that all went well (rule W8): of a token that ended, another length, too many at once, or a busy relay the next try knows more. */
const REFUSED: Readonly<Record<number, "network" | "busy" | FileRefusal>> = {
  ...{ 0: "network", 401: "busy", 409: "busy", 413: "too-large", 429: "busy", 503: "busy", 507: "no-room" },
};

const metaKey = (log: LogId, id: FileId): string => `${log}/${id}/meta`;
const pieceKey = (log: LogId, id: FileId, n: number): string => `${log}/${id}/p/${numberKey(n)}`;

export const fileKeyCommitment = (id: FileId, key: FileKey): Hex32 => toId(hash("file-key", idBytes(id), key));

/** What is kept of a record with the bytes of its file. */
const metaOf = ({ original: _, ...record }: FileRecord): Omit<FileMeta, "key" | "here" | "uploaded"> => ({ v: 1, ...record });

/** A new file, sealed and on no row yet. */
export interface SealedFile {
  readonly record: FileRecord;
  readonly key: FileKey;
  /** Sealed bytes by themselves: nothing sends or lists them. */
  readonly pieces: readonly Write[];
  /** What makes them a file of the log, which goes into the same commit as the record that names it. */
  readonly meta: FileMeta;
}

/** Seals a new file. */
export function sealFile(
  log: LogId,
  file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
  random: RandomBytes,
): SealedFile {
  const id = toId<FileId>(random(32));
  const key = random(32) as FileKey;
  const sealed = concat(...sealStream(file.bytes, key));
  const record: FileRecord = {
    id,
    name: file.name,
    type: file.type,
    size: file.bytes.length,
    hash: toId(sha256(file.bytes)),
    sealedSize: sealed.length,
    sealedHash: toId(sha256(sealed)),
    keyCommitment: fileKeyCommitment(id, key),
  };
  return { record, key, pieces: pieceWrites(log, id, sealed), meta: wholeMeta(record, key, false) };
}

const wholeMeta = (record: FileRecord, key: FileKey, uploaded: boolean): FileMeta => ({
  ...metaOf(record),
  key,
  here: record.sealedSize,
  uploaded,
});

/** The row that makes a file one of the log. */
export const metaWrite = (log: LogId, meta: FileMeta): Write => ({
  table: "file",
  key: metaKey(log, meta.id),
  value: metaCodec.encode(meta),
});

/** Takes the sealed bytes of a file away. */
export const withoutPieces = (log: LogId, { id, sealedSize }: FileMeta): Write[] =>
  Array.from({ length: Math.ceil(sealedSize / PIECE) }, (_, n) => ({ table: "file", key: pieceKey(log, id, n), value: null }));

function pieceWrites(log: LogId, id: FileId, sealed: Uint8Array): Write[] {
  const writes: Write[] = [];
  for (let n = 0; n * PIECE < sealed.length; n++)
    writes.push({ table: "file", key: pieceKey(log, id, n), value: sealed.subarray(n * PIECE, (n + 1) * PIECE) });
  return writes;
}

/** The rows of a sealed file that is whole on this device. */
export const sealedWrites = (log: LogId, record: FileRecord, key: FileKey, sealed: Uint8Array, uploaded: boolean): Write[] => [
  ...pieceWrites(log, record.id, sealed),
  metaWrite(log, wholeMeta(record, key, uploaded)),
];

/** Reads what this device knows of a file. */
export async function readMeta(rows: RowStore, log: LogId, id: FileId): Promise<FileMeta | undefined> {
  const row = await rows.get("file", metaKey(log, id));
  const meta = row && metaCodec.decode(row);
  return meta?.ok ? meta.value : undefined;
}

/** What a device notes of a file of which a record told; the key, where it came with the entry, must match its commitment. */
export function notedMeta(record: FileRecord, key: FileKey | undefined): FileMeta {
  const good = key !== undefined && fileKeyCommitment(record.id, key) === record.keyCommitment ? key : null;
  return { ...metaOf(record), key: good, here: 0, uploaded: true };
}

/** Whether what a record says of a file is what this device keeps under its id (rule R6a). */
export const isOfRecord = (meta: FileMeta, record: FileRecord): boolean =>
  meta.hash === record.hash &&
  meta.size === record.size &&
  meta.sealedHash === record.sealedHash &&
  meta.sealedSize === record.sealedSize &&
  meta.keyCommitment === record.keyCommitment;

/** Whether there can be a file of these lengths at all: else a record and a relay together could fill the disk of whoever fetches it (rule R6a). */
export const hasFileLength = ({ size, sealedSize }: Pick<FileRecord, "size" | "sealedSize">): boolean =>
  size <= MAX_FILE_BYTES && sealedSize === sealedStreamLength(size);

/** The files of one log on this device, and their way to and from the relay (rule W8). */
export class FileBox {
  readonly #log: LogId;
  readonly #rows: RowStore;
  readonly #transport: Transport;

  constructor(log: LogId, rows: RowStore, transport: Transport) {
    this.#log = log;
    this.#rows = rows;
    this.#transport = transport;
  }

  meta(id: FileId): Promise<FileMeta | undefined> {
    return readMeta(this.#rows, this.#log, id);
  }

  /** The plaintext, checked against the record. */
  async read(id: FileId): Promise<Result<Uint8Array, Coded<FileCode>>> {
    const meta = await this.meta(id);
    return meta ? this.open(meta) : err(coded("file-missing"));
  }

  /** The same of a file that is no file of the log yet. */
  async open({ id, key, here, sealedSize, size, hash: plainHash }: FileMeta): Promise<Result<Uint8Array, Coded<FileCode>>> {
    if (key === null || here < sealedSize) return err(coded("file-missing"));
    const pieces = await this.#rows.scan("file", prefix(`${this.#log}/${id}/p/`));
    const plain = openStream(concat(...pieces.map((p) => p.value)), key);
    if (plain?.length !== size || toHex(sha256(plain)) !== plainHash) return err(coded("file-damaged"));
    return ok(plain);
  }

  /** Ids of files that wait for the relay, and of those that wait to be fetched. */
  async waiting(): Promise<{ readonly up: readonly FileMeta[]; readonly down: readonly FileMeta[] }> {
    const up: FileMeta[] = [];
    const down: FileMeta[] = [];
    for (const row of await this.#rows.scan("file", prefix(`${this.#log}/`))) {
      if (!row.key.endsWith("/meta")) continue;
      const meta = metaCodec.decode(row.value);
      if (!meta.ok) continue;
      if (!meta.value.uploaded) up.push(meta.value);
      else if (meta.value.here < meta.value.sealedSize && meta.value.key !== null && hasFileLength(meta.value)) down.push(meta.value);
    }
    return { up, down };
  }

  /** A relay that lost entries may have lost files too: each one that is whole here is offered again, which costs one question where it is there. */
  async offerAgain(): Promise<Result<void, Coded<StoreCode>>> {
    const writes: Write[] = [];
    for (const row of await this.#rows.scan("file", prefix(`${this.#log}/`))) {
      const meta = row.key.endsWith("/meta") ? metaCodec.decode(row.value) : undefined;
      if (!meta?.ok || !meta.value.uploaded || meta.value.here < meta.value.sealedSize) continue;
      writes.push(metaWrite(this.#log, { ...meta.value, uploaded: false }));
    }
    return writes.length === 0 ? ok(undefined) : this.#rows.commit(writes);
  }

  /** Sends what the relay lacks, from where an earlier try ended. */
  async upload(id: FileId, address: string, token: string): Promise<Result<void, Coded<FileCode>>> {
    const meta = await this.meta(id);
    if (!meta) return err(coded("file-missing"));
    const url = this.#url(address, id);
    const head = await this.#transport.http({ method: "HEAD", url, token });
    let at = head.status === 200 ? Math.min(head.length ?? 0, meta.sealedSize) : 0;
    while (at < meta.sealedSize) {
      const n = Math.floor(at / PIECE);
      const piece = await this.#rows.get("file", pieceKey(this.#log, id, n));
      if (!piece) return err(coded("file-missing"));
      const body = piece.subarray(at - n * PIECE);
      const put = await this.#transport.http({
        method: "PUT",
        url: `${url}?offset=${String(at)}&total=${String(meta.sealedSize)}`,
        token,
        body,
      });
      if (put.status !== 200 && put.status !== 201) return err(coded(REFUSED[put.status] ?? "refused", String(put.status)));
      at += body.length;
    }
    return this.#keep({ ...meta, uploaded: true }, []);
  }

  /** Fetches what this device lacks, from where an earlier try ended. Damaged bytes are dropped and fetched anew at the next try. */
  async download(id: FileId, address: string, token: string): Promise<Result<void, Coded<FileCode>>> {
    let meta = await this.meta(id);
    if (!meta || !hasFileLength(meta)) return err(coded("file-missing"));
    const url = this.#url(address, id);
    while (meta.here < meta.sealedSize) {
      const to: number = Math.min(meta.here + PIECE, meta.sealedSize) - 1;
      const got = await this.#transport.http({ method: "GET", url, token, range: { from: meta.here, to } });
      if (got.status === 0) return err(coded("network"));
      if (got.status === 404) return err(coded("file-missing"));
      if ((got.status !== 206 && got.status !== 200) || got.body.length !== to + 1 - meta.here)
        return err(coded("refused", String(got.status)));
      const n: number = Math.floor(meta.here / PIECE);
      meta = { ...meta, here: to + 1 };
      const kept = await this.#keep(meta, [{ table: "file", key: pieceKey(this.#log, id, n), value: got.body }]);
      if (!kept.ok) return kept;
    }
    const whole = await this.read(id);
    if (whole.ok) return ok(undefined);
    await this.#keep({ ...meta, here: 0 }, []);
    return err(whole.error);
  }

  async #keep(meta: FileMeta, more: readonly Write[]): Promise<Result<void, Coded<FileCode>>> {
    return this.#rows.commit([...more, metaWrite(this.#log, meta)]);
  }

  #url(address: string, id: FileId): string {
    return new URL(`/v1/files/${this.#log}/${id}`, address).href;
  }
}
