import { concat, utf8 } from "../base/bytes.ts";

/** Names that keep what is hashed, signed, sealed or derived for one purpose from standing for another (docs/protocol.md section 2). */
export const DOMAINS = [
  "statement",
  "entry",
  "author-part",
  "body",
  "body-seal",
  "book-id",
  "book-key",
  "epoch-key",
  "change",
  "commit-leaf",
  "commit-content",
  "commit-tag",
  "commit",
  "commit-salt",
  "commit-tag-salt",
  "commit-about",
  "commit-about-salt",
  "note",
  "bundle",
  "sign-in",
  "invite-seal",
  "file-key",
  "file-original",
  "record-author",
  "safety-words",
  "recovery",
  "vault-slot",
  "vault-row",
  "mailbox",
  "manifest",
  "countersignature",
  "anchor",
  "again",
  "scratch",
] as const;

export type Domain = (typeof DOMAINS)[number];

const bytes = new Map<Domain, Uint8Array>(DOMAINS.map((name) => [name, concat(utf8(`countersign/v1/${name}`), new Uint8Array(1))]));

/** `D(name)`: `countersign/v1/`, the name and one zero byte (rule E5). The caller must not write into it. */
export function domainBytes(name: Domain): Uint8Array {
  const found = bytes.get(name);
  if (!found) throw new Error("unknown domain");
  return found;
}
