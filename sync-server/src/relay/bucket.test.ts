import { expect, test } from "vitest";
import { Bucket, Buckets } from "./bucket.ts";

test("[L10] a bucket gives its burst, then its rate, and never more than the burst", () => {
  const bucket = new Bucket(10, 2, 0);
  expect(Array.from({ length: 12 }, () => bucket.take(1, 0)).filter(Boolean)).toHaveLength(10);
  expect(bucket.take(1, 499)).toBe(false);
  expect(bucket.take(1, 500)).toBe(true);
  expect(Array.from({ length: 12 }, () => bucket.take(1, 1e9)).filter(Boolean)).toHaveLength(10);
});

test("[L10] more than the burst at once passes a full bucket, as a debt", () => {
  const bucket = new Bucket(10, 1, 0);
  expect(bucket.take(30, 0)).toBe(true);
  expect(bucket.take(1, 20_000)).toBe(false);
  expect(bucket.take(1, 21_000)).toBe(true);
});

test("[L10] a clock that goes back gives nothing", () => {
  const bucket = new Bucket(1, 1, 10_000);
  expect(bucket.take(1, 10_000)).toBe(true);
  expect(bucket.take(1, 0)).toBe(false);
  expect(bucket.take(1, 10_500)).toBe(false);
  expect(bucket.take(1, 11_000)).toBe(true);
});

test("[L10] keys have buckets of their own, and full ones are forgotten", () => {
  const buckets = new Buckets(1, 1);
  expect(buckets.take("a", 1, 0)).toBe(true);
  expect(buckets.take("a", 1, 0)).toBe(false);
  expect(buckets.take("b", 1, 0)).toBe(true);
  for (let i = 0; i < 100_000; i++) buckets.take(`k${i}`, 1, i * 10);
  expect(buckets.size).toBeLessThan(3_000);
});
