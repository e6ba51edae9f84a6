import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { FileId, LogId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { dialRelay, TestClient } from "../../test/client.ts";
import { foundHousehold, type TestHousehold } from "../../test/household.ts";
import { makeWorld, NAME, type World } from "../../test/world.ts";
import { DiskBlobs, MemoryBlobs, type BlobStore } from "./blobs.ts";
import { FileDesk, type Upload } from "./desk.ts";

beforeAll(() => initCrypto());

const FILE = toId<FileId>(new Uint8Array(32).fill(8));
const bytes = (n: number): Uint8Array => new Uint8Array(n).fill(3);

interface Scene extends World {
  readonly desk: FileDesk;
  readonly home: TestHousehold;
  readonly alice: string;
  readonly bob: string;
  readonly guest: string;
}
async function scene(limits: Parameters<typeof makeWorld>[0] = {}): Promise<Scene> {
  const world = await makeWorld(limits);
  const dial = dialRelay(world.relay);
  const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
  const token = async (as: "device" | "recovery" | "mail", keys: (typeof home.alice.phone)["sign"]): Promise<string> =>
    (await TestClient.signIn(dial, as, keys, as === "mail" ? null : home.log)).welcome?.token ?? "";
  return {
    ...world,
    home,
    desk: new FileDesk({ relay: world.relay, store: world.store, blobs: new MemoryBlobs() }),
    alice: await token("device", home.alice.phone.sign),
    bob: await token("device", home.bob.phone.sign),
    guest: await token("mail", home.bob.laptop.sign),
  };
}

async function must(opened: ReturnType<FileDesk["open"]>): Promise<Upload> {
  const upload = await opened;
  if (!upload.ok) throw new Error(upload.error.code);
  return upload.value;
}
const codeOf = async (opened: Promise<{ ok: boolean; error?: { code: string } }>): Promise<string | undefined> =>
  (await opened).error?.code;

describe("sealed files", () => {
  test("[W8] only a member's token puts and gets, in its own log, and only a device's puts", async () => {
    const { desk, home, alice, guest, relay } = await scene();
    expect(await codeOf(desk.open("nothing", home.log, FILE, 0, 10))).toBe("unauthorised");
    expect(await codeOf(desk.open(guest, home.log, FILE, 0, 10))).toBe("unauthorised");
    expect(await codeOf(desk.open(alice, toId<LogId>(bytes(32)), FILE, 0, 10))).toBe("forbidden");
    const sheet = await TestClient.signIn(dialRelay(relay), "recovery", home.alice.sheet.sign, home.log);
    expect(await codeOf(desk.open(sheet.welcome?.token ?? "", home.log, FILE, 0, 10))).toBe("forbidden");
    expect(await codeOf(desk.get(alice, home.log, FILE))).toBe("not-found");
  });

  test("[W8] an interrupted file goes on where it stopped, by its member alone, and a newer upload takes over", async () => {
    const { desk, home, alice, bob } = await scene();
    const first = await must(desk.open(alice, home.log, FILE, 0, 100));
    expect(await first.append(bytes(40))).toEqual({ ok: true, value: 40 });
    expect(await desk.open(bob, home.log, FILE, 40, 100)).toEqual({ ok: false, error: { code: "forbidden" } });
    expect(await desk.open(alice, home.log, FILE, 0, 100)).toEqual({ ok: false, error: { code: "offset", length: 40 } });
    const second = await must(desk.open(alice, home.log, FILE, 40, 100));
    expect(await first.append(bytes(10))).toEqual({ ok: false, error: { code: "offset", length: 40 } });
    expect(await second.append(bytes(61))).toEqual({ ok: false, error: { code: "too-large", length: 40 } });
    expect(await desk.get(bob, home.log, FILE)).toEqual({ ok: false, error: { code: "not-found" } });
    expect(await second.append(bytes(60))).toEqual({ ok: true, value: 100 });
    const got = await desk.get(bob, home.log, FILE);
    expect(got.ok && (await got.value.read(90, 200))).toEqual(bytes(10));
  });

  test("[L10] a file over the limit, or over its member's quota, is refused; the other's is not", async () => {
    const { desk, home, alice, bob } = await scene({ file: 50_000, memberBytes: 60_000 });
    expect(await codeOf(desk.open(alice, home.log, FILE, 0, 50_001))).toBe("too-large");
    const upload = await must(desk.open(alice, home.log, FILE, 0, 40_000));
    expect(await upload.append(bytes(40_000))).toEqual({ ok: true, value: 40_000 });
    const other = toId<FileId>(new Uint8Array(32).fill(9));
    expect(await codeOf(desk.open(alice, home.log, other, 0, 40_000))).toBe("quota-member");
    expect((await desk.open(bob, home.log, other, 0, 40_000)).ok).toBe(true);
  });

  test("[W2] a piece counts only when the index has it", async () => {
    const { desk, home, alice, store } = await scene();
    const upload = await must(desk.open(alice, home.log, FILE, 0, 100));
    store.faults = { beforeCommit: () => Promise.reject(new Error("disk full")) };
    await expect(upload.append(bytes(40))).rejects.toThrow();
    store.faults = {};
    upload.end();
    expect((await must(desk.open(alice, home.log, FILE, 0, 100))).length).toBe(0);
  });
});

describe("where files lie", () => {
  const cases: readonly [string, () => Promise<{ blobs: BlobStore; folder?: string }>][] = [
    ["memory", () => Promise.resolve({ blobs: new MemoryBlobs() })],
    [
      "disk",
      async () => {
        const folder = await mkdtemp(join(tmpdir(), "relay-blobs-"));
        return { blobs: new DiskBlobs(folder), folder };
      },
    ],
  ];
  test.each(cases)("[W8] %s: pieces at their offsets, written again after a crash, read before and after the end", async (_name, make) => {
    const { blobs, folder } = await make();
    const log = toId<LogId>(bytes(32));
    await blobs.write(log, FILE, 0, bytes(10));
    await blobs.write(log, FILE, 10, new Uint8Array(20).fill(4));
    // The index never heard of those twenty: they come again, different.
    await blobs.write(log, FILE, 10, new Uint8Array(5).fill(5));
    if (folder !== undefined) expect(await readdir(join(folder, log))).toEqual([`${FILE}.part`]);
    await blobs.finish(log, FILE);
    if (folder !== undefined) expect(await readdir(join(folder, log))).toEqual([FILE]);
    expect(await blobs.read(log, FILE, 8, 15)).toEqual(Uint8Array.of(3, 3, 5, 5, 5, 5, 5));
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
});
