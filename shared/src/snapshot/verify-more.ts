import { toHex } from "../base/bytes.ts";
import { deviceAt, memberById, memberOf } from "../charter/people.ts";
import { checkTimestamp, type Timestamp } from "../crypto/timestamp.ts";
import { authorityKey } from "../entry/bounds.ts";
import { hashOf } from "./bag.ts";
import type { Checks } from "./checks.ts";
import { checkStampClock } from "./clocks.ts";
import { COUNTERSIGNATURE_PATH, countersignaturePath, readCountersignature, type Countersignature } from "./countersignature.ts";
import type { Founded } from "./derive.ts";
import { PATH } from "./paths.ts";
import type { ZipFiles } from "./zip-read.ts";
import { plainIn } from "./zone.ts";

/** Signatures that others put beside the exporter's, then or later. */

/** The other parent's countersignatures (rule S10), for the third part of the verdict. */
export async function checkCountersignatures(zip: ZipFiles, derived: Founded, checks: Checks): Promise<void> {
  const list = await zip.read(PATH.manifest);
  const { replayed, statement } = derived;
  const at = { seq: replayed.checkpoint.size, time: replayed.checkpoint.time };
  const exporter = memberOf(replayed.charter, statement.exporter);
  for (const path of zip.paths.filter((p) => COUNTERSIGNATURE_PATH.test(p))) {
    const said = readCountersignature((await zip.read(path)) ?? new Uint8Array());
    const fits =
      said !== undefined &&
      list !== undefined &&
      said.manifest === hashOf(list) &&
      countersignaturePath(said.device) === path &&
      fitsLog(said, derived) &&
      deviceAt(replayed.charter, said.device, at) !== undefined;
    const member = fits ? memberOf(replayed.charter, said.device) : undefined;
    if (!fits || member === undefined || memberById(replayed.charter, member)?.role !== said.role) {
      checks.failed("countersigned-false", path);
      continue;
    }
    const values = { name: derived.nameOf(member), role: said.role, time: plainIn(said.time, statement.zone), size: said.size };
    if (member === exporter) checks.add("countersigned-self", "remarks", values);
    else checks.add("countersigned", "good", values);
  }
}

const fitsLog = (said: Countersignature, { replayed, statement }: Founded): boolean =>
  said.log === statement.log && said.size === replayed.checkpoint.size && said.root === toHex(replayed.checkpoint.root);

/** The time stamp over the manifest, where there is one. Its authority's certificate is not judged here. */
export async function checkStamp(zip: ZipFiles, { statement, replayed }: Founded, checks: Checks): Promise<Timestamp | undefined> {
  const list = await zip.read(PATH.manifest);
  if (!zip.has(PATH.stamp)) {
    if (statement.authority !== undefined) checks.add("stamp-none", "remarks", { authority: statement.authority });
    return undefined;
  }
  const answer = await zip.read(PATH.stamp);
  const stamp = answer && list ? await checkTimestamp(answer, list) : undefined;
  if (!stamp?.ok) {
    checks.failed("stamp-false", PATH.stamp, { code: stamp?.error.code ?? "stamp-unreadable" });
    return undefined;
  }
  const { authority, time, certificate } = stamp.value;
  checks.add("stamp", "good", { authority, time: plainIn(time, statement.zone) });
  checkStampClock(stamp.value, authorityKey(certificate), replayed, checks);
  return stamp.value;
}
