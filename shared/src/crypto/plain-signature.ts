import { equalBytes, fromHex } from "../base/bytes.ts";

/** The y coordinates of the four points of order 8, without the sign bit, little endian. */
const ORDER_8 = [
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => fromHex(hex) ?? new Uint8Array());

/**
 * Whether a signature is far from every edge at which two implementations differ under a key that rule K1 takes: S below 2^252 and so below
 * the group's order, and R neither of small order (y is 0, ±1 or one of ORDER_8) nor possibly written in a second way (y from 2^255 − 256
 * on). An honest signature fails this once in 2^124.
 */
export function isPlainSignature(signature: Uint8Array): boolean {
  if (signature.length !== 64 || ((signature[63] ?? 0) & 0xf0) !== 0) return false;
  const y = signature.slice(0, 32);
  y[31] = (y[31] ?? 0) & 0x7f;
  const high = y.subarray(1);
  if (high.every((b) => b === 0) || high.every((b, i) => b === (i === 30 ? 0x7f : 0xff))) return false;
  return !ORDER_8.some((point) => equalBytes(point, y));
}
