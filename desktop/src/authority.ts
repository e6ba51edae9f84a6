/**
 * The time-stamp authority that the person set (RFC 3161). A page can't ask one, since none allows it to other sites, so main does: that one
 * address, with a request of the right size, and nothing else. The address is no secret and stands in a file of its own.
 */
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { askAuthority } from "@countersign/shared/node/ask-authority";

/** An address as it is kept: http or https, without a name or password in it. */
export const authorityAddress = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .refine((text) => !/^\w+:\/\/[^/]*@/.test(text), "names a person");

/** Real requests have about 60 bytes. */
const MAX_REQUEST = 1_024;

export class TimeAuthorityDesk {
  readonly #file: string;
  #address: string | undefined;

  /** @param file where the address is kept; one that can't be read, or holds something else, is none */
  constructor(file: string) {
    this.#file = file;
    try {
      this.#address = authorityAddress.parse(readFileSync(file, "utf8").trim());
    } catch {
      this.#address = undefined;
    }
  }

  get address(): string | undefined {
    return this.#address;
  }

  /** False where it could not be kept; then nothing changed. */
  async set(address: string | undefined): Promise<boolean> {
    try {
      if (address === undefined) await rm(this.#file, { force: true });
      else await writeFile(this.#file, `${address}\n`);
    } catch {
      return false;
    }
    this.#address = address;
    return true;
  }

  /** Answers what the engine asks under `AUTHORITY_PATH`: GET the address, POST a request to it. */
  async answer(request: Request): Promise<Response> {
    const address = this.#address;
    if (address === undefined) return new Response(null, { status: 404 });
    if (request.method === "GET") return new Response(address, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length === 0 || body.length > MAX_REQUEST) return new Response(null, { status: 413 });
    const answer = await askAuthority(address, body);
    if (!answer) return new Response(null, { status: 502 });
    return new Response(new Uint8Array(answer), { headers: { "Content-Type": "application/octet-stream", "Cache-Control": "no-store" } });
  }
}
