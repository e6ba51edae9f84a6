import type { ChangeHash, DeviceId, FileId, LogId, MemberId, RecordId, StatementId } from "@countersign/shared/base/ids";

/** Made-up ids that look like real ones: a short tag, then a number, spread over 64 hex digits. */
function hex(tag: number, n: number, length: number): string {
  let out = "";
  let x = (tag * 2654435761 + n * 40503 + 97) >>> 0;
  while (out.length < length) {
    x = (Math.imul(x ^ (x >>> 15), 2246822519) + 3266489917) >>> 0;
    out += x.toString(16).padStart(8, "0");
  }
  return out.slice(0, length);
}

export const logId = (n: number): LogId => hex(1, n, 64) as LogId;
export const memberId = (n: number): MemberId => hex(2, n, 64) as MemberId;
export const deviceId = (n: number): DeviceId => hex(3, n, 64) as DeviceId;
export const fileId = (n: number): FileId => hex(4, n, 64) as FileId;
export const changeHash = (n: number): ChangeHash => hex(5, n, 64) as ChangeHash;
export const recordId = (n: number): RecordId => hex(6, n, 32) as RecordId;
export const statementId = (n: number): StatementId => hex(7, n, 64) as StatementId;
