/** A device that brings a large log to a new relay, in a process of its own, so that its peak of memory is nobody else's. */
import { toId } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import { extendCharter } from "@countersign/shared/charter/evaluate";
import { frameOn, makeStatement } from "@countersign/shared/charter/sign";
import { initCrypto } from "@countersign/shared/crypto/init";
import { ENTRY_KIND, type Placement } from "@countersign/shared/entry/header";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { FileStore } from "@countersign/shared/node/file-store";
import { nodePorts } from "@countersign/shared/node/ports";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { originOf } from "@countersign/shared/log/origin";
import { Family } from "@countersign/shared/sample/family";
import { Dice, seededRandom } from "@countersign/shared/sample/seeded";
import { carryLog } from "@countersign/shared/sync/carry";
import { entryRowCodec, keys } from "@countersign/shared/sync/rows";
import { statementEntry } from "@countersign/shared/sync/statement-desk";
import type { RowStore, Write } from "@countersign/shared/vault/row-store";
import { peakBytes } from "../proc.ts";
import { answerMessages } from "../processes.ts";

/** The last checkpoint that the device verified. */
export interface Head {
  readonly size: number;
  /** Lower-case hex. */
  readonly root: Hex32;
  readonly time: number;
  readonly note: string;
}

export type MoveTask =
  /** Fills a device's rows with a log of so many entries. */
  | { readonly t: "make"; readonly entries: number; readonly file: string }
  | { readonly t: "move"; readonly head: Head; readonly file: string; readonly address: string };

export type MoveAnswer =
  | { readonly t: "made"; readonly head: Head; readonly bytes: number }
  | { readonly t: "moved"; readonly wallMs: number; readonly cpuMs: number; readonly peakBytes: number };

const RELAY = "old.test";
const RUN = 1_000;
const HOUR = 3_600_000;
/** What an entry of one message takes when it is sealed and padded. */
const BODY = 1_024;

/** The same two parents each time. */
function family(): Family {
  const random = seededRandom(new Uint8Array(32).fill(9));
  const made = new Family({ random, dice: new Dice(9), start: Date.UTC(2016, 0, 4), relay: RELAY, names: ["Ada", "Ben"] });
  made.bringTogether();
  return made;
}

/** Entries that only they could open: a relay sees of any entry its header, and so many sealed bytes. */
function grow(made: Family, entries: number): void {
  const { builder, a, b } = made;
  const epoch = (builder.keys.get("messages")?.length ?? 1) - 1;
  const book = toId<Placement["book"]>(new Uint8Array(32).fill(4));
  while (builder.size < entries) {
    made.now += HOUR / 2;
    const device = made.first(builder.size % 2 === 0 ? a : b);
    const commitment = toId<Hex32>(builder.random(32));
    const placement: Placement = {
      ...{ log: builder.log, kind: ENTRY_KIND.changes, channel: "messages", epoch, book, device: device.id, commitment },
    };
    builder.append(placement, builder.random(BODY), device);
  }
}

async function kept(rows: RowStore, { builder }: Family): Promise<void> {
  for (let from = 0; from < builder.size; from += RUN) {
    const writes = builder.entries.slice(from, from + RUN).map((e): Write => {
      const value = entryRowCodec.encode({ leaf: e.leaf, root: e.leaf, a: e.authorBytes, r: e.relayBytes, b: e.body });
      return { table: "entry", key: keys.entry(builder.log, e.seq), value };
    });
    const done = await rows.commit(writes);
    if (!done.ok) throw new Error(done.error.code);
  }
}

async function make(entries: number, file: string): Promise<MoveAnswer> {
  const made = family();
  grow(made, entries);
  const rows = opened(file);
  await kept(rows, made);
  await rows.close();
  const { size, root, time, note } = made.builder.known();
  const bytes = made.builder.entries.reduce((n, e) => n + e.body.length + e.authorBytes.length + e.relayBytes.length, 0);
  return { t: "made", head: { size, root: toId(root), time, note }, bytes };
}

/** As from a relay that is gone, with the other parent's consent at hand: what it takes is the bringing. */
async function move({ root, note, ...head }: Head, file: string, address: string): Promise<MoveAnswer> {
  const { builder, a, b } = family();
  const [by, other] = [a.devices[0], b.devices[0]];
  if (!by || !other) throw new Error("two parents");
  const checkpoint = openCheckpoint(note, originOf(RELAY, builder.log), builder.logKey.publicKey);
  if (!checkpoint.ok) throw new Error(checkpoint.error.code);
  const rows = opened(file);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const done = await carryLog({
    ...{ log: builder.log, ports: nodePorts, rows, address, keys: by.sign, verified: { checkpoint: checkpoint.value, note } },
    statements: ({ name, logKey }) => {
      const at = { ...head, root };
      const fields = { type: "move-log", size: head.size, root, relay: name, logKey, address } as const;
      const said = makeStatement({ ...frameOn(builder.charter, by.id, at), ...fields }, [by.sign]);
      const moved = extendCharter(builder.charter, said, { seq: head.size, time: head.time });
      if (!moved.ok) throw new Error(moved.error.code);
      const consent = makeStatement({ ...frameOn(moved.value, other.id, at), type: "consent", to: said.id }, [other.sign]);
      return [statementEntry(builder.log, said, by.sign.secretKey), statementEntry(builder.log, consent, other.sign.secretKey)];
    },
    onProgress: () => undefined,
    isCancelled: () => false,
  });
  const [wallMs, { user, system }] = [performance.now() - began, process.cpuUsage(cpu)];
  await rows.close();
  if (!done.ok || done.value.state !== "here") throw new Error(done.ok ? done.value.state : JSON.stringify(done.error));
  return { t: "moved", wallMs, cpuMs: (user + system) / 1_000, peakBytes: peakBytes(process.pid) };
}

function opened(file: string): FileStore {
  const rows = FileStore.open(file);
  if (!rows.ok) throw new Error(rows.error.code);
  return rows.value;
}

answerMessages<MoveTask, MoveAnswer>(async (task) => {
  await Promise.all([initCrypto(), initAutomergeNode()]);
  return task.t === "make" ? make(task.entries, task.file) : move(task.head, task.file, task.address);
});
