import { memberOf } from "../charter/people.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import type { SnapshotFacts, SnapshotReport } from "../views/snapshot.ts";
import { sourceOfBytes, type ByteSource } from "./bytes-io.ts";
import { checkBag } from "./check-bag.ts";
import { Checks } from "./checks.ts";
import type { SnapshotError } from "./codes.ts";
import { derive, leftOutOf, type Derived, type Founded } from "./derive.ts";
import { lineOfDifference } from "./difference.ts";
import { hashPieces } from "./hash-file.ts";
import { FILES_FOLDER, PATH } from "./paths.ts";
import { checkPages, isStrayPage } from "./pages.ts";
import { openProof, type Proof } from "./proof.ts";
import { render, RENDERED } from "./render.ts";
import { allOf } from "./rows.ts";
import { SameFiles } from "./same-files.ts";
import { Steps, stretch, type Job } from "./source.ts";
import { threadViews } from "./threads.ts";
import { RENDER_VERSION } from "./statement.ts";
import { checkViewer } from "./viewer.ts";
import { openZip, type ZipFiles } from "./zip-read.ts";
import { checkCountersignatures, checkStamp } from "./verify-more.ts";
import { checkSignature, checkTags } from "./verify-tags.ts";
import { aboutWords } from "./words.ts";

/** A report without the records. */
export type SnapshotSummary = Omit<SnapshotReport, "messages" | "threads" | "expenses">;

/** What was found out about a file that can be read as a snapshot. */
export interface Inspected {
  readonly summary: SnapshotSummary;
  readonly zip: ZipFiles;
  /** Left out where the proof is not in its form. */
  readonly proof?: Proof;
  /** Left out where the log or its contents do not hold. */
  readonly derived?: Founded;
}

/** How far the whole is when each stretch of it ends, as it was measured: without pages, and with them. The last one looks into the viewer. */
const ENDS = {
  plain: { bag: 0.06, derived: 0.9, records: 0.97, pages: 0.97 },
  pages: { bag: 0.05, derived: 0.52, records: 0.58, pages: 0.97 },
} as const;

/** Where nothing could be derived. */
const nothing = (checks: Checks, zone = "UTC"): SnapshotSummary => ({ verdict: checks.verdict(), people: [], zone, setAside: [] });

/**
 * Checks a file that somebody says is a snapshot (rules S1 to S8). It trusts nothing in it: the records of the report are derived from the
 * signed changes, never read from a page or table. An error means that it cannot be read at all; what can be read and does not hold is a
 * failed check of the verdict, with its place.
 * @param viewers SHA-256 of the templates of data/verify.html that this program knows besides the released ones
 */
export async function verifySnapshot(
  file: ByteSource | Uint8Array,
  job: Job = {},
  viewers: ReadonlySet<string> = new Set(),
): Promise<Result<SnapshotReport, SnapshotError>> {
  const looked = await inspectSnapshot(file instanceof Uint8Array ? sourceOfBytes(file) : file, job, viewers);
  return looked.ok ? ok(await reportOf(looked.value.summary, looked.value.derived)) : looked;
}

/** The same, with what the report is made from instead of its records: those are packed, and unpacked by whoever goes through them. */
export async function inspectSnapshot(
  file: ByteSource,
  job: Job = {},
  viewers: ReadonlySet<string> = new Set(),
): Promise<Result<Inspected, SnapshotError>> {
  const archive = await openZip(file);
  if (!archive.ok) return archive;
  const zip = new SameFiles(archive.value);
  if (!zip.has(PATH.bagit) && !zip.has(PATH.statement)) return err(coded("snapshot-not-snapshot"));
  const checks = new Checks();
  const ends = ENDS[job.pdf && zip.has(PATH.messagesPdf) ? "pages" : "plain"];
  const bagged = await checkBag(zip, checks, new Steps(stretch(job, 0, ends.bag), sizeOf(zip, zip.paths)));
  if (bagged === "cancelled") return err(coded("cancelled"));
  zip.know(bagged);
  const opened = await openProof(zip, bagged);
  if (!opened.ok) {
    if (opened.error.code === "snapshot-newer") return opened;
    checks.failed("part-unreadable", opened.error.detail ?? PATH.statement);
    return ok({ summary: nothing(checks), zip });
  }
  const { proof } = opened.value;
  const before = checks.count;
  await checkSignature(zip, proof.statement.exporter, checks);
  const derived = await derive(proof, checks, new Steps(stretch(job, ends.bag, ends.derived), stepsOf(zip)));
  if (derived === "cancelled") return err(coded("cancelled"));
  const unreadable = await opened.value.fault(derived !== undefined);
  if (unreadable !== undefined) {
    checks.forget(before);
    checks.failed("part-unreadable", unreadable);
    return ok({ summary: nothing(checks), zip });
  }
  if (!derived) return ok({ summary: nothing(checks, proof.statement.zone), zip, proof });
  const tables = new Steps(stretch(job, ends.derived, ends.records), sizeOf(zip, RENDERED));
  if ((await checkRecords(zip, bagged, derived, checks, tables)) === "cancelled") return err(coded("cancelled"));
  const laying = stretch(job, ends.records, ends.pages);
  if ((await checkPages(zip, bagged, derived, checks, laying)) === "cancelled") return err(coded("cancelled"));
  checkAttachments(zip, bagged, derived, checks);
  const looking = new Steps(stretch(job, ends.pages, 1), 2 * zip.size(PATH.viewer));
  if ((await checkViewer(zip, bagged, checks, viewers, looking)) === "cancelled") return err(coded("cancelled"));
  await checkTags(zip, bagged, derived, checks);
  if (!zip.isAsWritten) checks.add("archive-other", "remarks");
  await checkCountersignatures(zip, derived, checks);
  const stamp = await checkStamp(zip, derived, checks);
  checks.facts = { ...factsOf(proof, derived), ...(stamp ? { stamp: stamp.time, stampedBy: stamp.authority } : {}) };
  return ok({ summary: summaryOf(derived, checks), zip, proof, derived });
}

