/**
 * Writes shared/src/entry/vectors/anchor.json: an anchor of rule L11 with a witness's line and a time-stamp authority's token, made with openssl. Run
 * it with `npx tsx shared/test/make-anchor-vectors.ts` after a change of the layout, and read the difference: keys of the authority are new each time.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toBase64, toHex } from "../src/base/bytes.ts";
import type { DeviceId, LogId } from "../src/base/ids.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { signKeyPair } from "../src/crypto/sign.ts";
import { checkTimestamp, timestampRequest } from "../src/crypto/timestamp.ts";
import { makeAnchor, stampedText } from "../src/entry/anchor.ts";
import { signCheckpoint } from "../src/log/checkpoint.ts";
import { cosign, formatWitnessKey, withCosignatures, witnessKey } from "../src/log/cosignature.ts";
import { makeAuthority } from "./time-stamp-authority.ts";

await initCrypto();
const folder = await mkdtemp(join(tmpdir(), "countersign-vectors-"));
const authority = await makeAuthority(join(folder, "authority"), { name: "Vector TSA" });
const [log, device, witness] = [1, 2, 3].map((n) => signKeyPair(new Uint8Array(32).fill(n)));
const id = "cd".repeat(32) as LogId;
const origin = `relay.example/${id}`;
const key = witness && witnessKey("w.example/witness", witness.publicKey);
if (!log || !device || !witness || !key) throw new Error("keys");
const signed = signCheckpoint({ origin, size: 9, root: new Uint8Array(32).fill(8), time: 700 }, log.secretKey);
const text = stampedText(signed);
if (!text) throw new Error("a note");
const note = withCosignatures(signed, cosign(new TextDecoder().decode(text), key, witness.secretKey, 42), [key]) ?? "";
const token = await authority.answer(timestampRequest(text, new Uint8Array(8).fill(7)));
const other = await authority.answer(timestampRequest(new Uint8Array([1]), new Uint8Array(8).fill(7)));
const stamp = await checkTimestamp(token, text);
if (!stamp.ok) throw new Error(stamp.error.code);
const entry = (anchor: Parameters<typeof makeAnchor>[0]["anchor"]): { a: string; b: string } => {
  const made = makeAnchor({ log: id, device: toHex(device.publicKey) as DeviceId, epoch: 3, anchor, secret: device.secretKey });
  return { a: toHex(made.a), b: toHex(made.b) };
};
const keys = [formatWitnessKey(key)];
const vectors = {
  about:
    "docs/protocol.md, rule L11. Seeds of the log, device and witness keys: 32 bytes of 1, 2, 3. `a` is the entry's author part, `b` its body, both hex; `text` is what the token stamps, `token` is base64, `authority` the signing certificate and `root` the one above it, PEM.",
  log: id,
  origin,
  note,
  text: new TextDecoder().decode(text),
  keys,
  token: toBase64(token),
  expected: {
    size: 9,
    cosigned: [{ name: "w.example/witness", time: 42_000 }],
    stamped: { authority: stamp.value.authority, certificate: stamp.value.certificate, time: stamp.value.time },
  },
  both: entry({ note, keys, token }),
  stampOnly: entry({ note: signed, keys: [], token }),
  /** The entry holds, the token in it does not, and only the witness's line counts. */
  otherText: { ...entry({ note, keys, token: other }), code: "stamp-imprint" },
  authority: await readFile(authority.certificate, "utf8"),
  root: await readFile(authority.root, "utf8"),
};
await writeFile(fileURLToPath(new URL("../src/entry/vectors/anchor.json", import.meta.url)), `${JSON.stringify(vectors, null, 2)}\n`);
await rm(folder, { recursive: true, force: true });
