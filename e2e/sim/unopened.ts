import { utf8 } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import { encodeBody } from "@countersign/shared/entry/body";
import type { FaultView } from "@countersign/shared/replica/sync-view";
import type { PushEntry } from "@countersign/shared/wire/messages";
import type { Mallory } from "./mallory.ts";

/** An entry under a good signature of its device that gives no changes to whoever gets it, and what the device is named for. */
export interface Unopened {
  readonly name: string;
  readonly code: FaultView["code"];
  readonly entry: PushEntry;
}

/** Every sort of entry that does not open, does not parse, or does not fit what its header says (rule L2). */
export function unopened(m: Mallory, random: (n: number) => Uint8Array): readonly Unopened[] {
  const changes = [{ bytes: m.raw() }];
  const other = "ab".repeat(32) as Hex32;
  const one = (name: string, entry: PushEntry, code: Unopened["code"] = "device-body"): Unopened => ({ name, code, entry });
  return [
    one("noise for a body", m.entry(changes, { body: random(800) })),
    one("a body shorter than any seal", m.entry(changes, { body: random(10) })),
    one("sealed under another key", m.entry(changes, { key: new Uint8Array(32).fill(1) })),
    one("sealed for another header", m.entry(changes, { commitment: other })),
    one("a commitment to something else", m.openable(changes, { commitment: other }), "device-commitment"),
    one("a body that is no body", m.openable(changes, { plain: () => utf8("not a body") })),
    one(
      "a body of another book",
      m.openable(changes, { plain: (body) => encodeBody({ ...body, book: { ...body.book, period: "2026-02" } }) }),
    ),
  ];
}
