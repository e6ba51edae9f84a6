import { beforeAll, expect, it } from "vitest";
import { coded } from "../base/result.ts";
import { initCrypto } from "../crypto/init.ts";
import { systemRandom } from "../crypto/random.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { VaultHolder } from "./vault-holder.ts";

const PASSPHRASE = "violet harbour lantern";
/** Far below what production takes: here it is not about the cost. */
const CHEAP = { memKiB: 64, passes: 1 };

beforeAll(initCrypto);

/** A locked vault on a disk that can be filled up. */
async function locked() {
  const disk = { full: false };
  const rows = new MemoryStore({ beforeCommit: () => (disk.full ? coded("store-full") : undefined) });
  let time = 1_000_000;
  const clock = { now: () => time, after: () => () => undefined };
  const open = async (): Promise<VaultHolder> => {
    const vault = await VaultHolder.load(rows, clock, systemRandom, CHEAP);
    if (!vault.ok) throw new Error(vault.error.code);
    return vault.value;
  };
  await (await open()).create(PASSPHRASE, systemRandom(32));
  return {
    disk,
    vault: await open(),
    pass: (ms: number) => {
      time += ms;
    },
  };
}

it("[vault] a full disk keeps nobody out: the right passphrase opens", async () => {
  const { disk, vault } = await locked();
  disk.full = true;
  expect((await vault.unlock(PASSPHRASE)).ok).toBe(true);
  expect(vault.state).toBe("open");
});

it("[vault] on a full disk wrong passphrases are told and slowed down as ever", async () => {
  const { disk, vault, pass } = await locked();
  disk.full = true;
  for (let i = 0; i < 3; i++)
    expect(await vault.unlock("not this one at all")).toMatchObject({ ok: false, error: { code: "passphrase-wrong" } });
  expect(await vault.unlock(PASSPHRASE)).toMatchObject({ ok: false, error: { code: "passphrase-wait" } });
  pass(5_000);
  expect((await vault.unlock(PASSPHRASE)).ok).toBe(true);
});
