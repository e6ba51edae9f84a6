import { utf8 } from "../../src/base/bytes.ts";
import type { DeviceId, LogId } from "../../src/base/ids.ts";
import type { SnapshotStatement } from "../../src/snapshot/statement.ts";
import { PATH } from "../../src/snapshot/paths.ts";
import { lying, type Attack } from "./forge.ts";

const says = (what: Partial<SnapshotStatement>) => ({
  proof: <P extends { readonly statement: SnapshotStatement }>(p: P): P => ({ ...p, statement: { ...p.statement, ...what } }),
});
/** The bytes with the first place where these stand changed to others of the same length. */
function replaced(bytes: Uint8Array = new Uint8Array(), from: Uint8Array, to: Uint8Array): Uint8Array {
  const out = bytes.slice();
  out.set(to, Buffer.from(bytes).indexOf(from));
  return out;
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** What the exporter says of the whole, and who they say that they are. */
export const statementAttacks: readonly Attack[] = [
  lying("names the other parent's device as the exporter", { failed: "signature-false" }, "whole", (_, world) =>
    says({ exporter: world.family.first(world.family.b).id }),
  ),
  lying("signs with a key that is no device of the record", { failed: "exporter-unknown" }, "whole", (_, world) => ({
    ...says({ exporter: hex(world.stranger.publicKey) as DeviceId }),
    key: world.stranger,
  })),
  lying("signs with a device that was revoked", { failed: "exporter-unknown" }, "whole", (_, world) => ({
    ...says({ exporter: world.revoked.id }),
    key: world.revoked.sign,
  })),
  lying("names both parents alike but for a sign that nobody sees", { remarked: "names-alike" }, "whole", (of) => {
    const [first, second] = of.proof.statement.names;
    return first && second && says({ names: [first, { ...second, name: `${first.name}\u200b ` }] });
  }),
  lying("names both parents alike but for a filler, a joiner or a selector", { remarked: "names-alike" }, "whole", (of, _, dice) => {
    const [first, second] = of.proof.statement.names;
    const unseen = dice.pick(["\u034f", "\u3164", "\ufe0f", "\uffa0", "\u2800", "\u{e0100}"]);
    return first && second && says({ names: [first, { ...second, name: `${first.name}${unseen}` }] });
  }),
  lying(
    "begins a second line of bag-info.txt with the app's name",
    { failed: "part-unreadable", where: PATH.statement },
    "whole",
    (of) => ({
      files: (files) => {
        const { app } = of.proof.statement;
        files.set(PATH.statement, replaced(files.get(PATH.statement), utf8(app), utf8(`x\n${app.slice(2)}`)));
      },
    }),
  ),
  lying("re-signs with another key", { failed: "signature-false" }, "whole", (_, world) => ({ key: world.stranger })),
  lying("names another log", { anyFailed: ["log-false", "charter-false"] }, "whole", (_, world) =>
    says({ log: hex(world.stranger.publicKey) as LogId }),
  ),
  lying("says that an attachment was not on their device", { remarked: "files-lacking" }, "whole", (of) => {
    const [file] = of.derived.files;
    return file && { ...says({ missing: [file.hash] }), files: (files) => void files.delete(file.path) };
  }),
  lying("says that an attachment was not there, and leaves it in", { failed: "file-unnamed" }, "whole", (of) => {
    const [file] = of.derived.files;
    return file && says({ missing: [file.hash] });
  }),
  lying("takes an attachment out without saying so", { failed: "attachment-false" }, "whole", (of) => {
    const [file] = of.derived.files;
    return file && { files: (files) => void files.delete(file.path) };
  }),
  lying("says that attachments are in, and they are not", { failed: "attachment-false" }, "whole", (of) => ({
    files: (files) => {
      for (const f of of.derived.files) files.delete(f.path);
    },
  })),
  lying("dates the export before what is in it", { remarked: "dated-before" }, "whole", (of, _, dice) =>
    says({ exported: of.derived.checkpointTime - dice.between(1, 500) * 3_600_000 }),
  ),
  lying("exports an old state as of today", { remarked: "old" }, "whole", (of, _, dice) =>
    says({ exported: of.derived.checkpointTime + dice.between(26, 5_000) * 3_600_000 }),
  ),
  lying("names both parents alike", { remarked: "names-alike" }, "whole", (of) =>
    says({
      names: of.proof.statement.names.map((n, i) =>
        i === 0 ? n : { ...n, name: (of.proof.statement.names[0]?.name ?? "").toUpperCase() },
      ),
    }),
  ),
  lying("claims pages that were laid out by another version, and alters them", { remarked: "render-other" }, "whole", (of, _, dice) => ({
    ...says({ render: of.proof.statement.render + dice.pick([-1, 1, 40]) }),
    derived: (d) => ({ ...d, messages: d.messages.slice(1) }),
  })),
  lying("claims another version, and adds a page of their own", { remarked: "tag-unknown" }, "whole", (of) => ({
    ...says({ render: of.proof.statement.render + 1 }),
    files: (files) => void files.set("data/report/VERIFIED.html", utf8("verified")),
  })),
  lying("names one parent as nobody is named, and the other not at all", { remarked: "names-alike" }, "whole", (of) =>
    says({ names: of.proof.statement.names.slice(0, 1).map((n) => ({ ...n, name: "Unnamed" })) }),
  ),
  lying("names both parents with nothing that is seen", { remarked: "names-alike" }, "whole", (of, _, dice) =>
    says({ names: of.proof.statement.names.map((n, i) => ({ ...n, name: dice.pick([" ", "\u3164", "\ufe0f", "\u2800"]).repeat(i + 1) })) }),
  ),
  lying("claims a time stamp that nobody gave", { remarked: "stamp-none" }, "whole", () => says({ authority: "https://stamp.example" })),
  lying("claims printed pages that are not there", { failed: "pages-absent" }, "whole", (of) =>
    says({ scope: { ...of.scope, pages: { style: "none" } } }),
  ),
  lying("calls itself of a later version", { unreadable: "snapshot-newer" }, "whole", () => ({
    files: (files) => {
      const bytes = files.get(PATH.statement)?.slice() ?? new Uint8Array();
      bytes[Buffer.from(bytes).indexOf(Buffer.from([0x61, 0x76, 0x01])) + 2] = 9;
      files.set(PATH.statement, bytes);
    },
  })),
];
