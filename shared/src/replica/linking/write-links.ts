import type { Signature } from "../../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../../base/result.ts";
import { encodeBody } from "../../charter/codec.ts";
import { joinSignatures, signBody } from "../../charter/sign.ts";
import type { PairCode } from "../../pair/channel.ts";
import type { KeysMessage } from "../../pair/old-side.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import type { DeviceGroup } from "../secret-rows.ts";
import { holds, propose, refuseKeys, type LinkStatement } from "./link-statements.ts";
import type { UnfinishedLinks } from "./unfinished-links.ts";

/** How often a statement is made anew because others came first. */
const ROUNDS = 16;

/** A new device that is to come into logs, and how it is reached meanwhile. */
export interface Linking {
  readonly id: string;
  readonly logs: readonly OpenLog[];
  readonly keys: KeysMessage;
  /** The new device's signatures under the bodies of statements; undefined where it ends first. */
  readonly countersigned: (bodies: readonly Uint8Array[]) => Promise<readonly Signature[] | undefined>;
  /** It ended meanwhile: nothing more is written. */
  readonly isOver: () => boolean;
  readonly onLinked: (done: number, of: number) => void;
}

/**
 * Writes the statements that bring a new device into its logs, countersigned by it: all of them, or what got in is taken out again by
 * `UnfinishedLinks`. Gives the device's ids. What is said when it `isOver` means nothing.
 */
export async function writeLinks(
  unfinished: UnfinishedLinks,
  linking: Linking,
): Promise<Result<DeviceGroup, Coded<Exclude<PairCode, "pair-ended"> | "storage-full">>> {
  const { id, keys } = linking;
  const refusal = refuseKeys(linking.logs, keys);
  if (refusal) return err(coded(refusal));
  const devices: DeviceGroup = keys.d.map(({ l, s }) => ({ l, d: s }));
  const all = linking.logs.filter((l) => devices.some((d) => d.l === l.session.log));
  let waiting: readonly OpenLog[] = all;
  for (let round = 0; waiting.length > 0; round++) {
    const proposed = waiting.map((open) => propose(open.session, keys));
    const signatures = await linking.countersigned(proposed.map((p) => encodeBody(p)));
    if (!signatures || linking.isOver()) return err(coded("pair-refused"));
    if (!proposed.every((p, i) => holds(p, signatures[i]))) return err(coded("pair-contents"));
    // From here on a crash finds the row, and what is linked without an answer is taken out again.
    if (round === 0 && !(await unfinished.add(id, devices))) return err(coded("storage-full"));
    const left = await push(unfinished, linking, all.length, waiting, proposed, signatures);
    if (left === undefined || (left.length > 0 && round >= ROUNDS)) return err(coded("pair-refused"));
    waiting = left;
  }
  return ok(devices);
}

/** Pushes the countersigned statements. Gives the logs whose chain had grown before, or undefined where one was refused. */
async function push(
  unfinished: UnfinishedLinks,
  { id, isOver, onLinked }: Linking,
  all: number,
  logs: readonly OpenLog[],
  statements: readonly LinkStatement[],
  signatures: readonly Signature[],
): Promise<readonly OpenLog[] | undefined> {
  const left: OpenLog[] = [];
  for (const [i, open] of logs.entries()) {
    const { session } = open;
    const statement = statements[i];
    const signature = signatures[i];
    if (!statement || !signature) throw new Error("a signature for each statement");
    const signed = joinSignatures(statement, [
      { key: session.device, signature: signBody(statement, session.signKeys.secretKey) },
      { key: statement.device.sign, signature },
    ]);
    const request = session.statements.request<ActError>((charter) => {
      if (isOver()) return err({ code: "cancelled" });
      if (charter.head !== statement.prev) return err({ code: "record-moved-on" });
      return ok({ signed, secret: session.signKeys.secretKey });
    }, session);
    const done = await unfinished.underWay(id, request);
    if (isOver()) return undefined;
    if (done.ok) onLinked(all - logs.length + i + 1 - left.length, all);
    else if (done.error.code === "record-moved-on") left.push(open);
    else return undefined;
  }
  return left;
}

/** Keeps the new device's name in each log, and that its ids are one device's. `known`: what it said of logs in which it was before. */
export async function rememberDevice(
  core: ReplicaCore,
  logs: readonly OpenLog[],
  { name, devices, known }: { readonly name: string; readonly devices: DeviceGroup; readonly known: DeviceGroup },
): Promise<void> {
  for (const open of logs) {
    const device = devices.find((d) => d.l === open.session.log)?.d;
    if (!device) continue;
    const names = new Map(open.names.devices);
    if (name !== "") names.set(device, name);
    await core.saveNames(open, { ...open.names, devices: names });
  }
  const same = [...devices, ...known];
  const others = core.groups.filter((g) => !g.some((m) => same.some((s) => s.l === m.l && s.d === m.d)));
  await core.saveGroups([...others, same].slice(-200));
}