/** The same of the proof alone, as data/verify.html holds it: everything but what only the whole file shows (`not-whole`). */
export async function inspectProof(zip: ZipFiles, job: Job = {}): Promise<Result<SnapshotReport, SnapshotError>> {
  const opened = await openProof(zip);
  if (!opened.ok) return opened;
  const { proof } = opened.value;
  const checks = new Checks();
  const derived = await derive(proof, checks, new Steps(job, stepsOf(zip)));
  if (derived === "cancelled") return err(coded("cancelled"));
  const unreadable = await opened.value.fault(derived !== undefined);
  if (unreadable !== undefined) return err(coded("snapshot-part", unreadable));
  checks.add("not-whole", "remarks");
  if (!derived) return ok(await reportOf(nothing(checks, proof.statement.zone), undefined));
  checks.facts = factsOf(proof, derived);
  return ok(await reportOf(summaryOf(derived, checks), derived));
}

/** What a screen shows: the verdict, and the records as they were derived. */
async function reportOf(summary: SnapshotSummary, derived: Founded | undefined): Promise<SnapshotReport> {
  const messages = await allOf(derived?.messages ?? []);
  return { ...summary, messages, threads: threadViews(messages), expenses: await allOf(derived?.expenses ?? []) };
}

function summaryOf({ people, statement, setAside, replayed }: Founded, checks: Checks): SnapshotSummary {
  const exporter = memberOf(replayed.charter, statement.exporter);
  return {
    verdict: checks.verdict(),
    log: statement.log,
    ...(exporter === undefined ? {} : { exporter }),
    people: people.map(({ member, name }) => ({ member, name })),
    zone: statement.zone,
    setAside,
  };
}

/** About how many steps deriving a proof takes, for a progress bar: by what entries and changes take in their files. */
const stepsOf = (zip: ZipFiles): number => Math.ceil(zip.size(PATH.headers) / 480 + zip.size(PATH.changes) / 350);

const sizeOf = (zip: ZipFiles, paths: readonly string[]): number => paths.reduce((n, path) => n + zip.size(path), 0);

/** Pages, tables and lines are made again from the signed changes and compared byte for byte (rule S1). */
async function checkRecords(
  zip: ZipFiles,
  hashes: ReadonlyMap<string, string>,
  derived: Derived,
  checks: Checks,
  steps: Steps,
): Promise<"cancelled" | undefined> {
  if (derived.statement.render !== RENDER_VERSION) {
    checks.add("render-other", "remarks");
    return undefined;
  }
  const wrong: string[] = [];
  for await (const [path, pieces] of render(derived)) {
    const wanted = await hashPieces(pieces, steps);
    if (wanted === "cancelled") return wanted;
    if (hashes.get(path) !== wanted) wrong.push(path);
  }
  for await (const [path, pieces] of wrong.length > 0 ? render(derived) : []) {
    if (!wrong.includes(path)) continue;
    // Of one that is missing or damaged nobody can say what it said.
    const isHere = (hashes.get(path) ?? "") !== "";
    checks.failed("records-differ", path, { line: isHere ? await lineOfDifference(zip.pieces(path), pieces) : 0 });
  }
  if (wrong.length === 0) checks.add("records", "good");
  return undefined;
}

/** Attachments against the signed records that name them; a file that no record names does not belong here. */
function checkAttachments(zip: ZipFiles, hashes: ReadonlyMap<string, string>, derived: Derived, checks: Checks): void {
  const wanted = new Map(derived.files.filter((f) => f.state === "here").map((f) => [f.path, f]));
  const wrong = [...wanted].filter(([path, file]) => hashes.get(path) !== file.hash || zip.size(path) !== file.size);
  const known: ReadonlySet<string> = new Set(Object.values(PATH));
  const isOther = derived.statement.render !== RENDER_VERSION;
  const isKnown = (path: string): boolean =>
    path.startsWith(FILES_FOLDER) ? wanted.has(path) : known.has(path) && !isStrayPage(path, derived);
  const unknown = [...hashes.keys()].filter((path) => !isKnown(path));
  // Another version may have files of other names. Whoever says that it was another one can add any: each is named.
  const isAllowed = (path: string): boolean => isOther && !path.startsWith(FILES_FOLDER);
  for (const path of unknown.filter(isAllowed)) checks.add("tag-unknown", "remarks", {}, path);
  const unnamed = unknown.filter((path) => !isAllowed(path));
  for (const [path] of wrong) checks.failed("attachment-false", path);
  for (const path of unnamed) checks.failed("file-unnamed", path);
  if (wrong.length + unnamed.length === 0 && wanted.size > 0) checks.add("attachment", "good", { count: wanted.size });
}

function factsOf(proof: Proof, d: Derived): SnapshotFacts {
  const exporter = d.devices.find((v) => v.device === proof.statement.exporter);
  const { scope } = proof.statement;
  return {
    exporter: exporter?.name ?? "",
    exported: proof.statement.exported,
    relay: d.relay,
    entries: d.size,
    checkpoint: d.checkpointTime,
    zone: proof.statement.zone,
    from: scope.from ?? "",
    to: scope.to ?? "",
    ...(scope.children ? { children: aboutWords(scope.children), unnamed: d.unnamed } : {}),
    messages: d.messages.length,
    expenses: d.expenses.length,
    files: d.files.filter((f) => f.state === "here").length,
    setAside: d.setAside.length,
    leftOut: leftOutOf(d),
    app: proof.statement.app,
  };
}
