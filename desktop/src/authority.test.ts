import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveAuthority } from "../../shared/test/time-stamp-authority.ts";
import { authorityAddress, TimeAuthorityDesk } from "./authority.ts";

const folder = mkdtempSync(path.join(tmpdir(), "authority-"));
const file = path.join(folder, "address.txt");
let asked: Uint8Array[] = [];
let reply: () => Promise<Uint8Array> = () => Promise.resolve(new Uint8Array([1, 2, 3]));
let served: Awaited<ReturnType<typeof serveAuthority>>;
beforeAll(async () => {
  served = await serveAuthority((request) => {
    asked.push(request);
    return reply();
  });
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const post = (bytes: Uint8Array): Request =>
  new Request("http://local/-/time-stamp-authority", { method: "POST", body: new Uint8Array(bytes) });

describe("the time-stamp authority of this computer", () => {
  it("[desktop] is kept over a restart, and gone when it is removed", async () => {
    const desk = new TimeAuthorityDesk(file);
    expect(desk.address).toBeUndefined();
    expect((await desk.answer(new Request("http://local/x"))).status).toBe(404);
    expect((await desk.answer(post(new Uint8Array(60)))).status).toBe(404);
    expect(await desk.set(served.address)).toBe(true);
    const again = new TimeAuthorityDesk(file);
    expect(await (await again.answer(new Request("http://local/x"))).text()).toBe(served.address);
    expect(await again.set(undefined)).toBe(true);
    expect(new TimeAuthorityDesk(file).address).toBeUndefined();
  });

  it("[desktop] is asked for what the engine asks, at its one address, with a request of the right size, and nothing else", async () => {
    const desk = new TimeAuthorityDesk(file);
    await desk.set(served.address);
    asked = [];
    const answer = await desk.answer(post(new Uint8Array(60).fill(4)));
    expect([answer.status, new Uint8Array(await answer.arrayBuffer())]).toEqual([200, new Uint8Array([1, 2, 3])]);
    expect(asked).toEqual([new Uint8Array(60).fill(4)]);
    expect((await desk.answer(post(new Uint8Array(1_025)))).status).toBe(413);
    expect((await desk.answer(new Request("http://local/x", { method: "DELETE" }))).status).toBe(405);
    reply = () => Promise.resolve(new Uint8Array(70_000));
    expect((await desk.answer(post(new Uint8Array(60)))).status).toBe(502);
    reply = () => Promise.reject(new Error("down"));
    expect((await desk.answer(post(new Uint8Array(60)))).status).toBe(502);
    expect(asked).toHaveLength(3);
  });

  it("[desktop] what is no address of one is refused, also in a file that somebody wrote into, and a folder that can't be written says so", async () => {
    for (const bad of [
      "",
      "stamp.example",
      "file:///etc/passwd",
      "ftp://stamp.example/",
      "https://me:secret@stamp.example/",
      `https://${"x".repeat(600)}/`,
    ])
      expect(authorityAddress.safeParse(bad).success, bad).toBe(false);
    writeFileSync(file, "file:///etc/passwd");
    expect(new TimeAuthorityDesk(file).address).toBeUndefined();
    const nowhere = new TimeAuthorityDesk(path.join(folder, "none", "address.txt"));
    expect(await nowhere.set(served.address)).toBe(false);
    expect(nowhere.address).toBeUndefined();
    expect(readFileSync(file, "utf8")).toBe("file:///etc/passwd");
  });
});
