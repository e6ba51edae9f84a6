import { err, ok, type Result } from "../base/result.ts";
import { Accesses } from "./accesses.ts";
import { AddDevice } from "./linking/add-device.ts";
import type { ActError } from "./answer.ts";
import type { ReplicaApi } from "./api.ts";
import { Arrival } from "./linking/arrival.ts";
import { heldCalls } from "./calls/held.ts";
import { historyCalls } from "./calls/history.ts";
import { linkingCalls } from "./calls/linking.ts";
import { peopleCalls } from "./calls/people.ts";
import { recordCalls } from "./calls/records.ts";
import { snapshotCalls } from "./calls/snapshots.ts";
import { syncCalls } from "./calls/sync.ts";
import { vaultCalls } from "./calls/vault.ts";
import { ReplicaCore } from "./core.ts";
import type { ReplicaDeps } from "./deps.ts";
import { HeldActs } from "./held/held-acts.ts";
import { Histories } from "./history.ts";
import { Idle } from "./idle.ts";
import { LinkDesk } from "./linking/link-desk.ts";
import { Moves } from "./moves/moves.ts";
import { Naming } from "./naming.ts";
import { Searches } from "./search/searches.ts";
import { Sheets } from "./people/sheet.ts";
import { Records } from "./records/records.ts";
import { RelayCare } from "./relay-care.ts";
import { SnapshotJobs } from "./snapshots.ts";
import { TakeOver } from "./linking/take-over.ts";
import { UnfinishedLinks } from "./linking/unfinished-links.ts";
import { VaultHolder } from "./vault-holder.ts";
import { VaultLife } from "./vault-life.ts";

/** A replica that also lets tests and command lines look inside. */
export interface Replica extends ReplicaApi {
  readonly core: ReplicaCore;
  close(): Promise<void>;
}

/** Opens the replica over a store. Crypto and Automerge have been initialised. */
export async function openReplica(deps: ReplicaDeps): Promise<Result<Replica, ActError>> {
  const vault = await VaultHolder.load(deps.rows, deps.ports.clock, deps.ports.random, deps.argonCost);
  return vault.ok ? ok(replicaOver(new ReplicaCore(deps, vault.value))) : vault;
}

/** Puts the parts together, and what may be asked of them. */
function replicaOver(core: ReplicaCore): Replica {
  const records = new Records(core);
  const { writer, receipts, files } = records;
  const held = new HeldActs(core, records);
  const idle = new Idle(core.deps.ports.clock, () => desk.isUnderWay || moves.isMoving);
  const jobs = new SnapshotJobs(core, idle);
  const histories = new Histories(core);
  const searches = new Searches(core);
  const accesses = new Accesses(core, writer);
  const naming = new Naming(core, writer);
  const relay = new RelayCare(core);
  const moves = new Moves(core);

  const desk = new LinkDesk(core);
  const unfinished = new UnfinishedLinks(core);
  const arrival = new Arrival(core, desk);
  const addDevice = new AddDevice(core, desk, unfinished);
  const takeOver = new TakeOver(core, desk, arrival, () => {
    life.opened();
  });
  const stopLink = (): void => {
    addDevice.stop();
    takeOver.stop();
  };
  const sheets = new Sheets(core);
  const life: VaultLife = new VaultLife(core, {
    accesses,
    arrival,
    held,
    histories,
    moves,
    naming,
    receipts,
    searches,
    unfinished,
    stopLink,
  });

  core.onLive = (open) => {
    files.transfer(open);
    sheets.settle();
  };
  core.onNamed = () => {
    void naming.look();
    sheets.settle();
  };

  return {
    core,
    ...vaultCalls(core, life, idle, accesses, sheets),
    ...linkingCalls(core, desk, addDevice, takeOver, stopLink),
    ...peopleCalls(core, life),
    ...syncCalls(core, relay, moves, idle),
    ...recordCalls(core, records, searches, held),
    ...heldCalls(held),
    ...historyCalls(core, histories, jobs, accesses),
    ...snapshotCalls(core, jobs, accesses),
    cancel: (job) => {
      jobs.cancel(job);
      relay.cancel(job);
      moves.cancel(job);
      searches.cancel(job);
      return Promise.resolve();
    },
    // `withSample` opens one beside this replica.
    openSample: () => Promise.resolve(err({ code: "internal" })),
    watch: (listener) => core.watch(listener),
    close: () => life.close(),
  };
}
