import { createHmac, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

/**
 * Names for addresses, for counting only: a hash under a salt that lives as long as the process. The address itself is kept nowhere and
 * is in no log.
 */
export class Addresses {
  readonly #salt = randomBytes(32);
  readonly #behindProxy: boolean;

  constructor(behindProxy: boolean) {
    this.#behindProxy = behindProxy;
  }

  of(request: IncomingMessage): string {
    return createHmac("sha256", this.#salt)
      .update(groupOf(this.#address(request)))
      .digest("base64url")
      .slice(0, 16);
  }

  /** Whether the request comes from this machine itself, and not through a proxy on it. */
  isLocal(request: IncomingMessage): boolean {
    const direct = request.socket.remoteAddress ?? "";
    const isLoopback = direct === "::1" || /^(::ffff:)?127\./.test(direct);
    return isLoopback && request.headers["x-forwarded-for"] === undefined && request.headers.forwarded === undefined;
  }

  /** The last address of the list is the one that the proxy itself saw; what stands before it the client could have written. */
  #address(request: IncomingMessage): string {
    const direct = request.socket.remoteAddress ?? "";
    if (!this.#behindProxy) return direct;
    const forwarded = String(request.headers["x-forwarded-for"] ?? "")
      .split(",")
      .at(-1)
      ?.trim();
    return forwarded === undefined || forwarded === "" ? direct : forwarded;
  }
}

/** One household has a whole /64 of IPv6 addresses. */
function groupOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [left = "", right] = address.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const whole =
    right === undefined ? head : [...head, ...Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0"), ...tail];
  return whole.slice(0, 4).join(":");
}
