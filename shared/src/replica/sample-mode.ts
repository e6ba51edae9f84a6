import type { DeviceId, LogId, MemberId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { LogKind } from "../charter/types.ts";
import type { DeviceSecrets } from "../sample/keys.ts";
import { generateSample, type Sample } from "../sample/sample.ts";
import { makeLinePage, wholePages, withoutStalePages } from "../sync/line-pages.ts";
import { sealedWrites } from "../sync/files.ts";
import type { ReplicaPorts } from "./deps.ts";
import { historyRowCodec, keys, logged } from "../sync/rows.ts";
import { prefix, type Write } from "../vault/row-store.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import type { ActError } from "./answer.ts";
import type { Patch, ReplicaApi } from "./api.ts";
import type { ReplicaCore } from "./core.ts";
import type { Names } from "./names.ts";
import { openReplica, type Replica } from "./replica.ts";
import { sheetUnlockKey, newSheetSeed } from "../charter/recovery-sheet.ts";

/** A sample has nothing to protect: benchmarks lock and unlock it with these. */
export const SAMPLE_COST = { memKiB: 8, passes: 1 };
export const SAMPLE_PASSPHRASE = "the sample needs no passphrase";
const RUN = 256;
/** The sample's files and rows are in memory; no network is touched. */
const offline = (ports: ReplicaPorts): ReplicaPorts => ({
  ...ports,
  transport: {
    connect: (_address, events) => {
      ports.clock.after(0, () => {
        events.onClose(1006);
      });
      return { send: () => undefined, close: () => undefined };
    },
    http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
  },
});

/**
 * Lines of the history again, under later places and times, until there are `lines`: a history as long as many years would make it, without the
 * minutes that judging so many changes takes. Each tells of the act that it repeats.
 */
async function repeatLines({ rows, deps }: Replica["core"], log: LogId, lines: number): Promise<Result<void, ActError>> {
  const real = ((await rows?.scan("history", prefix(keys.histories(log)))) ?? []).flatMap((row) => {
    const [seq = "", index = ""] = row.key.slice(keys.histories(log).length + 1).split("/");
    const stored = historyRowCodec.decode(row.value);
    return stored.ok ? [{ seq: Number(seq), index: Number(index), stored: stored.value }] : [];
  });
  const [first, last] = [real[0], real.at(-1)];
  if (!rows || !first || !last) return ok(undefined);
  const span = (last.stored.notAfter ?? 0) - (first.stored.notAfter ?? 0) + 1;
  for (let n = real.length; n < lines;) {
    const round = Math.floor(n / real.length);
    const run = real.slice(n % real.length).slice(0, Math.min(RUN, lines - n));
    const writes = run.map(({ seq, index, stored }): Write => {
      const at = seq + round * (last.seq + 1);
      const times = (["notBefore", "notAfter", "claimed"] as const).flatMap((name) => {
        const time = stored[name];
        return time === undefined ? [] : [[name, time + round * span] as const];
      });
      const value = { ...stored, ...Object.fromEntries(times), seq: at };
      return { table: "history", key: keys.history(log, logged(at, index)), value: historyRowCodec.encode(value) };
    });
    const kept = await rows.commit([...writes, ...withoutStalePages(log, writes)]);
    if (!kept.ok) return err({ code: "internal" });
    n += run.length;
    await deps.ports.pause();
  }
  const rounds = Math.ceil(lines / real.length);
  for (const page of wholePages(0, (rounds - 1) * (last.seq + 1))) {
    const made = await makeLinePage(log, rows, page);
    if (made) await rows.commit([made]);
    await deps.ports.pause();
  }
  return ok(undefined);
}

/** Opens a generated household in a replica of its own that lives in memory and reaches nobody. */
export async function openSampleReplica(
  sample: Sample,
  ports: ReplicaPorts,
  progress?: (done: number, of: number) => void,
): Promise<Result<Replica, ActError>> {
  const rows = new MemoryStore();
  const opened = await openReplica({ rows, ports: offline(ports), webOrigin: (relay) => relay, argonCost: SAMPLE_COST });
  if (!opened.ok) return opened;
  const { core } = opened.value;
  core.isSample = true;
  const seed = newSheetSeed(ports.random);
  const vault = await core.vault.create(SAMPLE_PASSPHRASE, sheetUnlockKey(seed));
  if (!vault.ok) return vault;
  const [me] = sample.people;
  const { log, relay, zone, items, note, files } = sample;
  const home: Home = { kind: "household", log, relay, zone, items, note, files, member: sample.me.member, device: sample.me.device };
  const household = await openSampleLog(
    core,
    home,
    {
      label: "Sample household",
      people: new Map(sample.people.map((p) => [p.member, p.name])),
      devices: new Map(sample.people.flatMap((p) => p.devices.map((d): [DeviceId, string] => [d.device, d.name]))),
      link: null,
    },
    progress,
  );
  if (!household.ok) return household;
  if (sample.personal) {
    const { builder, device, files } = sample.personal;
    const member = builder.memberOf(device);
    const own: Home = {
      ...{ kind: "personal", log: builder.log, relay, zone, items: builder.wire(), note: builder.known().note, files, member, device },
    };
    const names = { label: "", people: new Map([[member, me.name]]), devices: new Map([[device.id, "Phone"]]), link: null };
    const personal = await openSampleLog(core, own, names);
    if (!personal.ok) return personal;
  }
  return opened;
}

/** A log of a sample as a relay would send it, and who opens it. */
interface Home extends Pick<Sample, "log" | "relay" | "zone" | "items" | "note" | "files"> {
  readonly kind: LogKind;
  readonly member: MemberId;
  readonly device: DeviceSecrets;
}

async function openSampleLog(
  core: ReplicaCore,
  { kind, log, relay, zone, items, note, files, member, device }: Home,
  names: Names,
  progress?: (done: number, of: number) => void,
): Promise<Result<void, ActError>> {
  const open = await core.openLog(
    {
      v: 1,
      log,
      kind,
      address: "http://sample.invalid",
      relayName: relay,
      purpose: kind === "personal" ? "personal" : "household/0",
      member,
      // libsodium's secret key is the seed and the public key.
      sign: device.sign.secretKey.slice(0, 32),
      box: device.box.secretKey,
      label: "",
      zone,
      viewReceipts: true,
    },
    undefined,
    false,
  );
  for (let from = 0; from < items.length; from += RUN) {
    const run = items.slice(from, from + RUN);
    const isLast = from + run.length === items.length;
    const taken = await open.session.received({ t: "entries", from, items: [...run], note: isLast ? note : null });
    if (taken !== "kept") return err({ code: "internal" });
    progress?.(from + run.length, items.length);
    await core.deps.ports.pause();
  }
  for (const file of files.values()) await core.rows?.commit(sealedWrites(log, file.record, file.key, file.sealed, true));
  await core.keepNames(open, names);
  return ok(undefined);
}

/**
 * A replica beside which a sample can be opened: from then on every call goes to the sample, until it is locked. The real one is untouched.
 */
export function withSample(real: Replica, ports: ReplicaPorts): ReplicaApi {
  let current: ReplicaApi = real;
  let close: (() => Promise<void>) | undefined;
  const listeners = new Set<(patch: Patch) => void>();
  const tell = (patch: Patch): void => {
    for (const listener of listeners) listener(patch);
  };
  real.watch(tell);
  const leave = async (): Promise<void> => {
    current = real;
    await close?.();
    close = undefined;
    tell({ topic: "vault" });
    tell({ topic: "households" });
  };
  const job = { isCancelled: false };
  const isCancelled = (): boolean => job.isCancelled;
  const openSample: ReplicaApi["openSample"] = async ({ years, seed, lines }) => {
    job.isCancelled = false;
    const sample = await generateSample({
      years,
      seed,
      pause: () => ports.pause(),
      cancelled: isCancelled,
      progress: (done, of) => {
        tell({ topic: "progress", job: "sample", done, of: of * 2 });
      },
    });
    if (!sample.ok) return err({ code: "cancelled" });
    const opened = await openSampleReplica(sample.value, ports, (done, of) => {
      tell({ topic: "progress", job: "sample", done: of + done, of: of * 2 });
    });
    if (!opened.ok) return opened;
    if (isCancelled()) {
      await opened.value.close();
      return err({ code: "cancelled" });
    }
    if (lines !== undefined) {
      const repeated = await repeatLines(opened.value.core, sample.value.log, lines);
      if (!repeated.ok) return repeated;
    }
    const stop = opened.value.watch(tell);
    close = async () => {
      stop();
      await opened.value.close();
    };
    current = opened.value;
    tell({ topic: "vault" });
    tell({ topic: "households" });
    return ok(undefined);
  };
  const own: Partial<ReplicaApi> = {
    openSample,
    cancel: (name) => {
      if (name === "sample") job.isCancelled = true;
      return current.cancel(name);
    },
    lock: () => (current === real ? real.lock() : leave()),
    watch: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  return new Proxy(real, {
    get: (_target, name) => {
      const mine: unknown = Reflect.get(own, name);
      if (mine !== undefined) return mine;
      const method: unknown = Reflect.get(current, name);
      return typeof method === "function" ? (...args: unknown[]) => (method as (...a: unknown[]) => unknown).apply(current, args) : method;
    },
  });
}
