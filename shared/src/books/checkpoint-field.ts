import { z } from "zod";
import { fromBase64url, toBase64url } from "../base/bytes.ts";
import type { Hex32, Millis, StatementId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zId, zTime, zUint } from "../cbor/struct.ts";
import type { ReasonCode } from "../base/reasons.ts";

/** What a change says its device had last verified (rule L6). */
export interface CheckpointField {
  readonly size: number;
  readonly root: Hex32;
  /** The checkpoint's own time, ms, by the relay's clock. */
  readonly time: Millis;
  /** The last charter statement that the device knew. */
  readonly charterHead: StatementId;
}

/** Under which a checkpoint's signed note is looked up: what the note says and the change names must be the same in all three. */
export const noteName = (c: Pick<CheckpointField, "size" | "root" | "time">): string => `${String(c.size)}/${c.root}/${String(c.time)}`;

const PREFIX = "cs1.";
const MAX_BYTES = 256;
const codec = structCodec(z.strictObject({ n: zUint(), r: zId<Hex32>(), t: zTime(), h: zId<StatementId>() }), MAX_BYTES);

/** The text of a change's message field (rule L6). */
export function formatCheckpointField(field: CheckpointField): string {
  return PREFIX + toBase64url(codec.encode({ n: field.size, r: field.root, t: field.time, h: field.charterHead }));
}

export function parseCheckpointField(message: string | null): Result<CheckpointField, Coded<ReasonCode>> {
  if (!message?.startsWith(PREFIX)) return err(coded("change-checkpoint"));
  const bytes = fromBase64url(message.slice(PREFIX.length));
  const wire = bytes && codec.decode(bytes);
  if (!wire?.ok) return err(coded("change-checkpoint"));
  const { n, r, t, h } = wire.value;
  return ok({ size: n, root: r, time: t, charterHead: h });
}
