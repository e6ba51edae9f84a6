import { concat, equalBytes, fromBase64, toBase64, utf8 } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { signRaw, verifyRaw } from "../crypto/sign.ts";
import type { SignSecretKey } from "../base/ids.ts";

/** The manifest's signature once more in the form of OpenSSH (SSHSIG), so that `ssh-keygen -Y verify` checks it. */

/** What the signature is for; part of what is signed. */
export const SSH_NAMESPACE = "countersign/v1/manifest";
/** The name of the exporter's key in `signatures/allowed_signers`. */
export const SSH_PRINCIPAL = "exporter";

const MAGIC = utf8("SSHSIG");
const KEY_TYPE = "ssh-ed25519";
const HASH = "sha256";
const HEAD = "-----BEGIN SSH SIGNATURE-----\n";
const TAIL = "-----END SSH SIGNATURE-----\n";
/** Characters in a line, as ssh-keygen writes them. */
const WIDTH = 70;

const u32 = (n: number): Uint8Array => {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, n);
  return out;
};
const string = (bytes: Uint8Array): Uint8Array => concat(u32(bytes.length), bytes);
const text = (value: string): Uint8Array => string(utf8(value));
const keyBlob = (key: Uint8Array): Uint8Array => concat(text(KEY_TYPE), string(key));

/** What the key really signs. */
const signedBytes = (message: Uint8Array): Uint8Array => concat(MAGIC, text(SSH_NAMESPACE), text(""), text(HASH), string(sha256(message)));

function armored(key: Uint8Array, signature: Uint8Array): Uint8Array {
  const blob = concat(
    ...[MAGIC, u32(1), string(keyBlob(key)), text(SSH_NAMESPACE), text(""), text(HASH)],
    string(concat(text(KEY_TYPE), string(signature))),
  );
  const lines = toBase64(blob).match(new RegExp(`.{1,${String(WIDTH)}}`, "g")) ?? [];
  return utf8(HEAD + lines.map((l) => `${l}\n`).join("") + TAIL);
}

/** The file `signatures/manifest.sshsig`. */
export const sshSignature = (message: Uint8Array, key: { readonly publicKey: Uint8Array; readonly secretKey: SignSecretKey }): Uint8Array =>
  armored(key.publicKey, signRaw(signedBytes(message), key.secretKey));

/** Whether the file is that signature by this key, in exactly this form. Ed25519 signs one message in one way, so the signer makes it again. */
export function verifySshSignature(file: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  // The signature's 64 bytes are the last of the blob; all else of the file is known.
  const inner = new TextDecoder().decode(file).replace(HEAD, "").replace(TAIL, "").replaceAll("\n", "");
  const blob = inner.length > 1_000 ? undefined : fromBase64(inner);
  const signature = blob?.slice(-64);
  return signature?.length === 64 && equalBytes(file, armored(key, signature)) && verifyRaw(signedBytes(message), signature, key);
}

/** The file `signatures/allowed_signers`, which ssh-keygen wants to know the key from. */
export const allowedSigners = (key: Uint8Array): Uint8Array =>
  utf8(`${SSH_PRINCIPAL} namespaces="${SSH_NAMESPACE}" ${KEY_TYPE} ${toBase64(keyBlob(key))}\n`);
