import { toId } from "../../src/base/bytes.ts";
import type { Hex32 } from "../../src/base/ids.ts";
import { frameOn, makeStatement } from "../../src/charter/sign.ts";
import type { LogKeyId } from "../../src/charter/types.ts";
import { signKeyPair, type SignKeyPair } from "../../src/crypto/sign.ts";
import { signCheckpoint } from "../../src/log/checkpoint.ts";
import { messageDraft } from "../../src/sample/acts.ts";
import type { Known } from "../../src/sample/log-builder.ts";
import { sampleOf } from "../../src/sample/sample.ts";
import { sourceOf } from "../../src/sample/source.ts";
import { HOUSEHOLD_ZONE } from "../household.ts";
import { makeStoryHousehold, type StoryHousehold } from "../story-household.ts";
import { forge, type Attack, type Expected, type Lie } from "./forge.ts";
import { exported, type Exported, type World } from "./world.ts";

/** A log that moved to another relay: each relay's key counts for its own part of it alone (protocol C8). */
const moved = (name: string, expected: Expected, lie: (story: StoryHousehold, of: Exported) => Lie | undefined): Attack => ({
  name,
  forge: async (world: World) => {
    const story = makeStoryHousehold(false);
    // What the lie writes into the log, if it does, has to be there before the snapshot is made.
    const before = story.family.builder.size;
    const first = await exported(sourceOf(story.sample), world.whole.scope);
    const told = lie(story, first);
    if (!told) return undefined;
    const { family } = story;
    const of = family.builder.size === before ? first : await exported(sourceOf(sampleOf(family, HOUSEHOLD_ZONE)), world.whole.scope);
    return { bundle: await forge({ ...world, own: story.sample.me.device.sign }, of, told), expected };
  },
});

/** Ada's modified app writes, and names a checkpoint that this key signed. */
function writes({ family }: StoryHousehold, known: Known, relay: string, key: SignKeyPair): Lie {
  const { builder } = family;
  const { size, root, time } = known;
  const note = signCheckpoint({ origin: `${relay}/${builder.log}`, size, root, time }, key.secretKey);
  const at = (family.now += 60_000) - 2_000;
  builder.write(family.first(family.a), [messageDraft({ at, subject: "Late", text: "As agreed." })], builder.known(), { ...known, note });
  return {};
}

/**
 * Both parents' keys, in one hand, claim that a relay had shown two histories: with a root for the one kept that was never this log's, the log itself is the one given
 * up. So checkpoints that do not fit would be excused.
 */
function claimsFork({ family }: StoryHousehold): Lie {
  const { builder } = family;
  const [by, other] = [family.first(family.a), family.first(family.b)];
  const { size, root, time } = builder.known();
  const note = signCheckpoint({ origin: `${builder.relay}/${builder.log}`, size, root, time }, builder.logKey.secretKey);
  const never = toId<Hex32>(new Uint8Array(32).fill(5));
  const next = { relay: "third.example", logKey: signKeyPair(builder.random(32)) };
  const frame = () => ((family.now += 60_000), frameOn(builder.charter, by.id, builder.checkpointRef()));
  const to = { size, root: never, relay: next.relay, logKey: toId<LogKeyId>(next.logKey.publicKey) };
  const move = makeStatement({ ...frame(), type: "move-log", ...to, fork: { note, r: never, p: [] } }, [by.sign]);
  const id = builder.state(by, move);
  builder.state(other, makeStatement({ ...frame(), by: toId(other.sign.publicKey), type: "consent", to: id }, [other.sign]));
  builder.relay = next.relay;
  builder.logKey = next.logKey;
  return {};
}

const NOT_COUNTED: Expected = { setAside: "change-checkpoint-missing" };

export const movedAttacks: readonly Attack[] = [
  moved("ends a log that moved under the key of the relay that it left", { failed: "checkpoint-false" }, ({ family, left }) => {
    const { size, root, time } = family.builder.known();
    const over = { origin: `${left.relay}/${family.builder.log}`, size, root, time };
    return { proof: (p) => ({ ...p, note: signCheckpoint(over, left.key.secretKey) }) };
  }),
  moved("leaves out that the other parent consented to the move", { failed: "charter-false" }, () => ({
    proof: (p) => ({ ...p, statements: p.statements.slice(0, -1) }),
  })),
  moved("says on the pages that the relay that was left logged everything", { failed: "records-differ" }, (_, of) => {
    const [was] = of.derived.messages;
    if (!was) return undefined;
    const { stampedBy } = was.proof;
    return { derived: (d) => ({ ...d, messages: d.messages.map((m) => ({ ...m, proof: { ...m.proof, stampedBy } })) }) };
  }),
  moved("claims that a relay had shown two histories, and gives up the one that this log is", { remarked: "fork-unfounded" }, claimsFork),
  moved("takes a note of the relay that was left for what came after the move", NOT_COUNTED, (story) =>
    writes(story, story.family.builder.known(), story.left.relay, story.left.key),
  ),
  moved("takes a note of the new relay for what was before the move", NOT_COUNTED, (story, of) => {
    const { builder } = story.family;
    const size = 5;
    const root = of.derived.replayed.rootOf(size);
    if (root === undefined) return undefined;
    const known = { ...builder.known(), size, root: Uint8Array.from(Buffer.from(root, "hex")) };
    return writes(story, known, builder.relay, builder.logKey);
  }),
];
