import type { ClientMessage } from "@countersign/shared/wire/messages";

/** What a client may say once it has signed in, beside signs of life. */
export type Request = Exclude<ClientMessage, { t: "hello" | "ping" }>;

/** What a connection may do, by as what it signed in (rule W1). */
export interface Role {
  /** False where this kind of sign-in does not have such a message. The next one comes when this has resolved. */
  handle(request: Request): Promise<boolean>;
  /** The socket has room again. */
  drained(): void;
  /** The connection is closed. */
  end(): void;
}

/** Who asked for what the welcome says already. */
export const MUTE: Role = { handle: () => Promise.resolve(false), drained: () => undefined, end: () => undefined };
