import { utf8 } from "../../src/base/bytes.ts";
import { makeCountersignature, countersignaturePath, type Countersignature } from "../../src/snapshot/countersignature.ts";
import { toHex } from "../../src/base/bytes.ts";
import { hashOf } from "../../src/snapshot/bag.ts";
import { FILES_FOLDER, PATH } from "../../src/snapshot/paths.ts";
import { publicKeyPem } from "../../src/snapshot/pem.ts";
import { allowedSigners, sshSignature } from "../../src/snapshot/sshsig.ts";
import type { SignKeyPair } from "../../src/crypto/sign.ts";
import type { Bundle } from "../bundle.ts";
import { forge, lying, pick, type Attack, type Expected } from "./forge.ts";
import type { World } from "./world.ts";

const attachments = (files: ReadonlyMap<string, Uint8Array>): string[] => [...files.keys()].filter((p) => p.startsWith(FILES_FOLDER));

/** After everything was listed and signed. */
const afterwards = (name: string, expected: Expected, touch: (bundle: Bundle, world: World) => void): Attack => ({
  name,
  forge: async (world) => {
    const bundle = await forge(world, world.whole, {});
    touch(bundle, world);
    return { bundle, expected };
  },
});

/** A countersignature over this snapshot, or over something else. */
const countersigning = (
  name: string,
  expected: Expected,
  said: (world: World, is: Countersignature) => { readonly say: Countersignature; readonly key: SignKeyPair; readonly path?: string },
): Attack =>
  afterwards(name, expected, (bundle, world) => {
    const { replayed, statement } = world.whole.derived;
    const other = world.family.first(world.family.b);
    const is: Countersignature = {
      manifest: hashOf(bundle.get(PATH.manifest) ?? new Uint8Array()) as Countersignature["manifest"],
      code: "same-entries",
      log: statement.log,
      size: replayed.checkpoint.size,
      root: toHex(replayed.checkpoint.root) as Countersignature["root"],
      role: "parent",
      device: other.id,
      time: statement.exported + 1,
    };
    const { say, key, path } = said(world, is);
    bundle.set(path ?? countersignaturePath(say.device), makeCountersignature(say, key.secretKey));
  });

const FALSE = { failed: "countersigned-false" } as const;

/** Attachments, keys and signatures. */
export const fileAttacks: readonly Attack[] = [
  lying(
    "swaps an attachment for another under the same name",
    { failed: "attachment-false", where: FILES_FOLDER },
    "whole",
    (_, __, dice) => ({
      files: (files) => {
        const path = pick(dice, attachments(files));
        if (path !== undefined) files.set(path, utf8(`another paper ${String(dice.next())}`));
      },
    }),
  ),
  lying("swaps two attachments", { failed: "attachment-false", where: FILES_FOLDER }, "whole", () => ({
    files: (files) => {
      const [a, b] = attachments(files);
      if (a === undefined || b === undefined) return;
      const [one, two] = [files.get(a), files.get(b)];
      if (one && two) files.set(a, two).set(b, one);
    },
  })),
  lying("cuts an attachment short", { failed: "attachment-false", where: FILES_FOLDER }, "whole", (_, __, dice) => ({
    files: (files) => {
      const path = pick(dice, attachments(files));
      if (path !== undefined) files.set(path, files.get(path)?.slice(0, -1) ?? new Uint8Array());
    },
  })),
  lying("gives an attachment another name", { failed: "file-unnamed", where: FILES_FOLDER }, "whole", (_, __, dice) => ({
    files: (files) => {
      const path = pick(dice, attachments(files));
      if (path === undefined) return;
      files.set(path.replace(/-[^-]*$/, "-receipt.pdf"), files.get(path) ?? new Uint8Array());
      files.delete(path);
    },
  })),
  afterwards("alters a table and leaves lists and signature", { failed: "file-changed", where: PATH.csvMessages }, (bundle) => {
    bundle.set(PATH.csvMessages, utf8("made up\n"));
  }),
  afterwards("puts another key into signer.pem", { failed: "signature-false", where: PATH.signer }, (bundle, world) => {
    bundle.set(PATH.signer, publicKeyPem(world.stranger.publicKey));
  }),
  afterwards("puts another key and signature for ssh-keygen", { failed: "signature-false", where: PATH.sshSignature }, (bundle, world) => {
    bundle.set(PATH.sshSignature, sshSignature(bundle.get(PATH.manifest) ?? new Uint8Array(), world.stranger));
    bundle.set(PATH.sshSigners, allowedSigners(world.stranger.publicKey));
  }),
  afterwards("lets ssh-keygen trust another key", { failed: "tag-file-changed", where: PATH.sshSigners }, (bundle, world) => {
    bundle.set(PATH.sshSigners, allowedSigners(world.stranger.publicKey));
  }),
  afterwards("writes another exporter into bag-info.txt", { failed: "tag-file-changed", where: PATH.bagInfo }, (bundle) => {
    bundle.set(PATH.bagInfo, utf8("Bag-Software-Agent: court\n"));
  }),
  afterwards(
    "adds a file beside data/",
    { failed: "file-added", where: "VERIFIED.txt" },
    (bundle) => void bundle.set("VERIFIED.txt", utf8("ok")),
  ),
  afterwards(
    "adds a seal of their own making",
    { remarked: "tag-unknown" },
    (bundle) => void bundle.set("signatures/court.seal", utf8("ok")),
  ),
  countersigning("forges the other parent's countersignature", FALSE, (world, is) => ({ say: is, key: world.own })),
  countersigning("countersigns with a device that is none of the record", FALSE, (world, is) => ({
    say: { ...is, device: toHex(world.stranger.publicKey) as Countersignature["device"] },
    key: world.stranger,
  })),
  countersigning("countersigns with their own revoked device", FALSE, (world, is) => ({
    say: { ...is, device: world.revoked.id },
    key: world.revoked.sign,
  })),
  countersigning("countersigns for themselves", { remarked: "countersigned-self" }, (world, is) => ({
    say: { ...is, device: world.sample.me.device.id },
    key: world.own,
  })),
  countersigning("replays the other's countersignature of another snapshot", FALSE, (world, is) => ({
    say: { ...is, manifest: hashOf(world.thread.bundle.get(PATH.manifest) ?? new Uint8Array()) as Countersignature["manifest"] },
    key: world.family.first(world.family.b).sign,
  })),
  countersigning("replays the other's countersignature of an earlier checkpoint", FALSE, (world, is) => ({
    say: { ...is, size: is.size - 1 },
    key: world.family.first(world.family.b).sign,
  })),
  countersigning("puts the other's countersignature under another device's name", FALSE, (world, is) => ({
    say: is,
    key: world.family.first(world.family.b).sign,
    path: countersignaturePath(world.sample.me.device.id),
  })),
];
