import { concat } from "@countersign/shared/base/bytes";
import type { UnlockWay } from "@countersign/shared/replica/vault-view";
import { desktop } from "../app/desktop.ts";

/** A secret of 32 bytes that somebody else keeps, and what is needed to ask for it again. */
export interface KeptSecret {
  readonly secret: Uint8Array;
  readonly hint: Uint8Array;
}

const SECRET = 32;
const SALT = 32;
const MINUTE = 60_000;

const random = (n: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(n));

/** Which further ways this device can offer. A passkey is bound to the site's name, which the desktop app's page has not. */
export async function waysOffered(): Promise<readonly UnlockWay["kind"][]> {
  const app = desktop();
  if (app !== undefined) return (await app.keyStore.available()) ? ["system"] : [];
  return typeof PublicKeyCredential === "function" && window.isSecureContext ? ["passkey"] : [];
}

/** Undefined: the person or the system said no, or the authenticator derives no secrets. */
export function makeWay(kind: UnlockWay["kind"]): Promise<KeptSecret | undefined> {
  return kind === "passkey" ? makePasskey() : makeSystemKey();
}

/** Whether a way that was made before can be asked here: a vault that came along from elsewhere may name what this place has not. */
export const canAsk = (way: UnlockWay): boolean =>
  way.kind === "system" ? desktop() !== undefined : desktop() === undefined && typeof PublicKeyCredential === "function";

/** The secret of a way that was made before; undefined where it is refused. */
export function secretOf(way: UnlockWay): Promise<Uint8Array | undefined> {
  return way.kind === "passkey"
    ? askPasskey(way.hint.slice(SALT), way.hint.slice(0, SALT))
    : (desktop()?.keyStore.unseal(way.hint) ?? Promise.resolve(undefined));
}

async function makeSystemKey(): Promise<KeptSecret | undefined> {
  const secret = random(SECRET);
  const hint = await desktop()?.keyStore.seal(secret);
  return hint && { secret, hint };
}

/** The hint is a random salt and the credential's id. The credential names nobody: whoever looks through a device's passkeys sees only the app. */
async function makePasskey(): Promise<KeptSecret | undefined> {
  const salt = random(SALT);
  try {
    const made = await navigator.credentials.create({
      publicKey: {
        rp: { name: "Countersign", id: location.hostname },
        user: { id: random(16), name: "Countersign", displayName: "Countersign" },
        challenge: random(32),
        pubKeyCredParams: [
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { residentKey: "discouraged", userVerification: "required" },
        timeout: MINUTE,
        extensions: { prf: {} },
      },
    });
    if (!(made instanceof PublicKeyCredential)) return undefined;
    const id = new Uint8Array(made.rawId);
    // Asked once more, since many authenticators derive nothing while they make a credential, and some never do.
    const secret = await askPasskey(id, salt);
    return secret && { secret, hint: concat(salt, id) };
  } catch {
    return undefined;
  }
}

async function askPasskey(id: Uint8Array<ArrayBuffer>, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined> {
  try {
    const got = await navigator.credentials.get({
      publicKey: {
        rpId: location.hostname,
        challenge: random(32),
        userVerification: "required",
        allowCredentials: [{ type: "public-key", id }],
        timeout: MINUTE,
        extensions: { prf: { eval: { first: salt } } },
      },
    });
    const first = got instanceof PublicKeyCredential ? got.getClientExtensionResults().prf?.results?.first : undefined;
    if (first === undefined) return undefined;
    const bytes = new Uint8Array(ArrayBuffer.isView(first) ? first.buffer : first);
    return bytes.length === SECRET ? bytes : undefined;
  } catch {
    return undefined;
  }
}
