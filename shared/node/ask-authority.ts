import { MAX_TIMESTAMP } from "../src/crypto/timestamp-limit.ts";

const PATIENCE = 20_000;

/**
 * Asks a time-stamp authority over HTTP (RFC 3161, 3.4). Never rejects: undefined where it was not reached, gave no plain answer, led elsewhere, or
 * answered longer than any real one.
 */
export async function askAuthority(address: string, request: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const reply = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/timestamp-query" },
      body: new Uint8Array(request),
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!reply.ok || !reply.body) return undefined;
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of reply.body as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > MAX_TIMESTAMP) return undefined;
      pieces.push(piece);
    }
    return new Uint8Array(Buffer.concat(pieces));
  } catch {
    // No network, no such host, a cut connection, or out of patience.
    return undefined;
  }
}
