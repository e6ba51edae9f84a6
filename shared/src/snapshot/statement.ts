import { z } from "zod";
import { decode } from "../cbor/cbor.ts";
import type { DeviceId, Hex32, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import { structCodec, zId, zText, zTime, zUint, type Codec } from "../cbor/struct.ts";
import type { LogKind } from "../charter/types.ts";
import { zLabels } from "../kinds/children.ts";
import { RECORD_ID, zCharacters } from "../kinds/fields.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import type { SnapshotError } from "./codes.ts";
import { MAX_SERIAL, PREFIX, SECTION } from "./pdf/labels.ts";
import { isDay, isZone } from "./zone.ts";

export const SNAPSHOT_VERSION = 1;
/** Which texts and columns the files for people have. It rises with every change to them, so that an older bundle is not compared with newer ones. */
export const RENDER_VERSION = 25;

/** What the exporter says of the bundle as a whole: signed with the manifest, believed only where the log or a signature bears it out. */
export interface SnapshotStatement {
  readonly render: number;
  readonly app: string;
  readonly log: LogId;
  readonly kind: LogKind;
  /** The household's zone: the exporter's word. */
  readonly zone: string;
  /** The exporter's clock. */
  readonly exported: Millis;
  readonly exporter: DeviceId;
  /** Names as the exporter calls the people: their word. */
  readonly names: readonly { readonly member: MemberId; readonly name: string }[];
  readonly scope: SnapshotScope;
  /** Number of entries up to the checkpoint: X. */
  readonly size: number;
  /** The time-stamp authority that was to be asked; left out where none was set. */
  readonly authority?: string;
  /** SHA-256 of files that the disclosed records name and the exporter's device did not have. */
  readonly missing: readonly Hex32[];
}

const MAX_BYTES = 1_048_576;
const zRecord = z.custom<RecordId>((x) => typeof x === "string" && RECORD_ID.test(x));
const zDay = z.string().refine(isDay).nullable();
/** Text on one line: the app's name is a line of bag-info.txt, and must not begin another. */
const zLine = (max: number): z.ZodString => zText(max).regex(/^[^\p{Cc}\u2028\u2029]*$/u);
/** Counted in Unicode code points, as in every kind's fields. */
const zReason = zCharacters(1, 300);
const zIds = z.array(zRecord).max(100_000).nullable();

/** How pages are numbered. A style that is added later makes the statement newer. */
const zPages = z.discriminatedUnion("style", [
  z.strictObject({ style: z.literal("serial"), prefix: z.string().regex(PREFIX), from: zUint().min(1).max(MAX_SERIAL) }),
  z.strictObject({ style: z.literal("sections"), from: z.string().regex(SECTION) }),
  z.strictObject({ style: z.literal("none") }),
]);

const zRedact = z
  .strictObject({ why: zReason, records: z.array(zRecord).max(100_000), files: z.array(zId<Hex32>()).max(100_000) })
  .refine((r) => r.records.length + r.files.length > 0);

const wire = z.strictObject({
  v: z.literal(SNAPSHOT_VERSION),
  r: zUint(),
  app: zLine(100),
  log: zId<LogId>(),
  kind: z.enum(["household", "personal"]),
  zone: z.string().refine(isZone),
  at: zTime(),
  by: zId<DeviceId>(),
  // Two names for one person would leave to each reader which one is shown.
  names: z
    .array(z.strictObject({ m: zId<MemberId>(), n: z.string().min(1).max(200) }))
    .max(64)
    .refine((names) => new Set(names.map((n) => n.m)).size === names.length),
  scope: z.strictObject({
    threads: zIds,
    expenses: zIds,
    children: zLabels.optional(),
    from: zDay,
    to: zDay,
    settlement: z.boolean(),
    files: z.boolean(),
    pages: zPages.optional(),
    redact: zRedact.optional(),
  }),
  size: zUint(),
  missing: z.array(zId<Hex32>()).max(100_000),
  tsa: zLine(500).nullable(),
});
type Wire = z.output<typeof wire>;
const codec: Codec<Wire> = structCodec<Wire>(wire, MAX_BYTES);

/** The bytes of data/proof/statement.cbor. */
export function encodeStatement(s: SnapshotStatement): Uint8Array {
  const { scope } = s;
  return codec.encode({
    v: SNAPSHOT_VERSION,
    r: s.render,
    app: s.app,
    log: s.log,
    kind: s.kind,
    zone: s.zone,
    at: s.exported,
    by: s.exporter,
    names: s.names.map((n) => ({ m: n.member, n: n.name })),
    scope: {
      threads: scope.threads === "all" ? null : [...scope.threads].sort(),
      expenses: scope.expenses === "all" ? null : scope.expenses === "none" ? [] : [...scope.expenses].sort(),
      ...(scope.children ? { children: [...scope.children].sort() } : {}),
      from: scope.from ?? null,
      to: scope.to ?? null,
      settlement: scope.settlement === "include",
      files: scope.files,
      ...(scope.pages ? { pages: scope.pages } : {}),
      ...(scope.redact
        ? { redact: { why: scope.redact.reason, records: [...scope.redact.records].sort(), files: [...scope.redact.files].sort() } }
        : {}),
    },
    size: s.size,
    missing: [...s.missing],
    tsa: s.authority ?? null,
  });
}

/** Reads it. A higher version is told apart from a damaged statement, so that a person knows what to do. */
export function decodeStatement(bytes: Uint8Array): Result<SnapshotStatement, SnapshotError> {
  const read = codec.decode(bytes);
  if (!read.ok) return err(coded(isNewer(bytes) ? "snapshot-newer" : "snapshot-part", "data/proof/statement.cbor"));
  const w = read.value;
  const { threads, expenses, children, from, to, settlement, files, pages, redact } = w.scope;
  const scope: SnapshotScope = {
    threads: threads ?? "all",
    expenses: expenses === null ? "all" : expenses.length === 0 ? "none" : expenses,
    ...(children ? { children } : {}),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    settlement: settlement ? "include" : "leave-out",
    files,
    ...(pages ? { pages } : {}),
    ...(redact ? { redact: { reason: redact.why, records: redact.records, files: redact.files } } : {}),
  };
  const names = w.names.map((n) => ({ member: n.m, name: n.n }));
  const { log, kind, zone, app, size, missing } = w;
  const authority = w.tsa === null ? {} : { authority: w.tsa };
  return ok({ render: w.r, app, log, kind, zone, exported: w.at, exporter: w.by, names, scope, size, missing, ...authority });
}

function isNewer(bytes: Uint8Array): boolean {
  const value = decode(bytes, MAX_BYTES);
  if (!value.ok || typeof value.value !== "object" || value.value === null) return false;
  const version = (value.value as Readonly<Record<string, unknown>>)["v"];
  return typeof version === "number" && version > SNAPSHOT_VERSION;
}

const NOBODY = "Unnamed";

/** A name as an eye sees it: forms of one letter, case, spaces and what is not drawn do not tell two people apart. */
export const seenName = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{C}\p{Z}\p{DI}\u2800]/gu, "");

/** What the exporter calls the members. A name of which nothing is seen is none. */
export function namesIn({ names }: Pick<SnapshotStatement, "names">): (member: MemberId | undefined) => string {
  const known = new Map(names.filter((n) => seenName(n.name) !== "").map((n) => [n.member, n.name]));
  return (member) => (member === undefined ? NOBODY : (known.get(member) ?? NOBODY));
}
