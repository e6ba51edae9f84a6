/** Gives `n` fresh, unpredictable bytes. Passed in, so that tests can fix them. */
export type RandomBytes = (n: number) => Uint8Array;

/** The part of WebCrypto that this needs; `shared/src` is compiled with neither the DOM's nor Node's types. */
interface Source {
  readonly crypto: { getRandomValues(into: Uint8Array): void };
}

/** getRandomValues gives at most this many bytes at a call. */
const MOST = 65_536;

/** The operating system's randomness. libsodium's own costs thirty times as much through WebAssembly. */
export const systemRandom: RandomBytes = (n) => {
  const { crypto } = globalThis as unknown as Source;
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += MOST) crypto.getRandomValues(out.subarray(at, at + MOST));
  return out;
};
