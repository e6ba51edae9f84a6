import type { FileId, Hex32, RecordId } from "../../src/base/ids.ts";
import type { ChangeItem } from "../../src/snapshot/change-rows.ts";
import { PATH } from "../../src/snapshot/paths.ts";
import type { Redaction } from "../../src/views/snapshot.ts";
import type { HeldProof } from "../held.ts";
import { tagged, withRow } from "./contents.ts";
import { lying, pick, type Attack } from "./forge.ts";
import type { Exported } from "./world.ts";

const listing = (change: (redact: Redaction) => Partial<Redaction>) => ({
  proof: (p: HeldProof): HeldProof => {
    const { redact } = p.statement.scope;
    if (!redact) throw new Error("this snapshot leaves something out one by one");
    return { ...p, statement: { ...p.statement, scope: { ...p.statement.scope, redact: { ...redact, ...change(redact) } } } };
  },
});

/** Calls a disclosed item of this kind left out by itself. */
function hiding(of: Exported, kind: string, dice: Parameters<typeof pick>[0]): { readonly proof: (p: HeldProof) => HeldProof } | undefined {
  const isIt = (i: ChangeItem): boolean => i.form === "disclosed" && i.tag.kind === kind;
  const row = pick(
    dice,
    of.proof.rows.filter((r) => r.items.some(isIt)),
  );
  const at = row?.items.findIndex(isIt) ?? -1;
  const hide = (i: ChangeItem, n: number): ChangeItem => (n === at && i.form === "disclosed" ? tagged(i, "redacted", of.proof.notes) : i);
  return row && { proof: (p) => withRow(p, row.seq, (r) => ({ ...r, items: r.items.map(hide) })) };
}

const UNKNOWN = "f".repeat(32) as RecordId;

/** What is left out one by one (rule S41). */
export const redactionAttacks: readonly Attack[] = [
  lying("leaves out one message more than is listed", { failed: "redacted-other" }, "redacted", (of, _, dice) =>
    hiding(of, "message", dice),
  ),
  lying("leaves out an expense that is not listed", { failed: "left-out-unfounded" }, "redacted", (of, _, dice) =>
    hiding(of, "expense", dice),
  ),
  lying("leaves a receipt out by itself", { failed: "left-out-unfounded" }, "redacted", (of, _, dice) =>
    hiding(of, "delivery-receipt", dice),
  ),
  lying("lists a receipt instead of a message, and leaves both out", { failed: "left-out-unfounded" }, "redacted", (of, _, dice) => {
    const [receipt, message] = [hiding(of, "delivery-receipt", dice), hiding(of, "message", dice)];
    const tags = of.proof.rows.flatMap((r) => r.items.flatMap((i) => (i.form === "disclosed" ? [i.tag] : [])));
    const receipts = tags.flatMap((t) => (t.kind === "delivery-receipt" ? [t.root as RecordId] : []));
    if (!receipt || !message) return undefined;
    const { proof: hide } = receipt;
    // Which one was left out is the one that is then no longer shown.
    const listed = (p: HeldProof): HeldProof => {
      const left = hide(p);
      const shown = new Set(left.rows.flatMap((r) => r.items.flatMap((i) => (i.form === "disclosed" ? [i.tag.root] : []))));
      return listing(({ records }) => ({ records: [...records, ...receipts.filter((id) => !shown.has(id))] })).proof(left);
    };
    return { proof: (p) => message.proof(listed(p)) };
  }),
  lying("leaves a message out by itself, where nothing is listed", { failed: "left-out-unfounded" }, "whole", (of, _, dice) =>
    hiding(of, "message", dice),
  ),
  lying("lists one record fewer than was left out", { failed: "left-out-unfounded" }, "redacted", (_, world) =>
    listing(({ records }) => ({ records: records.filter((id) => id !== world.expenses[0]?.record) })),
  ),
  lying("lists one record more than was left out", { failed: "redacted-other" }, "redacted", () =>
    listing(({ records }) => ({ records: [...records, UNKNOWN] })),
  ),
  lying("lists a record twice, in the place of another", { failed: "redacted-other" }, "redacted", () =>
    listing(({ records }) => ({ records: records.flatMap((id) => [id, id]).slice(0, records.length) })),
  ),
  lying("lists a message that is shown", { failed: "shown-unfounded" }, "redacted", (of, _, dice) => {
    const shown = pick(dice, of.derived.messages);
    return shown && listing(({ records }) => ({ records: [...records, shown.id] }));
  }),
  lying("shows an act of an expense that is listed", { failed: "shown-unfounded" }, "redacted", (of, world) => {
    const row = of.proof.rows.find((r) => r.items.some((i) => i.form === "tagged" && i.why === "redacted" && i.tag.kind === "expense"));
    const honest = world.whole.proof.rows.find((r) => r.seq === row?.seq);
    if (!row || !honest) return undefined;
    // With its notes, which items name by their place in the list.
    const { notes } = world.whole.proof;
    const moved = (i: ChangeItem, before: number): ChangeItem =>
      i.form === "disclosed" && i.note !== undefined ? { ...i, note: before + i.note } : i;
    return {
      proof: (p) => ({
        ...withRow(p, row.seq, () => ({ ...honest, items: honest.items.map((i) => moved(i, p.notes.length)) })),
        notes: [...p.notes, ...notes],
      }),
    };
  }),
  lying("lists an attachment, and leaves it in", { failed: "file-unnamed" }, "redacted", (of, world) => {
    const file = of.derived.files.find((f) => f.state === "redacted");
    const bytes = file && world.whole.bundle.get(file.path);
    return bytes && { files: (files) => void files.set(file.path, bytes) };
  }),
  lying("lists an attachment that nothing shown names", { failed: "redacted-other" }, "redacted", () =>
    listing(({ files }) => ({ files: [...files, "e".repeat(64) as Hex32] })),
  ),
  lying("lists an attachment by its id, which tells nobody which one", { failed: "redacted-other" }, "redacted", (of) => {
    const [id] = [...of.derived.filesOf.values()].flat().map((f): FileId => f.id);
    return id && listing(({ files }) => ({ files: [...files, id] }));
  }),
  lying("says that an attachment was left out, and that it was not there", { failed: "redacted-other" }, "redacted", (of) => {
    const file = of.derived.files.find((f) => f.state === "redacted");
    return file && { proof: (p) => ({ ...p, statement: { ...p.statement, missing: [file.hash] } }) };
  }),
  lying("claims on the pages that nothing was left out one by one", { failed: "records-differ", where: PATH.start }, "redacted", () => ({
    derived: (d) => ({ ...d, redacted: [] }),
  })),
  lying("hides in the thread that a message of it was left out", { failed: "records-differ", where: PATH.messages }, "redacted", (of) =>
    of.derived.redacted.some((r) => r.kind === "message" && of.derived.threads.some((t) => t.id === r.root))
      ? { derived: (d) => ({ ...d, redacted: d.redacted.filter((r) => r.kind === "expense") }) }
      : undefined,
  ),
  lying("gives another reason on the pages than the signed one", { failed: "records-differ", where: PATH.start }, "redacted", () => ({
    derived: (d) => {
      const { redact, ...scope } = d.statement.scope;
      return redact
        ? { ...d, statement: { ...d.statement, scope: { ...scope, redact: { ...redact, reason: "By order of the court." } } } }
        : d;
    },
  })),
];
