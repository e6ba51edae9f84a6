import { concat } from "../base/bytes.ts";
import type { FetchResult, Transport } from "./ports.ts";

/** What is used of the platform's `fetch`. */
type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: Uint8Array<ArrayBuffer>;
    redirect: "error";
    credentials: "omit";
    cache: "no-store";
    referrerPolicy: "no-referrer";
    signal: AbortSignal;
  },
) => Promise<Reply>;

interface Reply {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** What a relay may say beside a file's bytes: a code and a length. */
const MOST_WORDS = 65_536;
/** A piece of a file on the slowest line that is still one. */
const PATIENCE = 300_000;

/**
 * Asks a relay over HTTP (rule W8). The relay is not trusted with anything here: of a longer answer than was asked for nothing is kept, one that never
 * ends is a network that is gone, a length that is no number is none, and it leads nowhere else.
 */
export function relayHttp(fetch: Fetch, patience = PATIENCE): Transport["http"] {
  return async ({ method, url, token, body, range }) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(range ? { range: `bytes=${String(range.from)}-${String(range.to)}` } : {}),
    };
    try {
      const reply = await fetch(url, {
        method,
        headers,
        ...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}),
        redirect: "error",
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(patience),
      });
      const length = lengthIn(reply.headers);
      const most = range ? range.to + 1 - range.from : MOST_WORDS;
      return { status: reply.status, body: await bytesOf(reply, most), ...(length === undefined ? {} : { length }) };
    } catch {
      // No network, no such host, a cut connection, another place, or out of patience.
      return { status: 0, body: new Uint8Array() } satisfies FetchResult;
    }
  };
}

function lengthIn(headers: Reply["headers"]): number | undefined {
  const text = headers.get("countersign-length") ?? headers.get("content-length");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Nothing where there is more than `most`. */
async function bytesOf({ body }: Reply, most: number): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > most) {
      await reader.cancel();
      return new Uint8Array();
    }
    pieces.push(read.value);
  }
  return concat(...pieces);
}
