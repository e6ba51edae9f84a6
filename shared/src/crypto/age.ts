import { Decrypter, Encrypter } from "age-encryption";
import { fromUtf8 } from "../base/bytes.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";

/**
 * Sealing a file for its reader with age (age-encryption.org/v1), as a stream. Stock `age -d` opens it. age says nothing about who sealed a file:
 * whoever knows the recipient's public key, or the passphrase, can make one.
 */

/** Whom a file is sealed for. */
export type SealFor = { readonly passphrase: string } | { readonly recipient: string };
/** What opens it: the passphrase, or the reader's identity (`AGE-SECRET-KEY-1…`). */
export type SealOpener = { readonly passphrase: string } | { readonly identity: string };

export type OpenSealCode =
  /** Neither this passphrase nor this identity opens it. */
  | "seal-wrong"
  /** Changed, cut off, or no age file after all. */
  | "seal-damaged"
  /** Its passphrase is made so slow to try that a small device would give up. */
  | "seal-costly";

const MAGIC = "age-encryption.org/v1\n";
/** Bytes of a file that tell whether it is sealed, and how costly its passphrase is to try. */
export const SEAL_HEAD = 200;
/** scrypt with 2^18 needs 256 MiB for some seconds, as stock age's own files do. */
const MAX_WORK = 18;
/** Half of that to make one, for old phones; the passphrase has at least 12 characters. */
const WORK = 17;

/** Whether a file begins like an age file. */
export const isSealed = (head: Uint8Array): boolean => fromUtf8(head.subarray(0, MAGIC.length)) === MAGIC;

/** Whether the file was sealed with a passphrase rather than for a key. */
export const asksPassphrase = (head: Uint8Array): boolean => workOf(head) !== undefined;

function workOf(head: Uint8Array): number | undefined {
  const text = String.fromCharCode(...head.subarray(0, SEAL_HEAD));
  const work = /^age-encryption\.org\/v1\n-> scrypt \S+ (\d{1,3})\n/.exec(text)?.[1];
  return work === undefined ? undefined : Number(work);
}

/** The recipient's public key in age's form (`age1…`, X25519). */
export const isRecipient = (text: string): boolean => {
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(text)) return false;
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    // The library throws at a wrong checksum.
    return false;
  }
};

type Piece = (bytes: Uint8Array) => Promise<void>;

/** A stream that seals: what is written to `write` comes out sealed at `to`; `finish` ends it. */
export function sealing(reader: SealFor, to: Piece): { readonly write: Piece; readonly finish: () => Promise<void> } {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(WORK);
  if ("passphrase" in reader) encrypter.setPassphrase(reader.passphrase.normalize("NFC"));
  else encrypter.addRecipient(reader.recipient);
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  const sealed = encrypter.encrypt(readable as never).then((out) => pump(out as unknown as ReadableStream, to));
  const failed = sealed.then(
    () => undefined,
    async (reason: unknown) => {
      await writer.abort(reason);
      throw reason;
    },
  );
  failed.catch(() => undefined);
  return {
    write: (bytes) => writer.write(bytes),
    finish: async () => {
      await writer.close();
      await failed;
    },
  };
}

async function pump(stream: ReadableStream, to: Piece): Promise<void> {
  const reader = stream.getReader();
  for (;;) {
    const next = await reader.read();
    if (next.done) return;
    await to(next.value as Uint8Array);
  }
}

const PIECE = 1024 * 1024;

/**
 * Opens a sealed file piece by piece. A piece is given only once it is known to be unchanged, but whether the end was cut off shows at the end alone:
 * what was given is worth nothing until `ok`.
 */
export async function openSeal(
  file: { readonly size: number; read(from: number, to: number): Promise<Uint8Array | undefined> },
  opener: SealOpener,
  to: Piece,
): Promise<Result<void, Coded<OpenSealCode>>> {
  const head = await file.read(0, Math.min(SEAL_HEAD, file.size));
  if (!head || !isSealed(head)) return err(coded("seal-damaged"));
  if ((workOf(head) ?? 0) > MAX_WORK) return err(coded("seal-costly"));
  const decrypter = new Decrypter();
  try {
    if ("passphrase" in opener) decrypter.addPassphrase(opener.passphrase.normalize("NFC"));
    else decrypter.addIdentity(opener.identity.trim());
  } catch {
    // The library throws at what is no identity.
    return err(coded("seal-wrong"));
  }
  let at = 0;
  const state = { opened: false };
  const sealed = new ReadableStream({
    pull: async (controller) => {
      const end = Math.min(at + PIECE, file.size);
      const bytes = end > at ? await file.read(at, end) : undefined;
      if (bytes) controller.enqueue(bytes);
      else if (at < file.size) controller.error(new Error("the file cannot be read any more"));
      else controller.close();
      at = end;
    },
  });
  try {
    const plain = (await decrypter.decrypt(sealed as never)) as unknown as ReadableStream;
    state.opened = true;
    await pump(plain, to);
    return ok(undefined);
  } catch (e) {
    if (state.opened) return err(coded("seal-damaged"));
    // The library has no codes; this is its sentence for a header that none of the keys opens.
    return err(coded(e instanceof Error && e.message.startsWith("no identity matched") ? "seal-wrong" : "seal-damaged"));
  }
}
