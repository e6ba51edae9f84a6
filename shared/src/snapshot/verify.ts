import { equalBytes, idBytes, toHex } from "../base/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";
import { verifyRaw } from "../crypto/sign.ts";
import { coded, err, ok, type Result } from "../base/result.ts";
import type { SnapshotReport } from "../replica/api.ts";
import { BAGIT, bagInfo, hashOf, manifest, parseManifest, TAG_FILES } from "./bag.ts";
import { sourceOfBytes, type ByteSource } from "./bytes-io.ts";
import { Checks } from "./checks.ts";
import type { SnapshotError } from "./codes.ts";
import { derive, stepsOf, type Derived } from "./derive.ts";
import { FILES_FOLDER, PATH } from "./paths.ts";
import { parsePublicKeyPem, publicKeyPem } from "./pem.ts";
import { decodeProof, type Proof } from "./proof.ts";
import { render } from "./render.ts";
import { Steps, type Job } from "./source.ts";
import { RENDER_VERSION } from "./statement.ts";
import { openZip, type ZipFiles } from "./zip-read.ts";
import { dayIn } from "./zone.ts";

const NOTHING: Pick<SnapshotReport, "people" | "zone" | "messages" | "threads" | "expenses" | "setAside"> = {
  people: [],
  zone: "UTC",
  messages: [],
  threads: [],
  expenses: [],
  setAside: [],
};

/**
 * Checks a file that somebody says is a snapshot (rules S1 to S8). It trusts nothing in it: the records of the report are derived from the
 * signed changes, never read from a page or table. An error means that it cannot be read at all; what can be read and does not hold is a
 * failed check of the verdict, with its place.
 */
export async function verifySnapshot(file: ByteSource | Uint8Array, job: Job = {}): Promise<Result<SnapshotReport, SnapshotError>> {
  const opened = await openZip(file instanceof Uint8Array ? sourceOfBytes(file) : file);
  if (!opened.ok) return opened;
  const zip = opened.value;
  if (!zip.has(PATH.bagit) && !zip.has(PATH.statement)) return err(coded("snapshot-not-snapshot"));
  const checks = new Checks();
  const bagged = await checkBag(
    zip,
    checks,
    new Steps(
      job,
      zip.paths.reduce((n, path) => n + zip.size(path), 0),
    ),
  );
  if (bagged === "cancelled") return err(coded("cancelled"));
  const proof = await decodeProof((path) => zip.read(path));
  if (!proof.ok) {
    if (proof.error.code === "snapshot-newer") return proof;
    checks.failed("part-unreadable", proof.error.detail ?? PATH.statement);
    return ok({ verdict: checks.verdict(), ...NOTHING });
  }
  await checkSignature(zip, proof.value, checks);
  const derived = await derive(proof.value, checks, new Steps(job, stepsOf(proof.value)));
  if (derived === "cancelled") return err(coded("cancelled"));
  if (!derived) return ok({ verdict: checks.verdict(), ...NOTHING, zone: proof.value.statement.zone });
  await checkRecords(zip, bagged, derived, checks);
  checkAttachments(zip, bagged, derived, checks);
  await checkTags(zip, bagged, derived, checks);
  checks.facts = factsOf(proof.value, derived);
  const { people, messages, threads, expenses, setAside } = derived;
  return ok({
    verdict: checks.verdict(),
    people: people.map(({ member, name }) => ({ member, name })),
    zone: derived.statement.zone,
    messages,
    threads,
    expenses,
    setAside,
  });
}

/** Every file under data/ against the manifest. Gives the hashes that were computed. */
async function checkBag(zip: ZipFiles, checks: Checks, steps: Steps): Promise<ReadonlyMap<string, string> | "cancelled"> {
  const list = parseManifest((await zip.read(PATH.manifest)) ?? new Uint8Array([0]));
  if (!list) checks.failed("manifest-form", PATH.manifest);
  const hashes = new Map<string, string>();
  let isGood = list !== undefined;
  const fail = (key: "file-changed" | "file-added" | "file-missing", path: string): void => {
    isGood = false;
    checks.failed(key, path);
  };
  for (const path of zip.paths.filter((p) => p.startsWith("data/"))) {
    const hash = await hashFile(zip, path, steps);
    if (hash === "cancelled") return hash;
    hashes.set(path, hash);
    const wanted = list?.get(path);
    if (list && wanted === undefined) fail("file-added", path);
    else if (list && wanted !== hash) fail("file-changed", path);
  }
  for (const path of list?.keys() ?? []) if (!hashes.has(path)) fail("file-missing", path);
  if (isGood) checks.add("files", "good", { count: hashes.size });
  return hashes;
}

