import type { SignKeyPair } from "../../src/crypto/sign.ts";
import type { SnapshotCode } from "../../src/snapshot/codes.ts";
import { Checks, type CheckKey } from "../../src/snapshot/checks.ts";
import { derive, type Derived } from "../../src/snapshot/derive.ts";
import { FILES_FOLDER } from "../../src/snapshot/paths.ts";
import { gather } from "../../src/snapshot/pieces.ts";
import type { Proof } from "../../src/snapshot/proof.ts";
import { render } from "../../src/snapshot/render.ts";
import { Steps } from "../../src/snapshot/source.ts";
import type { Dice } from "../../src/sample/seeded.ts";
import { encodeProof, resign, type Bundle } from "../bundle.ts";
import { heldViews, type Held, type HeldProof } from "../held.ts";
import type { Exported, World } from "./world.ts";

/** What has to be said of a falsified snapshot. `where` begins the place that the check names. */
export type Expected =
  | { readonly failed: CheckKey; readonly where?: string }
  | { readonly anyFailed: readonly CheckKey[] }
  | { readonly remarked: CheckKey }
  | { readonly unreadable: SnapshotCode }
  /** The change is no part of the record, with this reason. */
  | { readonly setAside: string }
  /** The author's clock is marked. */
  | { readonly clockOff: string };

export interface Forged {
  readonly bundle: Bundle;
  readonly expected: Expected;
}

/** One way to falsify a snapshot. Undefined where this household offers nothing for it. */
export interface Attack {
  readonly name: string;
  readonly forge: (world: World, dice: Dice) => Promise<Forged | undefined>;
}

/** What the exporter changes. All that follows from it is made anew, so that nothing but a deep check can see it. */
export interface Lie {
  readonly proof?: (proof: HeldProof) => Proof;
  /** What pages, tables and lines say, where they are to say something else than the proof. */
  readonly derived?: (derived: Held<Derived>) => Derived;
  /** Last touches to the files under data/, before they are listed and signed. */
  readonly files?: (files: Map<string, Uint8Array>) => void;
  /** Who signs; the exporter's own key unless said otherwise. */
  readonly key?: SignKeyPair;
}

/** Writes the snapshot anew round a lie: pages, tables, proof, lists and signatures fit each other. */
export async function forge(world: World, of: Exported, lie: Lie): Promise<Bundle> {
  const proof = lie.proof ? lie.proof(of.proof) : of.proof;
  // A proof that does not hold derives nothing; then the honest pages stay, with the statement's words.
  const anew = lie.proof ? await derive(proof, new Checks(), new Steps({}, 1)) : of.derived;
  const base: Held<Derived> = anew && anew !== "cancelled" ? await heldViews(anew) : { ...of.derived, statement: proof.statement };
  const files = new Map<string, Uint8Array>();
  for await (const [path, pieces] of render(lie.derived ? lie.derived(base) : base)) files.set(path, await gather(pieces));
  for (const [path, bytes] of await encodeProof(proof)) files.set(path, bytes);
  for (const [path, bytes] of of.bundle) if (path.startsWith(FILES_FOLDER)) files.set(path, bytes);
  lie.files?.(files);
  const bundle: Bundle = new Map([...of.bundle].filter(([path]) => !path.startsWith("data/")));
  for (const [path, bytes] of files) bundle.set(path, bytes);
  return resign(bundle, lie.key ?? world.own);
}

/** An attack by one lie about one of the honest snapshots. */
export const lying = (
  name: string,
  expected: Expected,
  which: "whole" | "thread" | "child" | "days" | "redacted",
  lie: (of: Exported, world: World, dice: Dice) => Lie | undefined,
): Attack => ({
  name,
  forge: async (world, dice) => {
    const of = world[which];
    const told = lie(of, world, dice);
    return told && { bundle: await forge(world, of, told), expected };
  },
});

export const pick = <T>(dice: Dice, items: readonly T[]): T | undefined => items[Math.floor(dice.next() * items.length)];
