import { access } from "./access.ts";
import { expense } from "./expense.ts";
import type { Kind } from "./kind.ts";
import { message } from "./message.ts";
import { name } from "./name.ts";
import { original } from "./original.ts";
import { deliveryReceipt, viewReceipt } from "./receipts.ts";

const KINDS: ReadonlyMap<string, Kind> = new Map(
  [message, deliveryReceipt, viewReceipt, expense, access, name, original].map((kind) => [kind.name, kind]),
);

/** All kinds that this version knows. */
export const KIND_NAMES = [...KINDS.keys()];

/** The kind of this name, where this version knows it. */
export const kindOf = (name: unknown): Kind | undefined => (typeof name === "string" ? KINDS.get(name) : undefined);
