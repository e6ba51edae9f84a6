import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { equalBytes, fromBase64 } from "@countersign/shared/base/bytes";
import { CONTENT_SECURITY_POLICY } from "@countersign/shared/base/csp";
import { initCrypto } from "@countersign/shared/crypto/init";
import { headerLeaf } from "@countersign/shared/entry/header";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { treeRoot } from "@countersign/shared/log/merkle";
import { verifyConsistency, verifyInclusion } from "@countersign/shared/log/proof";
import { originOf } from "@countersign/shared/log/origin";
import { sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold } from "./household.ts";
import { dialSocket, startRelay, type RelayProcess } from "./process.ts";

// Processes start slowly on a busy machine; this is a stop for hangs.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let place: string;
let web: string;
let relay: RelayProcess;
const NAME = "relay.test";

beforeAll(async () => {
  await initCrypto();
  place = await mkdtemp(join(tmpdir(), "relay-process-"));
  web = join(place, "web");
  await mkdir(join(web, "assets"), { recursive: true });
  await writeFile(join(web, "index.html"), "<!doctype html><title>app</title>");
  await writeFile(join(web, "sw.js"), "// worker");
  await writeFile(join(web, "assets", "main-a1b2c3d4.js"), "// code ".repeat(500));
  await writeFile(join(place, "secret.txt"), "not for the web");
  relay = await startRelay("--port", "0", "--data", join(place, "data"), "--web", web, "--name", NAME, "--tls", "--max-file", "3000000");
});
afterAll(async () => {
  await relay.end("SIGTERM");
  await rm(place, { recursive: true });
});

