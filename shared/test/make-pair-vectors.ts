/**
 * Writes shared/src/pair/vectors/pair.json: one exchange of docs/protocol.md section 8 with everything that is derived in it. Run it with
 * `npx tsx shared/test/make-pair-vectors.ts` after a change of the protocol, and read the difference.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { toHex } from "../src/base/bytes.ts";
import { boxKeyPair } from "../src/crypto/box.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { newPairSecret, pairCodeLink, pairCodeText } from "../src/pair/code.ts";
import { boxesOf, commitmentOf, firstKey, sealItem, sessionOf } from "../src/pair/keys.ts";
import { pairMessageCodec } from "../src/pair/messages.ts";
import { seededRandom } from "./random.ts";

await initCrypto();
const random = seededRandom("pair vectors");
const secret = newPairSecret(random);
const oldSecret = random(32);
const newSecret = random(32);
const nonce = random(32);
const oldKey = boxKeyPair(oldSecret).publicKey;
const newKey = boxKeyPair(newSecret).publicKey;
const commitment = commitmentOf(newKey, nonce);
const session = sessionOf({ secret, commitment, oldKey, newKey, nonce }, boxKeyPair(newSecret).secretKey, oldKey);
if (!session) throw new Error("a session");
const boxes = boxesOf(secret);
const message = pairMessageCodec.encode({ t: "commit", v: 1, c: commitment });
const vectors = {
  about: "docs/protocol.md section 8: all bytes in hex; the item is the first one to the old device, under the first key",
  secret: toHex(secret),
  code: pairCodeText(secret),
  relay: "https://relay.example",
  qr: pairCodeLink("https://relay.example", secret),
  toOld: boxes.toOld,
  toNew: boxes.toNew,
  firstKey: toHex(firstKey(secret)),
  oldSecret: toHex(oldSecret),
  oldKey: toHex(oldKey),
  newSecret: toHex(newSecret),
  newKey: toHex(newKey),
  nonce: toHex(nonce),
  commitment: toHex(commitment),
  sessionKey: toHex(session.key),
  digits: session.digits,
  message: toHex(message),
  item: toHex(sealItem(firstKey(secret), boxes.toOld, 0, message, random)),
};
await writeFile(fileURLToPath(new URL("../src/pair/vectors/pair.json", import.meta.url)), `${JSON.stringify(vectors, null, 2)}\n`);