/** The file's SHA-256, computed as it is unpacked; empty where it is damaged. */
async function hashFile(zip: ZipFiles, path: string, steps: Steps): Promise<string> {
  const hash = new Sha256();
  const state = { stopped: false };
  const isWhole = await zip.each(path, async (piece) => {
    hash.update(piece);
    state.stopped = await steps.step(piece.length);
    return !state.stopped;
  });
  return state.stopped ? "cancelled" : isWhole ? toHex(hash.digest()) : "";
}

async function checkSignature(zip: ZipFiles, proof: Proof, checks: Checks): Promise<void> {
  const key = parsePublicKeyPem((await zip.read(PATH.signer)) ?? new Uint8Array());
  const list = await zip.read(PATH.manifest);
  const signature = await zip.read(PATH.signature);
  const isGood = key && list && signature && equalBytes(key, idBytes(proof.statement.exporter)) && verifyRaw(list, signature, key);
  if (isGood) checks.add("signature", "good", { key: toHex(key) });
  else checks.failed("signature-false", key && equalBytes(key, idBytes(proof.statement.exporter)) ? PATH.signature : PATH.signer);
}

/** Pages, tables and lines are made again from the signed changes and compared byte for byte (rule S1). */
async function checkRecords(zip: ZipFiles, hashes: ReadonlyMap<string, string>, derived: Derived, checks: Checks): Promise<void> {
  if (derived.statement.render !== RENDER_VERSION) {
    checks.add("render-other", "remarks");
    return;
  }
  let isGood = true;
  for await (const [path, wanted] of render(derived)) {
    if (hashes.get(path) === hashOf(wanted)) continue;
    const found = await zip.read(path);
    isGood = false;
    checks.failed("records-differ", path, { line: found ? lineOfDifference(found, wanted) : 0 });
  }
  if (isGood) checks.add("records", "good");
}

function lineOfDifference(a: Uint8Array, b: Uint8Array): number {
  let line = 1;
  for (let i = 0; i < Math.min(a.length, b.length) && a[i] === b[i]; i++) if (a[i] === 10) line += 1;
  return line;
}

/** Attachments against the signed records that name them; a file that no record names does not belong here. */
function checkAttachments(zip: ZipFiles, hashes: ReadonlyMap<string, string>, derived: Derived, checks: Checks): void {
  const wanted = new Map(derived.files.filter((f) => f.state === "here").map((f) => [f.path, f]));
  const wrong = [...wanted].filter(([path, file]) => hashes.get(path) !== file.hash || zip.size(path) !== file.size);
  const known: ReadonlySet<string> = new Set(Object.values(PATH));
  const isExpected = (path: string): boolean =>
    path.startsWith(FILES_FOLDER) ? wanted.has(path) : known.has(path) || derived.statement.render !== RENDER_VERSION;
  const unnamed = [...hashes.keys()].filter((path) => !isExpected(path));
  for (const [path] of wrong) checks.failed("attachment-false", path);
  for (const path of unnamed) checks.failed("file-unnamed", path);
  if (wrong.length + unnamed.length === 0 && wanted.size > 0) checks.add("attachment", "good", { count: wanted.size });
}

/** The files beside data/: made again and compared, though nothing in them is believed. */
async function checkTags(zip: ZipFiles, hashes: ReadonlyMap<string, string>, derived: Derived, checks: Checks): Promise<void> {
  const { statement } = derived;
  const bytes = [...hashes.keys()].reduce((n, path) => n + zip.size(path), 0);
  const listed: { readonly path: string; readonly hash: string }[] = [];
  for (const path of TAG_FILES) listed.push({ path, hash: hashOf((await zip.read(path)) ?? new Uint8Array()) });
  const wanted: readonly (readonly [string, Uint8Array])[] = [
    [PATH.bagit, BAGIT],
    [PATH.bagInfo, bagInfo(statement.app, dayIn(statement.exported, statement.zone), hashes.size, bytes)],
    [PATH.signer, publicKeyPem(idBytes(statement.exporter))],
    [PATH.tagManifest, manifest(listed)],
  ];
  for (const [path, content] of wanted) {
    const found = await zip.read(path);
    if (!found || !equalBytes(found, content)) checks.failed("tag-file-changed", path);
  }
  const known: ReadonlySet<string> = new Set([...TAG_FILES, PATH.tagManifest]);
  for (const path of zip.paths) {
    if (path.startsWith("data/") || known.has(path)) continue;
    if (path.startsWith("signatures/")) checks.add("tag-unknown", "remarks", {}, path);
    else checks.failed("file-added", path);
  }
}

function factsOf(proof: Proof, d: Derived): Readonly<Record<string, string | number>> {
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
    messages: d.messages.length,
    expenses: d.expenses.length,
    files: d.files.filter((f) => f.state === "here").length,
    setAside: d.setAside.length,
    leftOut: [...d.leftOut, ...d.settlement].reduce((n, [, c]) => n + c, 0),
    app: proof.statement.app,
  };
}