describe("the relay as a process", () => {
  test("[W2] a household over real sockets, and files both ways", async () => {
    const dial = dialSocket(relay.origin);
    const home = await foundHousehold(dial, { relay: NAME, time: Date.now() });
    const alice = await TestClient.signIn(dial, "device", home.alice.phone.sign, home.log);
    const bob = await TestClient.signIn(dial, "device", home.bob.phone.sign, home.log);
    bob.send({ t: "subscribe", from: home.size, window: 100 });
    const entry = sealedEntry(home.log, home.alice.phone, new Uint8Array(400_000).fill(9), { epoch: epochNow(home.chain) });
    expect((await alice.push(entry)).n).toEqual([home.size]);
    const page = await bob.find("entries");
    const [item] = page.items;
    expect(item && "b" in item && item.b && equalBytes(item.b, entry.b)).toBe(true);

    const sealed = new Uint8Array(2_500_000).map((_, i) => (i * 7) % 251);
    const file = `${relay.origin}/v1/files/${home.log}/${"ab".repeat(32)}`;
    const as = (who: TestClient): Record<string, string> => ({ authorization: `Bearer ${who.welcome?.token ?? ""}` });
    const put = (offset: number, bytes: Uint8Array<ArrayBuffer>, who = alice): Promise<Response> =>
      fetch(`${file}?offset=${offset}&total=${sealed.length}`, { method: "PUT", headers: as(who), body: bytes });

    expect((await fetch(file)).status).toBe(401);
    expect((await put(0, sealed.slice(0, 1_000_000))).status).toBe(200);
    expect((await fetch(file, { headers: as(bob) })).status).toBe(404);
    const wrong = await put(0, sealed);
    expect([wrong.status, await wrong.json()]).toEqual([409, { code: "offset", length: 1_000_000 }]);
    expect((await put(1_000_000, sealed.slice(1_000_000), bob)).status).toBe(403);
    expect((await put(1_000_000, sealed.slice(1_000_000))).status).toBe(201);
    expect((await fetch(file, { method: "HEAD", headers: as(bob) })).headers.get("content-length")).toBe(String(sealed.length));
    expect(equalBytes(new Uint8Array(await (await fetch(file, { headers: as(bob) })).arrayBuffer()), sealed)).toBe(true);
    const part = await fetch(file, { headers: { ...as(bob), range: "bytes=1000000-1000009" } });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 1000000-1000009/${sealed.length}`]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(sealed.slice(1_000_000, 1_000_010));
    expect((await fetch(file, { headers: { ...as(bob), range: "bytes=9000000-" } })).status).toBe(416);
    const large = `${relay.origin}/v1/files/${home.log}/${"cd".repeat(32)}?offset=0&total=3000001`;
    expect((await fetch(large, { method: "PUT", headers: as(alice), body: sealed.slice(0, 10) })).status).toBe(413);

    const note = await fetch(`${relay.origin}/v1/checkpoint/${home.log}`, { headers: as(bob) });
    expect((await note.text()).split("\n")[0]).toBe(`${NAME}/${home.log}`);
    expect((await fetch(`${relay.origin}/v1/checkpoint/${home.log}`)).status).toBe(401);
    expect((await fetch(`${relay.origin}/v1/proof/${home.log}?leaf=1`)).status).toBe(401);
    alice.close();
    bob.close();
  });

  test("[L4] proofs over a log of several hundred entries hold against its checkpoints", async () => {
    const dial = dialSocket(relay.origin);
    const home = await foundHousehold(dial, { relay: NAME, time: Date.now(), names: ["carol", "dan"] });
    const carol = await TestClient.signIn(dial, "device", home.alice.phone.sign, home.log);
    const epoch = epochNow(home.chain);
    for (let i = 0; i < 6; i++) {
      const bodies = Array.from({ length: 50 }, (_, j) => Uint8Array.of(i, j));
      await carol.push(...bodies.map((body) => sealedEntry(home.log, home.alice.phone, body, { epoch })));
    }
    const size = home.size + 300;
    carol.send({ t: "subscribe", from: 0, window: 1_000 });
    const leaves = (await carol.entries(size)).flatMap((p) =>
      p.items.map((item) => (item instanceof Uint8Array ? item : headerLeaf(item.a, item.r))),
    );
    const headers = { authorization: `Bearer ${carol.welcome?.token ?? ""}` };
    const path = async (query: string): Promise<Uint8Array[]> => {
      const answer = (await (await fetch(`${relay.origin}/v1/proof/${home.log}?${query}`, { headers })).json()) as { path: string[] };
      return answer.path.map((p) => fromBase64(p) ?? new Uint8Array());
    };
    const note = openCheckpoint(
      await (await fetch(`${relay.origin}/v1/checkpoint/${home.log}`, { headers })).text(),
      originOf(NAME, home.log),
      home.logKey,
    );
    if (!note.ok) throw new Error(note.error.code);
    expect(note.value.size).toBe(size);
    for (const leaf of [0, 3, 255, 256, size - 1])
      expect(
        verifyInclusion(leaves[leaf] ?? new Uint8Array(), leaf, size, await path(`leaf=${leaf}`), note.value.root),
        `leaf ${leaf}`,
      ).toBe(true);
    for (const from of [1, 100, 256, 300, size])
      expect(
        verifyConsistency(from, size, await path(`from=${from}`), treeRoot(leaves.slice(0, from)), note.value.root),
        `from ${from}`,
      ).toBe(true);
    for (const query of ["leaf=9999", `from=${size + 1}`, "leaf=1&from=1", "", "leaf=-1", `leaf=1&size=${size + 1}`])
      expect((await fetch(`${relay.origin}/v1/proof/${home.log}?${query}`, { headers })).status, query).toBe(400);
    carol.close();
  });

  test("[W7] the web app has the one policy and nothing outside of its folder is served", async () => {
    const page = await fetch(`${relay.origin}/some/place`);
    expect(page.headers.get("content-security-policy")).toBe(CONTENT_SECURITY_POLICY);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    expect(page.headers.get("strict-transport-security")).toMatch(/max-age/);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await page.text()).toContain("<title>app</title>");
    expect((await fetch(`${relay.origin}/sw.js`)).headers.get("cache-control")).toBe("no-cache");
    const code = await fetch(`${relay.origin}/assets/main-a1b2c3d4.js`);
    expect([code.headers.get("cache-control"), code.headers.get("content-encoding")]).toEqual([
      "public, max-age=31536000, immutable",
      "gzip",
    ]);
    for (const path of [
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/assets/..%5c..%5csecret.txt",
      "/.git/config",
      "/%00",
      "/%ff",
      "/missing.js",
    ])
      expect((await fetch(`${relay.origin}${path}`)).status, path).toBe(404);
    expect((await fetch(`${relay.origin}/index.html`, { method: "POST", body: "x" })).status).toBe(405);
    // What was meant for a service worker that is gone: the app is opened and says so.
    const lost = await fetch(`${relay.origin}/share-target`, { method: "POST", body: "x".repeat(1_000_000), redirect: "manual" });
    expect([lost.status, lost.headers.get("location")]).toEqual([303, "/incoming"]);
  });

  test("[L10] metrics name nobody and are for this machine only", async () => {
    const text = await (await fetch(`${relay.origin}/metrics`)).text();
    expect(text).toMatch(/relay_sign_ins_total\{outcome="welcome"\} \d/);
    expect(text).not.toMatch(/[0-9a-f]{32}/);
    expect(text).not.toContain("127.0.0.1");
    expect((await fetch(`${relay.origin}/metrics`, { headers: { "x-forwarded-for": "203.0.113.9" } })).status).toBe(403);
    expect(await (await fetch(`${relay.origin}/v1/ready`)).text()).toBe("ready\n");
    expect(await (await fetch(`${relay.origin}/v1/health`)).text()).toBe("ok\n");
  });

  test("[W1] a stop says goodbye with 1001 and ends with 0; the database has no words in it", async () => {
    const data = join(place, "stopped");
    const own = await startRelay("--port", "0", "--data", data, "--name", NAME);
    const home = await foundHousehold(dialSocket(own.origin), { relay: NAME, time: Date.now() });
    const bob = await TestClient.signIn(dialSocket(own.origin), "device", home.bob.phone.sign, home.log);
    const ended = own.end("SIGTERM");
    expect(await bob.closed()).toBe(1001);
    expect(await ended).toBe(0);
    expect(own.output()).not.toContain(home.log);
    await expect(readFile(join(data, "lock"))).rejects.toThrow();
  });

  test("[W1] a busy port, a folder in use and a wrong name give a sentence and exit 1", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    const address = blocker.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(startRelay("--port", String(port), "--data", join(place, "busy"))).rejects.toThrow(
      /ended with 1: Port \d+ on 127.0.0.1 is in use/,
    );
    blocker.close();
    await expect(startRelay("--port", "0", "--data", join(place, "data"))).rejects.toThrow(/ended with 1: Another relay/);
    await writeFile(join(place, "file"), "");
    await expect(startRelay("--port", "0", "--data", join(place, "file"))).rejects.toThrow(
      /ended with 1: The data folder .* cannot be written/,
    );
    await expect(startRelay("--port", "0", "--data", join(place, "stopped"), "--name", "other")).rejects.toThrow(/cannot become other/);
  });
});
