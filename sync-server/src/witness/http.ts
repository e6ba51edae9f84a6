import type { IncomingMessage } from "node:http";
import { bearer, head, json, plain, type Exchange } from "../http/reply.ts";
import type { HttpAnswer } from "./desk.ts";
import { MAX_REQUEST, type Witness, type WitnessAnswer } from "./witness.ts";

/** Below which a witness answers. */
export const WITNESS_PATH = "/v1/witness";
const ANSWER_BYTES = 16_384;
const TIMEOUT = 10_000;

/** `GET /v1/witness` (its key), `POST /v1/witness/add-checkpoint`, `POST /v1/witness/add-log`. */
export async function serveWitness(ex: Exchange, witness: Witness): Promise<void> {
  const what = ex.url.pathname.slice(WITNESS_PATH.length);
  const method = ex.request.method ?? "";
  if (what === "" && (method === "GET" || method === "HEAD")) {
    plain(ex, 200, `${witness.verifierKey}\n`);
    return;
  }
  if (method !== "POST" || (what !== "/add-checkpoint" && what !== "/add-log")) {
    json(ex, 404, { code: "not-found" }, { Connection: "close" });
    return;
  }
  const body = await readText(ex.request, MAX_REQUEST);
  if (body === undefined) {
    json(ex, 413, { code: "too-large" }, { Connection: "close" });
    return;
  }
  const answer: WitnessAnswer = what === "/add-log" ? await witness.addLog(body, bearer(ex.request)) : await witness.addCheckpoint(body);
  head(ex, answer.status, { "Content-Type": answer.type });
  ex.response.end(answer.body);
}

async function readText(request: IncomingMessage, max: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    if (!(part instanceof Buffer)) return undefined;
    length += part.length;
    if (length > max) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** Asks a witness over the network. A failure is status 0; an answer that does not end is cut. */
export async function postWitness(url: string, body: string, token: string | undefined): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "Content-Type": "text/plain; charset=utf-8", ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    let text = "";
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      if (text.length > ANSWER_BYTES) return { status: 0, body: "" };
    }
    return { status: response.status, body: text };
  } catch {
    // Name resolution, refusal, time-out, TLS: for the log of a witness all of these are the same.
    return { status: 0, body: "" };
  }
}
