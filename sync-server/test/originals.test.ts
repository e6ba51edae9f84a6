import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { utf8 } from "@countersign/shared/base/bytes";
import { sheetWords } from "@countersign/shared/charter/recovery-sheet";
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { get, until } from "./answers.ts";
import { device, PASSPHRASE } from "./device.ts";
import { startRelay } from "./process.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });
beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

const PICTURE = utf8("a picture alone");
const ORIGINAL = utf8("a picture, and that it was taken at 48.2082 N 16.3738 E");

test("[R12] a photo's original is with its sender alone, and comes back with the sheet; the other parent has the picture and what fixes it", async () => {
  const data = await mkdtemp(join(tmpdir(), "relay-originals-"));
  const relay = await startRelay("--port", "0", "--data", data, "--name", "relay.test");
  const alex = await device();
  const sam = await device();
  await get(alex.start({ relay: relay.origin, passphrase: PASSPHRASE, name: "Alex", zone: "Europe/Berlin" }));
  const { link } = await get(alex.invite({}));
  const log = await get(sam.join({ link, name: "Sam", passphrase: PASSPHRASE, zone: "Europe/Berlin" }));
  await until("the join has come", async () => (await alex.households()).some((h) => h.log === log && h.stage === "waiting"));
  await get(alex.confirmJoin(log));
  const photo = { name: "shoes.jpg", type: "image/jpeg", bytes: PICTURE, original: ORIGINAL };
  const record = await get(alex.sendMessage({ log, subject: "Shoes", text: "Hers.", files: [photo] }));

  await until("the message has come", async () => (await sam.message(log, record)) !== undefined);
  const [shown] = (await sam.message(log, record))?.files ?? [];
  if (!shown?.original) throw new Error("a photo with an original");
  const { commitment, mine } = shown.original;
  expect(mine).toBe(false);
  await until("the picture is fetched", async () => (await sam.file(log, shown.id)).ok);
  expect(await get(sam.file(log, shown.id))).toEqual(PICTURE);
  expect(await sam.original(commitment)).toMatchObject({ ok: false, error: { code: "file-missing" } });

  const { sheet, personal } = alex.core;
  if (!sheet || !personal) throw new Error("a sheet");
  await until("all is sent", async () => (await alex.sync(personal.session.log)).state === "up-to-date");
  expect(await get(alex.original(commitment))).toMatchObject({ name: "shoes.jpg", type: "image/jpeg", bytes: ORIGINAL, commitment });
  await alex.close();
  const fresh = await device();
  // The sheet alone may not write at once (rule C9); it reads.
  await fresh.restore({ relay: relay.origin, words: sheetWords(sheet.seed), passphrase: PASSPHRASE, name: "" });
  await until("the original is fetched", async () => (await fresh.original(commitment)).ok);
  expect(await get(fresh.original(commitment))).toMatchObject({ bytes: ORIGINAL });
  await fresh.close();
  await sam.close();
  expect(await relay.end("SIGTERM")).toBe(0);
  await rm(data, { recursive: true });
});
