/** A real bundle that is as small as one can be while it has every kind of file that there is. */
import { expenseActDraft, expenseDraft } from "../src/sample/acts.ts";
import { Family, type Parent } from "../src/sample/family.ts";
import { sampleOf, type Sample } from "../src/sample/sample.ts";
import { Dice, seededRandom } from "../src/sample/seeded.ts";
import { utf8 } from "../src/base/bytes.ts";
import { sha256 } from "../src/crypto/hash.ts";
import { signKeyPair } from "../src/crypto/sign.ts";
import type { SnapshotScope } from "../src/views/snapshot.ts";
import { Gathered, sourceOfBytes } from "../src/snapshot/bytes-io.ts";
import { countersignSnapshot } from "../src/snapshot/countersign.ts";
import type { SnapshotSource } from "../src/snapshot/source.ts";
import type { PageMaker } from "../src/snapshot/pdf/render.ts";
import { streamSnapshot } from "../src/snapshot/write.ts";
import { anchored } from "./anchored.ts";
import { HOUSEHOLD_START, HOUSEHOLD_ZONE } from "./household.ts";
import type { Authority } from "./time-stamp-authority.ts";

const SCOPE: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true, pages: { style: "none" } };
const MINUTE = 60_000;
/** Stands in for the program of data/verify.html, whose six million bytes are just bytes to a verifier. */
const SMALL_VIEWER = utf8('<!doctype html><title>Stand-in</title>\n<script type="application/octet-stream" id="bundle"></script>\n');

export interface SmallBundle {
  readonly sample: Sample;
  readonly source: SnapshotSource;
  /** Countersigned, with a time stamp and an anchor. */
  readonly zip: Uint8Array;
}

/** Two parents, two messages and an expense in two acts, a file with each. */
function smallSample(): { readonly family: Family; readonly sample: Sample } {
  const random = seededRandom(sha256(utf8("small bundle")));
  const family = new Family({ random, dice: new Dice(1), start: HOUSEHOLD_START, relay: "r.example", names: ["Ada", "Ben"] });
  const { a, b } = family;
  const tick = (): number => (family.now += 30 * MINUTE) - 2_000;
  const say = (who: Parent, of: Partial<Parameters<Family["send"]>[1]>): ReturnType<Family["send"]> =>
    family.send(who, { at: tick(), text: "Yes.", ...of });
  family.bringTogether();
  const first = say(a, { subject: "Boots", children: ["Mia"], text: "On Friday?", files: [family.picture("boots.png")] });
  say(b, { thread: first.thread });
  const draft = { currency: "EUR", category: "School", title: "Books", spent: "2026-03-02", share: 5_000, children: ["Mia", "Zoë"] };
  const files = [family.paper("invoice.pdf", ["Books"])];
  const [spent] = family.write(family.first(b), [expenseDraft({ at: tick(), amount: 3_333, ...draft, files })]);
  if (!spent) throw new Error("an act was written");
  family.write(family.first(a), [expenseActDraft(tick(), spent.record, { act: "approve", of: spent.hash })]);
  return { family, sample: sampleOf(family, HOUSEHOLD_ZONE) };
}

/** Makes it: the same parts each time, but for what the authority says. */
export async function makeSmallBundle(authority: Authority, pdf: PageMaker): Promise<SmallBundle> {
  const { family, sample } = smallSample();
  const log = anchored(sample, signKeyPair(new Uint8Array(32).fill(5)));
  const stamp = { authority: "http://stamp.invalid", nonce: new Uint8Array(8).fill(3), ask: authority.answer };
  const source = { ...log, stamp, viewer: SMALL_VIEWER };
  const written = new Gathered();
  const made = await streamSnapshot(source, SCOPE, written.sink, { pdf });
  if (!made.ok) throw new Error(made.error.code);
  const other = family.first(family.b);
  const exporter = { device: other.id, publicKey: other.sign.publicKey, secretKey: other.sign.secretKey };
  const signed = new Gathered();
  const both = await countersignSnapshot(sourceOfBytes(written.bytes()), { ...source, exporter }, signed.sink, { pdf });
  if (!both.ok) throw new Error(`${both.error.code} ${both.error.detail ?? ""}`);
  return { sample, source, zip: signed.bytes() };
}
