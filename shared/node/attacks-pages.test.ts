/** Printed pages that lie while everything else is honest (rules S1, S6). */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { forge } from "../test/attacks/forge.ts";
import { makeWorld, printed, type Exported, type World } from "../test/attacks/world.ts";
import { pack, type Bundle } from "../test/bundle.ts";
import type { Held } from "../test/held.ts";
import { initCrypto } from "../src/crypto/init.ts";
import type { CheckView } from "../src/views/snapshot.ts";
import type { Derived } from "../src/snapshot/derive.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { gather } from "../src/snapshot/pieces.ts";
import { verifySnapshot } from "../src/snapshot/verify.ts";
import { initAutomergeNode } from "./automerge.ts";
import { nodePages } from "./pdf-ports.ts";

// Pages are laid out some twenty times, on machines that may be slow.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let world: World;
let honest: Exported;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  world = await makeWorld(81);
  honest = await printed(world, nodePages);
});

/** Signed anew by the exporter, with the pages of what they would rather have. */
async function telling(change: (d: Held<Derived>) => Derived): Promise<Bundle> {
  const d = change(honest.derived);
  const style = d.statement.scope.pages;
  if (!style) throw new Error("the scope has pages");
  const pages = new Map<string, Uint8Array>();
  for await (const file of nodePages(d, style, {})) if (file.ok) pages.set(file.value[0], await gather(file.value[1]));
  return forge(world, honest, {
    files: (files) => {
      for (const [path, bytes] of pages) files.set(path, bytes);
    },
  });
}

async function failures(bundle: Bundle): Promise<readonly CheckView[]> {
  const read = await verifySnapshot(await pack(bundle), { pdf: nodePages });
  if (!read.ok) throw new Error(read.error.code);
  const { unchanged, complete, keys } = read.value.verdict;
  return [...unchanged.checks, ...complete.checks, ...keys.checks].filter((c) => c.state === "failed");
}

const LIES: readonly (readonly [string, string, (d: Held<Derived>) => Derived])[] = [
  [
    "a message that was never written",
    PATH.messagesPdf,
    (d) => ({ ...d, messages: d.messages.map((m, i) => (i === 1 ? { ...m, text: "I agree." } : m)) }),
  ],
  [
    "no receipts",
    PATH.messagesPdf,
    (d) => ({ ...d, messages: d.messages.map((m) => ({ ...m, proof: { ...m.proof, deliveredBy: d.checkpointTime } })) }),
  ],
  ["another amount", PATH.expensesPdf, (d) => ({ ...d, expenses: d.expenses.map((e) => ({ ...e, amount: e.amount * 10 })) })],
  [
    "an expense that was not refused",
    PATH.expensesPdf,
    (d) => ({ ...d, expenses: d.expenses.map((e) => ({ ...e, state: "approved" as const })) }),
  ],
  ["a device that was never revoked", PATH.history, (d) => ({ ...d, devices: d.devices.map((v) => ({ ...v, revoked: undefined })) })],
  ["another relay", PATH.startPdf, (d) => ({ ...d, relay: "relay.court.example" })],
];

describe("printed pages of an exporter who falsifies", () => {
  it("[S6] are not blamed where they are honest", async () => {
    expect(await failures(await telling((d) => d))).toEqual([]);
  });

  it.each(LIES)("[S1][S6] that tell of %s are found", async (_, path, change) => {
    expect(await failures(await telling(change))).toContainEqual(expect.objectContaining({ key: "pages-differ", where: path }));
  });
});
