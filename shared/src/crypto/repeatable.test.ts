import { beforeAll, describe, expect, it } from "vitest";
import { concat } from "../base/bytes.ts";
import type { FileKey } from "../base/ids.ts";
import { boxKeyPair, boxOpen, boxSealUnder } from "./box.ts";
import { initCrypto } from "./init.ts";
import { openStream, sealStream } from "./stream.ts";

beforeAll(initCrypto);

const filled = (n: number, x: number): Uint8Array => new Uint8Array(n).fill(x);

describe("sealing that comes out alike", () => {
  it("[E10] a box under a given one-time key opens like any other, and only for its receiver", () => {
    const to = boxKeyPair(filled(32, 7));
    const sealed = boxSealUnder(to.publicKey, filled(40, 1), filled(32, 9));
    expect(boxOpen(to, sealed)).toEqual(filled(40, 1));
    expect(boxSealUnder(to.publicKey, filled(40, 1), filled(32, 9))).toEqual(sealed);
    expect(boxOpen(boxKeyPair(filled(32, 8)), sealed)).toBeUndefined();
  });

  it("[W8] a file sealed from a given header opens like any other", () => {
    const key = filled(32, 3) as FileKey;
    const plain = filled(70_000, 5);
    const sealed = concat(...sealStream(plain, key, filled(24, 4)));
    expect(openStream(sealed, key)).toEqual(plain);
    expect(concat(...sealStream(plain, key, filled(24, 4)))).toEqual(sealed);
  });
});
