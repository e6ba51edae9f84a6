import { toId } from "../src/base/bytes.ts";
import type { Millis } from "../src/base/ids.ts";
import { hash } from "../src/crypto/hash.ts";
import type { SignKeyPair } from "../src/crypto/sign.ts";
import { makeAnchor } from "../src/entry/anchor.ts";
import { headerLeaf, makeAuthorPart, makeRelayPart, parseAuthorPart, parseHeader } from "../src/entry/header.ts";
import { signCheckpoint } from "../src/log/checkpoint.ts";
import { cosign, formatWitnessKey, withCosignatures, witnessKey } from "../src/log/cosignature.ts";
import { MerkleTree } from "../src/log/tree.ts";
import type { Sample } from "../src/sample/sample.ts";
import { sourceOf } from "../src/sample/source.ts";
import type { SnapshotSource } from "../src/snapshot/source.ts";

/** What else an anchor can be; `seen` is when witnesses signed, in whole seconds, the end of the log unless said otherwise. */
interface Anchoring {
  readonly token?: Uint8Array;
  readonly spoil?: (body: Uint8Array) => Uint8Array;
  readonly more?: readonly SignKeyPair[];
  readonly seen?: Millis;
}

/** When the witness of `anchored` signed. */
export const seenIn = (house: Sample): Millis => Math.floor(house.end / 1_000) * 1_000;

/** A household's log with an anchor over all of it as its last entry. */
export function anchored(
  house: Sample,
  witness: SignKeyPair,
  { token, spoil = (body) => body, more = [], seen = seenIn(house) }: Anchoring = {},
): SnapshotSource {
  const source = sourceOf(house);
  const witnesses = [witness, ...more].map((w, i) => {
    const key = witnessKey(`w.example/witness${i === 0 ? "" : String(i)}`, w.publicKey);
    if (!key) throw new Error("a witness's key");
    return { key, secret: w.secretKey };
  });
  const last = house.builder.entries.findLast((e) => e.channel === "household");
  const header = last && parseHeader(last.authorBytes, last.relayBytes);
  const text = source.note.slice(0, source.note.indexOf("\n\n") + 1);
  let { note } = source;
  for (const { key, secret } of witnesses) {
    const cosigned = withCosignatures(note, cosign(text, key, secret, seen / 1_000), [key]);
    if (cosigned === undefined) throw new Error("a cosigned note");
    note = cosigned;
  }
  const { sign, id } = house.me.device;
  const made = makeAnchor({
    ...{ log: house.log, device: id, epoch: 0, secret: sign.secretKey },
    anchor: { note, keys: witnesses.map((w) => formatWitnessKey(w.key)), ...(token ? { token } : {}) },
  });
  const b = spoil(made.b);
  const author = parseAuthorPart(made.a);
  if (!author.ok) throw new Error("an author part");
  const a = makeAuthorPart({ ...author.value, commitment: toId(hash("anchor", b)) }, b, sign.secretKey);
  const seq = house.builder.size;
  const previous = header?.ok === true ? header.value.leaf : new Uint8Array(32);
  const channelSeq = header?.ok === true ? header.value.relay.channelSeq + 1 : 0;
  const r = makeRelayPart({ seq, channelSeq, previous, time: house.end });
  const tree = MerkleTree.of([...house.builder.entries.map((e) => e.leaf), headerLeaf(a, r)]);
  const over = { origin: house.builder.origin, size: tree.size, root: tree.root(), time: house.end };
  return {
    ...source,
    headers: [...house.builder.entries, { authorBytes: a, relayBytes: r }],
    anchors: [{ seq, body: b }],
    note: signCheckpoint(over, house.builder.logKey.secretKey),
  };
}
