/** Sizes of rule E2, in bytes (docs/protocol.md section 1, 'Limits'). */
export const LIMITS = {
  frame: 1_048_576,
  author: 1_024,
  relay: 256,
  body: 524_288,
  statement: 65_536,
  change: 65_536,
  note: 8_192,
  mail: 262_144,
  /** A time-stamp authority's answer in an anchor; with its chain of certificates a real one has up to about 8,000. */
  token: 16_384,
  changesInEntry: 256,
  entriesInPush: 64,
  /** Entries that one bundle covers. */
  covered: 4_096,
} as const;
