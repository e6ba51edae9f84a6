import { LIMITS } from "@countersign/shared/base/limits";

/**
 * What one member, device, address or connection may use (rule L10). Rates are token buckets: `…Burst` at once, `…PerSecond` in the
 * long run. The defaults leave room for a device that was away for years and comes back with thousands of entries.
 */
export interface RelayLimits {
  /** One sealed file, bytes. */
  readonly file: number;
  /** Entries and sealed files that one member may keep in one log, bytes. */
  readonly memberBytes: number;
  /** Entries of one member. */
  readonly entriesBurst: number;
  readonly entriesPerSecond: number;
  /** Bytes of entries and files of one member. */
  readonly bytesBurst: number;
  readonly bytesPerSecond: number;
  /** Frames of one device, over all its connections. */
  readonly framesBurst: number;
  readonly framesPerSecond: number;
  /** Connections of one device to one log; the oldest gives way. */
  readonly deviceConnections: number;
  /** Connections of one address at once. */
  readonly addressConnections: number;
  /** New connections of one address. */
  readonly connectsBurst: number;
  readonly connectsPerSecond: number;
  /** New logs of one address. */
  readonly foundsBurst: number;
  readonly foundsPerSecond: number;
  /** Puts into and takes from mailboxes of one address, whatever key it signs in with: a name can't be guessed, and nobody shall try. */
  readonly mailBurst: number;
  readonly mailPerSecond: number;
  /** Bytes that one address puts into mailboxes. */
  readonly mailBytesBurst: number;
  readonly mailBytesPerSecond: number;
  /** One mailbox. */
  readonly mailItems: number;
  readonly mailBytes: number;
  /** All mailboxes together: strangers may put, so they must not fill the disk. */
  readonly mailTotal: number;
  /** Mailboxes of whose items one connection is told as they come. */
  readonly mailWatched: number;
  /** Mail is deleted this long after it came, ms. */
  readonly mailLife: number;
  /** Logs that may be on their way to this relay together, whole or not. */
  readonly stages: number;
  /** Log keys that wait for their founding statement, and how long, ms. */
  readonly reservations: number;
  readonly reservationLife: number;
  /** Outgoing bytes that may wait for one reader. */
  readonly buffered: number;
  /** A reader that takes nothing for so long is closed, ms. */
  readonly stalledAfter: number;
  readonly handshake: number;
  readonly idle: number;
}

export const DEFAULT_LIMITS: RelayLimits = {
  file: 26_214_400,
  memberBytes: 8 * 2 ** 30,
  entriesBurst: 4_096,
  entriesPerSecond: 64,
  bytesBurst: 256 * 2 ** 20,
  bytesPerSecond: 4 * 2 ** 20,
  framesBurst: 2_048,
  framesPerSecond: 128,
  deviceConnections: 6,
  addressConnections: 256,
  connectsBurst: 256,
  connectsPerSecond: 8,
  foundsBurst: 32,
  foundsPerSecond: 1 / 60,
  mailBurst: 512,
  mailPerSecond: 8,
  mailBytesBurst: 32 * 2 ** 20,
  mailBytesPerSecond: 16_384,
  mailItems: 256,
  mailBytes: 32 * 2 ** 20,
  mailTotal: 512 * 2 ** 20,
  mailWatched: 8,
  mailLife: 3_600_000,
  stages: 4_096,
  reservations: 10_000,
  reservationLife: 24 * 3_600_000,
  buffered: 4 * 2 ** 20,
  stalledAfter: 60_000,
  handshake: 10_000,
  idle: 90_000,
};

/** The most that a client may grant with `subscribe` and `window` at once (W4). */
export const MAX_WINDOW = 1_024;
/** A page of entries: well below a frame, so that one body of full size still fits beside it. */
export const PAGE = { items: 256, bytes: LIMITS.frame - LIMITS.body - 8 * LIMITS.author - LIMITS.note } as const;
