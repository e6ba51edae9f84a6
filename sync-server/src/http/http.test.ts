import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { Addresses } from "./address.ts";
import { drained, rangeOf } from "./files.ts";
import { safePath } from "./static.ts";

const request = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ socket: { remoteAddress }, headers }) as unknown as IncomingMessage;

test("[W8] one range of bytes is honoured, others are ignored or refused as RFC 9110 says", () => {
  expect(rangeOf("bytes=0-0", 10)).toEqual({ from: 0, to: 1 });
  expect(rangeOf("bytes=3-", 10)).toEqual({ from: 3, to: 10 });
  expect(rangeOf("bytes=3-99", 10)).toEqual({ from: 3, to: 10 });
  expect(rangeOf("bytes=-4", 10)).toEqual({ from: 6, to: 10 });
  expect(rangeOf("bytes=-99", 10)).toEqual({ from: 0, to: 10 });
  expect(rangeOf("bytes=10-", 10)).toBe("unsatisfiable");
  expect(rangeOf("bytes=-0", 10)).toBe("unsatisfiable");
  for (const other of [undefined, "bytes=", "bytes=-", "bytes=5-3", "bytes=0-1,3-4", "lines=0-1", "bytes=x-y"])
    expect(rangeOf(other, 10)).toBeUndefined();
});

test("[W8] a reader who is slow for each piece of a file leaves nothing behind, and one who left is not waited for", async () => {
  const response = Object.assign(new EventEmitter(), { destroyed: false });
  for (let piece = 0; piece < 100; piece++) {
    const waiting = drained(response as never);
    response.emit("drain");
    await waiting;
  }
  expect([response.listenerCount("drain"), response.listenerCount("close")]).toEqual([0, 0]);
  response.destroyed = true;
  await drained(response as never);
});

test("[W7] a path leaves its folder in no spelling", () => {
  expect(safePath("/assets/a.js")).toBe("assets/a.js");
  for (const path of ["/../a", "/%2e%2e/a", "/a/..%2fb", "/.git", "/a%00.js", "/a\\..\\b", "/c:/x", "/%ff"])
    expect(safePath(path), path).toBeUndefined();
});

test("[L10] addresses are counted by a hash of their network, and a proxy's word counts only where it was asked for", () => {
  const direct = new Addresses(false);
  const proxied = new Addresses(true);
  expect(direct.of(request("203.0.113.5"))).not.toContain("203");
  expect(direct.of(request("::ffff:203.0.113.5"))).toBe(direct.of(request("203.0.113.5")));
  expect(direct.of(request("2001:db8:1:2::1"))).toBe(direct.of(request("2001:db8:1:2:ffff::9")));
  expect(direct.of(request("2001:db8:1:2::1"))).not.toBe(direct.of(request("2001:db8:1:3::1")));
  const forwarded = { "x-forwarded-for": "198.51.100.1, 203.0.113.7" };
  expect(direct.of(request("127.0.0.1", forwarded))).toBe(direct.of(request("127.0.0.1")));
  expect(proxied.of(request("127.0.0.1", forwarded))).toBe(proxied.of(request("203.0.113.7")));
  expect(direct.isLocal(request("::1"))).toBe(true);
  expect(direct.isLocal(request("127.0.0.1", forwarded))).toBe(false);
  expect(direct.isLocal(request("203.0.113.5"))).toBe(false);
});
