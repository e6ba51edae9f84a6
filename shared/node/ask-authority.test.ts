import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { MAX_TIMESTAMP } from "../src/crypto/timestamp-limit.ts";
import { askAuthority } from "./ask-authority.ts";

const QUESTION = new Uint8Array([1, 2, 3]);
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((s) => new Promise((done) => s.close(done).closeAllConnections())));
});

/** An authority that answers so; gives its address. */
async function authority(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
}

it("[TS1] sends the question as RFC 3161 has it, and takes an answer of up to 64 KiB", async () => {
  const asked: unknown[] = [];
  const address = await authority((request, reply) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      asked.push([request.method, request.headers["content-type"], Buffer.concat(parts).toString("hex")]);
      reply.end(Buffer.alloc(MAX_TIMESTAMP, 7));
    });
  });
  expect((await askAuthority(address, QUESTION))?.length).toBe(MAX_TIMESTAMP);
  expect(asked).toEqual([["POST", "application/timestamp-query", "010203"]]);
});

it("[TS1] takes nothing that is longer, refused, cut off or of nobody", async () => {
  expect(await askAuthority(await authority((_, reply) => reply.end(Buffer.alloc(MAX_TIMESTAMP + 1))), QUESTION)).toBeUndefined();
  expect(await askAuthority(await authority((_, reply) => reply.writeHead(500).end("sorry")), QUESTION)).toBeUndefined();
  const cut: RequestListener = (_, reply) => {
    reply.writeHead(200, { "content-length": "100" }).write("half");
    setImmediate(() => reply.destroy());
  };
  expect(await askAuthority(await authority(cut), QUESTION)).toBeUndefined();
  expect(await askAuthority("http://127.0.0.1:1/", QUESTION)).toBeUndefined();
  expect(await askAuthority("no address", QUESTION)).toBeUndefined();
});

it("[TS1] goes to no other address, whatever the authority says", async () => {
  let asked = 0;
  const elsewhere = await authority((_, reply) => {
    asked += 1;
    reply.end("stamped");
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const leading = await authority((_, reply) => reply.writeHead(status, { location: elsewhere }).end());
    expect(await askAuthority(leading, QUESTION), String(status)).toBeUndefined();
  }
  expect(asked).toBe(0);
});
