import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WitnessStore } from "./store.ts";

const root = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const EMPTY = { size: 0, root: root(0) };
const LOG = { origin: "relay.example/aa", key: "relay.example/aa+00000000+AQ==", client: "relay.example" };

/** What every witness's store must do. `open` is called with the same place twice to see what survived; `wipe` ends a test. */
export function witnessContract(name: string, place: { open(): Promise<WitnessStore>; wipe(): Promise<void> }): void {
  describe(`witness store: ${name}`, () => {
    let store: WitnessStore;
    beforeEach(async () => {
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.wipe();
    });
    const reopen = async (): Promise<void> => {
      await store.close();
      store = await place.open();
    };

    test("[WT1] its key is made once", async () => {
      const seed = await store.keySeed(() => root(1));
      await reopen();
      expect(await store.keySeed(() => root(2))).toEqual(seed);
    });

    test("[WT2] a log keeps the key that was told first, and a relay has so many logs", async () => {
      expect(await store.log(LOG.origin)).toBeUndefined();
      expect(await store.addLog(LOG, 2)).toBe("added");
      expect(await store.addLog(LOG, 2)).toBe("known");
      expect(await store.addLog({ ...LOG, key: "other" }, 2)).toBe("other-key");
      expect(await store.addLog({ ...LOG, origin: "relay.example/bb" }, 2)).toBe("added");
      expect(await store.addLog({ ...LOG, origin: "relay.example/cc" }, 2)).toBe("full");
      expect(await store.addLog({ ...LOG, origin: "other.example/cc", client: "other.example" }, 2)).toBe("added");
      await reopen();
      expect(await store.log(LOG.origin)).toEqual({ key: LOG.key, head: undefined });
    });

    test("[WT4] a head moves only from the one that was compared, and is there after opening again", async () => {
      await store.addLog(LOG, 2);
      expect(await store.advance("relay.example/none", EMPTY, { size: 1, root: root(1) })).toBe(false);
      expect(await store.advance(LOG.origin, { size: 1, root: root(1) }, { size: 2, root: root(2) })).toBe(false);
      expect(await store.advance(LOG.origin, EMPTY, { size: 3, root: root(3) })).toBe(true);
      expect(await store.advance(LOG.origin, EMPTY, { size: 2, root: root(2) })).toBe(false);
      expect(await store.advance(LOG.origin, { size: 3, root: root(9) }, { size: 4, root: root(4) })).toBe(false);
      await reopen();
      expect((await store.log(LOG.origin))?.head).toEqual({ size: 3, root: root(3) });
      expect(await store.advance(LOG.origin, { size: 3, root: root(3) }, { size: 3, root: root(3) })).toBe(true);
    });

    test("[WT4] of many that begin from one head at once, one goes on", async () => {
      await store.addLog(LOG, 2);
      const all = await Promise.all([1, 2, 3, 4, 5].map((size) => store.advance(LOG.origin, EMPTY, { size, root: root(size) })));
      expect(all.filter((done) => done)).toHaveLength(1);
      expect((await store.log(LOG.origin))?.head?.size).toBe(all.indexOf(true) + 1);
    });
  });
}
