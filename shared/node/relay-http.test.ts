import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { relayHttp } from "../src/sync/relay-http.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** The address of a relay that answers every request so. */
async function relay(answer: (response: ServerResponse) => void): Promise<string> {
  const started = createServer((_request, response) => {
    answer(response);
  });
  server = started;
  await new Promise<void>((done) => started.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${String((started.address() as AddressInfo).port)}/v1/files/a/b`;
}

const http = relayHttp((...args) => fetch(...args));
const get = (url: string) => http({ method: "GET", url, token: "t", range: { from: 10, to: 19 } });
const GONE = { status: 0, body: new Uint8Array() };

test("[W8] what was asked for is kept, with its length", async () => {
  const url = await relay((r) => r.writeHead(206, { "Countersign-Length": "400" }).end("0123456789"));
  expect(await get(url)).toEqual({ status: 206, body: new TextEncoder().encode("0123456789"), length: 400 });
});

test("[W8] of an answer that is longer than what was asked for nothing is kept, and one without end is not read to its end", async () => {
  let written = 0;
  const url = await relay((r) => {
    r.writeHead(206);
    const more = (): void => {
      while (!r.destroyed && r.write(new Uint8Array(65_536))) written += 65_536;
      if (!r.destroyed) r.once("drain", more);
    };
    more();
  });
  expect(await get(url)).toEqual({ status: 206, body: new Uint8Array() });
  expect(written).toBeLessThan(64_000_000);
});

test.each(["-5", "1.5", "1e3", "Infinity", "many", "9".repeat(20)])("[W8] a length of %s is none", async (length) => {
  const url = await relay((r) => r.writeHead(200, { "Countersign-Length": length }).end());
  expect(await http({ method: "HEAD", url, token: "t" })).toEqual({ status: 200, body: new Uint8Array() });
});

test("[W8] an answer that leads elsewhere, breaks off, or never comes is a network that is gone", async () => {
  expect(await get(await relay((r) => r.writeHead(307, { Location: "http://127.0.0.1:9/" }).end()))).toEqual(GONE);
  server?.close();
  expect(await get(await relay((r) => r.writeHead(206, { "Content-Length": "10" }).write("012", () => r.destroy())))).toEqual(GONE);
  server?.close();
  const url = await relay(() => undefined);
  const impatient = relayHttp((...args) => fetch(...args), 50);
  expect(await impatient({ method: "GET", url, token: "t", range: { from: 0, to: 9 } })).toEqual(GONE);
});
