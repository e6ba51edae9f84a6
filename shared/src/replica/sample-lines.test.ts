import { beforeAll, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { seededRandom } from "../../test/random.ts";
import { initCrypto } from "../crypto/init.ts";
import type { Ports } from "../sync/ports.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { openReplica } from "./replica.ts";
import { withSample } from "./sample-mode.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

it("[H1] a sample's history can be repeated to any length, in order, and every kind with it", async () => {
  const ports: Ports = {
    clock: { now: () => Date.UTC(2026, 6, 1), after: () => () => undefined },
    random: seededRandom("lines"),
    pause: () => Promise.resolve(),
    transport: {
      connect: () => ({ send: () => undefined, close: () => undefined }),
      http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
    },
  };
  const real = await openReplica({ rows: new MemoryStore(), ports, webOrigin: (relay) => relay });
  if (!real.ok) throw new Error(real.error.code);
  const api = withSample(real.value, ports);
  expect(await api.openSample({ years: 0.08, seed: 1, lines: 1_000 })).toEqual({ ok: true, value: undefined });
  const home = (await api.households()).find((h) => h.kind === "household");
  if (!home) throw new Error("a household");
  const { rows, total } = await api.history(home.log, {}, 0, 200);
  // One's own openings and exports stand among them, from the personal log.
  const own = (await api.history(home.log, { types: ["own"] }, 0, 1)).total;
  expect(own).toBeGreaterThan(20);
  expect(total).toBe(1_000 + own);
  const times = rows.map((r) => r.notAfter ?? 0);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  const counts = await Promise.all(
    (["message", "receipt", "expense"] as const).map(
      async (kind) => (await api.history(home.log, { types: ["act"], kinds: [kind] }, 0, 1)).total,
    ),
  );
  const others = (await api.history(home.log, { types: ["charter", "set-aside"] }, 0, 1)).total;
  expect(counts.reduce((a, b) => a + b, others)).toBe(1_000);
});
