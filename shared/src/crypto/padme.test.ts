import fc from "fast-check";
import { expect, it } from "vitest";
import { concat } from "../base/bytes.ts";
import { pad, padmeLength, unpad } from "./padme.ts";
import { counting } from "./testing.ts";
import vectors from "./vectors/countersign.json" with { type: "json" };

it.each(vectors.padme)("[E11] $length bytes become $padded", ({ length, padded }) => {
  expect(padmeLength(length)).toBe(padded);
});

it("[E11] a padded length is never shorter, at most an eighth longer, stays as it is, and grows with the length", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (n) => {
      const padded = padmeLength(n);
      expect(padded).toBeGreaterThanOrEqual(n);
      expect(padded).toBeLessThanOrEqual(n * 1.125);
      expect(padmeLength(padded)).toBe(padded);
      expect(padmeLength(n + 1)).toBeGreaterThanOrEqual(padded);
    }),
    { seed: 11 },
  );
});

it("[E11] the length stands before the bytes, zeros after them", () => {
  expect(pad(Uint8Array.of(7, 8, 9, 7, 8))).toEqual(Uint8Array.of(0, 0, 0, 5, 7, 8, 9, 7, 8, 0));
});

it("[E11] what was padded comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      expect(pad(bytes).length).toBe(padmeLength(4 + bytes.length));
      expect(unpad(pad(bytes))).toEqual(bytes);
    }),
    { seed: 11 },
  );
});

it("[E11] any other padding is refused", () => {
  const padded = pad(counting(997));
  expect(padded.length).toBeGreaterThan(1001);
  const dirty = padded.slice();
  dirty[dirty.length - 1] = 1;
  expect(unpad(dirty)).toBeUndefined();
  expect(unpad(padded.subarray(0, -1))).toBeUndefined();
  expect(unpad(concat(padded, new Uint8Array(1)))).toBeUndefined();
  expect(unpad(new Uint8Array(3))).toBeUndefined();
  expect(unpad(Uint8Array.of(255, 255, 255, 255))).toBeUndefined();
  // A length that would leave a whole step of zeros: the same content padded more than it need be.
  expect(unpad(concat(pad(counting(5)), new Uint8Array(2)))).toBeUndefined();
});

it("[E11] bytes in the middle of a buffer are read at their own place", () => {
  const padded = pad(counting(20));
  expect(unpad(concat(new Uint8Array(3), padded).subarray(3))).toEqual(counting(20));
});
