/**
 * Branded types for ids and keys. In memory an id or a public key is lower-case hex (so that it can be a Map key and be compared
 * with ===); on the wire it is bytes. Secret keys are always bytes and never become text.
 */
declare const brand: unique symbol;
/** Brands add up: a LogId is also a Hex32, and never a DeviceId. */
export type Brand<T, B extends string> = T & { readonly [brand]: { readonly [K in B]: true } };

/** 64 lower-case hex digits. */
export type Hex32 = Brand<string, "Hex32">;
export type LogId = Hex32 & Brand<string, "LogId">;
export type StatementId = Hex32 & Brand<string, "StatementId">;
/** The id of the statement (found or join) that brought the member in. */
export type MemberId = Hex32 & Brand<string, "MemberId">;
/** A device's Ed25519 public key. */
export type DeviceId = Hex32 & Brand<string, "DeviceId">;
export type BookId = Hex32 & Brand<string, "BookId">;
export type ChangeHash = Hex32 & Brand<string, "ChangeHash">;
export type FileId = Hex32 & Brand<string, "FileId">;
/** 32 lower-case hex digits (rule R2). */
export type RecordId = Brand<string, "RecordId">;

export type SignPublicKey = Brand<Uint8Array, "SignPublicKey">;
export type SignSecretKey = Brand<Uint8Array, "SignSecretKey">;
export type BoxPublicKey = Brand<Uint8Array, "BoxPublicKey">;
export type BoxSecretKey = Brand<Uint8Array, "BoxSecretKey">;
export type Signature = Brand<Uint8Array, "Signature">;
/** A 32-byte symmetric key of the stated purpose. */
export type ChannelKey = Brand<Uint8Array, "ChannelKey">;
export type BookKey = Brand<Uint8Array, "BookKey">;
export type FileKey = Brand<Uint8Array, "FileKey">;
export type VaultKey = Brand<Uint8Array, "VaultKey">;

/** Milliseconds since 1970 by some clock; which one, the field's name says. */
export type Millis = number;
