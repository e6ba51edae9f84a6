import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toBase64 } from "@countersign/shared/base/bytes";
import { initCrypto } from "@countersign/shared/crypto/init";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import { signCheckpoint } from "@countersign/shared/log/checkpoint";
import { openCosignatures, parseWitnessKey, withCosignatures } from "@countersign/shared/log/cosignature";
import { leafHash } from "@countersign/shared/log/merkle";
import { formatVerifierKey, noteKey, openNote, signNote } from "@countersign/shared/log/note";
import { MerkleTree } from "@countersign/shared/log/tree";
import { witnessContract } from "./contract.ts";
import { MemoryWitness } from "./memory.ts";
import { openSqliteWitness } from "./sqlite.ts";
import type { WitnessStore } from "./store.ts";
import { Witness } from "./witness.ts";

let memory: MemoryWitness | undefined;
witnessContract("memory", {
  open: () => Promise.resolve((memory ??= new MemoryWitness())),
  wipe: () => {
    memory = undefined;
    return Promise.resolve();
  },
});
let folder: string | undefined;
witnessContract("sqlite", {
  open: async () => openSqliteWitness(join((folder ??= await mkdtemp(join(tmpdir(), "witness-"))), "witness.db")),
  wipe: async () => {
    if (folder) await rm(folder, { recursive: true });
    folder = undefined;
  },
});

