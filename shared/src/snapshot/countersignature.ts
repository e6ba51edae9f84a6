import { z } from "zod";
import { idBytes } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId, Millis, SignSecretKey } from "../base/ids.ts";
import { structCodec, zId, zSignature, zTime, zUint, type Codec } from "../cbor/struct.ts";
import { sign, verify } from "../crypto/sign.ts";

/** What a countersigner may state: a code, so that nobody can be made to sign more than they meant. */
export const SAME_ENTRIES = "same-entries";

/**
 * 'My device holds the same entries of this scope up to X' (rule S10), by a device of another member than the exporter. It is never agreement with
 * what the entries say.
 */
export interface Countersignature {
  /** SHA-256 of manifest-sha256.txt. */
  readonly manifest: Hex32;
  readonly code: typeof SAME_ENTRIES;
  readonly log: LogId;
  /** X, and the log's root there as the signer's own device computed it. */
  readonly size: number;
  readonly root: Hex32;
  /** The signer's own role in the household. */
  readonly role: "parent";
  readonly device: DeviceId;
  /** The signer's clock. */
  readonly time: Millis;
}

const MAX_BYTES = 1_024;
const statement = z.strictObject({
  v: z.literal(1),
  m: zId<Hex32>(),
  code: z.literal(SAME_ENTRIES),
  log: zId<LogId>(),
  size: zUint(),
  root: zId<Hex32>(),
  role: z.literal("parent"),
  by: zId<DeviceId>(),
  at: zTime(),
});
const signed = statement.extend({ s: zSignature() });
type Statement = z.output<typeof statement>;
type Signed = z.output<typeof signed>;
const statementCodec: Codec<Statement> = structCodec<Statement>(statement, MAX_BYTES);
const signedCodec: Codec<Signed> = structCodec<Signed>(signed, MAX_BYTES);

/** Where it lies in the bundle: by the device that signed. */
export const countersignaturePath = (device: DeviceId): string => `signatures/countersigned-${device.slice(0, 16)}.cbor`;
export const COUNTERSIGNATURE_PATH = /^signatures\/countersigned-[0-9a-f]{16}\.cbor$/;

/** The file's bytes. */
export function makeCountersignature(c: Countersignature, key: SignSecretKey): Uint8Array {
  const { manifest, code, log, size, root, role, device, time } = c;
  const said: Statement = { v: 1, m: manifest, code, log, size, root, role, by: device, at: time };
  return signedCodec.encode({ ...said, s: sign("countersignature", statementCodec.encode(said), key) });
}

/** What the file says, if its form and signature hold; who the device is must be asked of the charter. */
export function readCountersignature(bytes: Uint8Array): Countersignature | undefined {
  const read = signedCodec.decode(bytes);
  if (!read.ok) return undefined;
  const { s, ...said } = read.value;
  if (!verify("countersignature", statementCodec.encode(said), s, idBytes(said.by))) return undefined;
  const { m, code, log, size, root, role, by, at } = said;
  return { manifest: m, code, log, size, root, role, device: by, time: at };
}
