import { existsSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { toHex } from "@countersign/shared/base/bytes";
import { err, ok, type Result } from "@countersign/shared/base/result";
import { initCrypto } from "@countersign/shared/crypto/init";
import { useNativeCrypto } from "@countersign/shared/crypto/native";
import { systemRandom } from "@countersign/shared/crypto/random";
import { nodeCrypto } from "@countersign/shared/node/native-crypto";
import { askAuthority } from "@countersign/shared/node/ask-authority";
import type { Clock } from "@countersign/shared/sync/ports";
import type { Config } from "./config.ts";
import { openDataFolder } from "./data-folder.ts";
import { DiskBlobs } from "./files/blobs.ts";
import { FileDesk } from "./files/desk.ts";
import { Addresses } from "./http/address.ts";
import { makeMetrics } from "./http/metrics.ts";
import { makeHttpServer } from "./http/server.ts";
import { WebFolder } from "./http/static.ts";
import { makeLog } from "./logs/logger.ts";
import type { RelayLimits } from "./relay/limits.ts";
import type { RelayLog } from "./relay/ports.ts";
import { createRelay } from "./relay/relay.ts";
import { openSqliteStore } from "./store/sqlite.ts";
import { StoreProblem, type RelayStore } from "./store/store.ts";
import { StampDesk, type StampDeskPorts } from "./stamp/desk.ts";
import { WitnessDesk } from "./witness/desk.ts";
import { postWitness } from "./witness/http.ts";
import { parseWitnessClients, parseWitnesses } from "./witness/settings.ts";
import { openSqliteWitness } from "./witness/sqlite.ts";
import type { WitnessStore } from "./witness/store.ts";
import { Witness } from "./witness/witness.ts";
import { serveSockets } from "./ws/server.ts";

/** A relay that listens. */
export interface Running {
  readonly origin: string;
  /** Takes nothing more, makes durable what was taken, says goodbye, and resolves. */
  stop(): Promise<void>;
}

const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Starts a relay with database, files and sockets. An error is a sentence for the person who starts it. */
export async function start(config: Config): Promise<Result<Running, string>> {
  await initCrypto();
  useNativeCrypto(nodeCrypto);
  if (config.web !== undefined && !existsSync(join(config.web, "index.html"))) return err(`There is no built web app in ${config.web}.`);
  const folder = openDataFolder(config.data, config.name, defaultName(config));
  if (!folder.ok) return folder;
  const store = openStore(folder.value.database);
  if (!store.ok) {
    folder.value.release();
    return store;
  }
  const log = makeLog(config.log);
  const metrics = makeMetrics();
  const witnessStore = config["witness-clients"] === undefined ? undefined : openWitness(folder.value.witness);
  if (witnessStore && !witnessStore.ok) {
    await store.value.close();
    folder.value.release();
    return witnessStore;
  }
  const witnesses = config.witnesses === undefined ? undefined : parseWitnesses(config.witnesses);
  const relay = await createRelay({
    ...(witnesses === undefined
      ? {}
      : { witnesses: new WitnessDesk({ clock: systemClock, log, post: postWitness }, witnesses, config["witness-every"]) }),
    ...(config["timestamp-authority"] === undefined
      ? {}
      : { stamps: new StampDesk(stampPorts(config["timestamp-authority"], log), config["timestamp-hours"]) }),
    ...{ store: store.value, log, clock: systemClock, random: systemRandom, name: folder.value.name, meter: metrics.meter },
    turn: setImmediate,
    limits: limitsOf(config),
  });
  metrics.watch(() => relay.counts());
  const addresses = new Addresses(config["behind-proxy"]);
  const witness =
    witnessStore &&
    (await Witness.open({
      ...{ store: witnessStore.value, now: relay.now, random: systemRandom, name: folder.value.name },
      clients: parseWitnessClients(config["witness-clients"] ?? "") ?? [],
    }));
  if (witness) log.info("witness", { key: witness.verifierKey });
  const desk = new FileDesk({ relay, store: store.value, blobs: new DiskBlobs(folder.value.files) });
  const server = makeHttpServer({
    ...{ relay, store: store.value, desk, metrics, addresses, log, tls: config.tls },
    ...(config.web === undefined ? {} : { web: new WebFolder(config.web) }),
    ...(witness ? { witness } : {}),
    ...(config["metrics-token"] === undefined ? {} : { metricsToken: config["metrics-token"] }),
  });
  const sockets = serveSockets(server, relay, addresses);
  const stop = async (): Promise<void> => {
    server.close();
    await relay.stop();
    server.closeIdleConnections();
    await allowGoodbyes(server);
    sockets.stop();
    server.closeAllConnections();
    await store.value.close();
    await witnessStore?.value.close();
    folder.value.release();
  };
  const address = await listen(server, config);
  if (!address.ok) {
    await stop();
    return address;
  }
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  log.info("listening", { port: address.value.port });
  return ok({ origin: `http://${host}:${address.value.port}`, stop });
}

const stampPorts = (address: string, log: RelayLog): StampDeskPorts => ({
  ...{ clock: systemClock, log, random: systemRandom },
  ask: (request) => askAuthority(address, request),
});

/** The name of a relay that was given none: where it listens, or something that no other has. */
const defaultName = (config: Config): string =>
  config.port === 0
    ? `${config.host}-${toHex(systemRandom(4))}`
    : `${config.host.includes(":") ? `[${config.host}]` : config.host}:${config.port}`;

function openStore(path: string): Result<RelayStore, string> {
  try {
    return ok(openSqliteStore(path));
  } catch (problem) {
    if (problem instanceof StoreProblem) return err(problem.message);
    throw problem;
  }
}

function openWitness(path: string): Result<WitnessStore, string> {
  try {
    return ok(openSqliteWitness(path));
  } catch (problem) {
    if (problem instanceof StoreProblem) return err(problem.message);
    throw problem;
  }
}

function limitsOf(config: Config): Partial<RelayLimits> {
  return {
    file: config["max-file"],
    memberBytes: config["member-bytes"],
    entriesPerSecond: config["member-rate"],
    entriesBurst: config["member-burst"],
    framesPerSecond: config["frame-rate"],
    framesBurst: config["frame-burst"],
    addressConnections: config["address-connections"],
    connectsPerSecond: config["address-rate"],
    connectsBurst: config["address-burst"],
    foundsPerSecond: config["found-rate"],
    foundsBurst: config["found-burst"],
  };
}

function listen(server: Server, config: Config): Promise<Result<AddressInfo, string>> {
  return new Promise((resolve) => {
    server.once("error", (problem: NodeJS.ErrnoException) => {
      const why = problem.code === "EADDRINUSE" ? "is in use by another program" : `cannot be opened (${problem.code ?? "unknown reason"})`;
      resolve(err(`Port ${config.port} on ${config.host} ${why}.`));
    });
    server.listen(config.port, config.host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? ok(address) : err("The relay does not know where it listens."));
    });
  });
}

/** A moment for the sockets to answer their goodbye, at most a second. */
function allowGoodbyes(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1_000);
    server.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