describe("a witness", () => {
  const ORIGIN = "relay.example/5f";
  const NOW = 1_700_000_000_500;
  const tree = MerkleTree.of();
  let pair: ReturnType<typeof signKeyPair>;
  let store: WitnessStore;
  let witness: Witness;
  beforeAll(async () => {
    await initCrypto();
    pair = signKeyPair(new Uint8Array(32).fill(1));
    for (let i = 0; i < 40; i++) tree.append(leafHash(Uint8Array.of(i)));
  });
  beforeEach(async () => {
    store = new MemoryWitness();
    witness = await open(store);
    const key = noteKey(ORIGIN, pair.publicKey);
    if (!key) throw new Error("a key");
    expect((await witness.addLog(`${formatVerifierKey(key)}\n`, "secret token 16+")).status).toBe(200);
  });
  const open = (on: WitnessStore, by = 8): Promise<Witness> =>
    Witness.open({
      store: on,
      now: () => NOW,
      random: (n) => new Uint8Array(n).fill(by),
      name: "witness.example",
      clients: [{ name: "relay.example", token: "secret token 16+" }],
    });

  const rootOf = (size: number): Uint8Array => {
    const root = tree.rootAt(size);
    if (!root.ok) throw new Error("a root");
    return root.value;
  };
  const note = (size: number, root = rootOf(size), key = pair.secretKey, origin = ORIGIN): string =>
    signCheckpoint({ origin, size, root, time: NOW }, key);
  const proof = (from: number, size: number): string[] => {
    const path = tree.consistency(from, size);
    if (!path.ok) throw new Error("a path");
    return path.value.map(toBase64);
  };
  const ask = (old: number, lines: readonly string[], of: string) =>
    witness.addCheckpoint([`old ${String(old)}`, ...lines, "", of].join("\n"));

  test("[WT1] has one key, made once and kept beside what it saw", async () => {
    expect((await open(store, 9)).verifierKey).toBe(witness.verifierKey);
    expect((await open(new MemoryWitness(), 9)).verifierKey).not.toBe(witness.verifierKey);
  });

  test("[WT3] cosigns what only grew, under its own key and time", async () => {
    const key = parseWitnessKey(witness.verifierKey);
    if (!key) throw new Error("a key");
    expect(key.name).toBe("witness.example/witness");
    for (const [old, size] of [
      [0, 7],
      [7, 16],
      [16, 33],
      [33, 33],
      [33, 40],
    ] as const) {
      const answer = await ask(old, proof(old, size), note(size));
      expect(answer.status).toBe(200);
      const cosigned = withCosignatures(note(size), answer.body, [key]);
      expect(openCosignatures(cosigned ?? "", [key])).toEqual([{ key, time: 1_700_000_000_000 }]);
      // Who does not know the witness reads the note as before.
      const log = noteKey(ORIGIN, pair.publicKey);
      expect(openNote(cosigned ?? "", log ? [log] : []).ok).toBe(true);
    }
  });

  test("[WT3] says 409 and its size where the old size is another, and again for another root of the same size", async () => {
    expect((await ask(0, [], note(10))).status).toBe(200);
    expect(await ask(0, [], note(20))).toMatchObject({ status: 409, type: "text/x.tlog.size", body: "10\n" });
    expect(await ask(12, proof(12, 20), note(20))).toMatchObject({ status: 409, body: "10\n" });
    expect(await ask(10, [], note(10, new Uint8Array(32)))).toMatchObject({ status: 409, body: "10\n" });
    expect((await store.log(ORIGIN))?.head?.root).toEqual(rootOf(10));
  });

  test("[WT3] says 404 to an unknown log, 403 to another key, 422 to a log that did not only grow", async () => {
    expect((await ask(0, [], note(10, rootOf(10), pair.secretKey, "relay.example/60"))).status).toBe(404);
    expect((await ask(0, [], note(10, rootOf(10), pair.secretKey, "other.example/5f"))).status).toBe(404);
    const stranger = signKeyPair(new Uint8Array(32).fill(2));
    expect((await ask(0, [], note(10, rootOf(10), stranger.secretKey))).status).toBe(403);
    expect((await ask(0, ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], note(10))).status).toBe(422);
    expect((await ask(0, [], note(10))).status).toBe(200);
    expect((await ask(10, proof(10, 20), note(20, new Uint8Array(32)))).status).toBe(422);
    expect((await ask(10, proof(9, 20), note(20))).status).toBe(422);
    expect((await store.log(ORIGIN))?.head?.size).toBe(10);
  });

  test("[WT3] says 400 to what is no request: an old size above, lines, numbers, sizes", async () => {
    const good = note(10);
    for (const body of [
      "",
      "old 0",
      `old 0\n${good}`,
      `old 00\n\n${good}`,
      `old -1\n\n${good}`,
      `old 1e1\n\n${good}`,
      `new 0\n\n${good}`,
      `old 0\nAAAA\n\n${good}`,
      `old 0\nnot base64\n\n${good}`,
      `old 11\n\n${good}`,
      `old 0\n\n${good.slice(0, -5)}`,
      `old 0\n${`${toBase64(new Uint8Array(32))}\n`.repeat(64)}\n${good}`,
      `old 0\n\n${signNote("relay.example/5f\n10\n", ORIGIN, pair.secretKey)}`,
      "x".repeat(20_000),
    ])
      expect((await witness.addCheckpoint(body)).status, body.slice(0, 40)).toBe(400);
  });

  test("[WT3] takes checkpoints with other extension lines, or none, as the specification has them", async () => {
    const plain = signNote(`${ORIGIN}\n10\n${toBase64(rootOf(10))}\n`, ORIGIN, pair.secretKey);
    expect((await ask(0, [], plain)).status).toBe(200);
    const extended = signNote(`${ORIGIN}\n11\n${toBase64(rootOf(11))}\nsomething else\n`, ORIGIN, pair.secretKey);
    expect((await ask(10, proof(10, 11), extended)).status).toBe(200);
  });

  test("[WT4] of two requests that begin from one size one is told the new size, and nothing rolls back", async () => {
    const slow = await Promise.all([ask(0, [], note(20)), ask(0, [], note(12)), ask(0, [], note(33))]);
    const [done, ...late] = slow.sort((a, b) => a.status - b.status);
    expect(done.status).toBe(200);
    const size = String((await store.log(ORIGIN))?.head?.size);
    expect(late.map((l) => [l.status, l.body])).toEqual([
      [409, `${size}\n`],
      [409, `${size}\n`],
    ]);
  });

  test("[WT4] answers only after it keeps what it saw: a store that fails gives no signature", async () => {
    const broken = await open({
      keySeed: (fresh) => store.keySeed(fresh),
      log: (origin) => store.log(origin),
      addLog: (log, limit) => store.addLog(log, limit),
      advance: () => Promise.reject(new Error("no room")),
      close: () => store.close(),
    });
    await expect(broken.addCheckpoint(["old 0", "", note(10)].join("\n"))).rejects.toThrow("no room");
  });

  test("[WT2] logs are told only by the relay that they are named after, with its token", async () => {
    const key = (origin: string): string => {
      const made = noteKey(origin, pair.publicKey);
      return made ? formatVerifierKey(made) : "";
    };
    expect((await witness.addLog(key("other.example/5f"), "secret token 16+")).status).toBe(404);
    expect((await witness.addLog(key("relay.example/61"), "wrong")).status).toBe(401);
    expect((await witness.addLog(key("relay.example/61"), undefined)).status).toBe(401);
    expect((await witness.addLog("nonsense", "secret token 16+")).status).toBe(400);
    expect((await witness.addLog(key(ORIGIN), "secret token 16+")).status).toBe(200);
    const other = noteKey(ORIGIN, signKeyPair(new Uint8Array(32).fill(3)).publicKey);
    expect((await witness.addLog(other ? formatVerifierKey(other) : "", "secret token 16+")).status).toBe(409);
  });
});
