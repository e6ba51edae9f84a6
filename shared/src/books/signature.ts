import { concat, idBytes } from "../base/bytes.ts";
import type { BookId, ChangeHash, DeviceId, LogId, Signature, SignSecretKey } from "../base/ids.ts";
import { sign, verify } from "../crypto/sign.ts";

/** What the signature of a change is over, without its domain (rule X1): books share their first change, so the book is named too. */
export const signedOfChange = (log: LogId, book: BookId, change: ChangeHash): Uint8Array =>
  concat(idBytes(log), idBytes(book), idBytes(change));

export const signChange = (log: LogId, book: BookId, change: ChangeHash, secret: SignSecretKey): Signature =>
  sign("change", signedOfChange(log, book, change), secret);

export const verifyChange = (log: LogId, book: BookId, change: ChangeHash, signature: Uint8Array, signer: DeviceId): boolean =>
  verify("change", signedOfChange(log, book, change), signature, idBytes(signer));
