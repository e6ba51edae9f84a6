import type { SignKeyPair } from "../crypto/sign.ts";
import type { LocalLog } from "./local-log.ts";
import type { SignIn } from "./relay-client.ts";

/** How this device shows itself to the relay while it is not (yet) a device of the log: by the link it was given, or by the recovery sheet. */
export type Guise = { readonly as: "invite" | "recovery"; readonly keys: SignKeyPair };

/** As whom this device signs in to the relay: as itself, or in a guise while it is no device of the log. */
export class SigningIn {
  readonly #local: LocalLog;
  readonly #guise: Guise | undefined;
  /** As what the present connection signed in. */
  #signedInAs: SignIn["as"] = "device";
  /** The statement that brings this device in was taken: the invitation is used up, the device may sign in as itself. */
  #asDevice = false;

  constructor(local: LocalLog, guise: Guise | undefined) {
    this.#local = local;
    this.#guise = guise;
  }

  get hasGuise(): boolean {
    return this.#guise !== undefined;
  }

  /** It was given an invitation to come by. */
  get hasInvitation(): boolean {
    return this.#guise?.as === "invite";
  }

  /** What the next connection signs in with. */
  next(): SignIn {
    const { identity, log, signKeys } = this.#local;
    const guise = this.#local.isDevice() || this.#asDevice ? undefined : this.#guise;
    const { publicKey, secretKey } = guise?.keys ?? signKeys;
    this.#signedInAs = guise?.as ?? "device";
    return { address: identity.address, relayName: identity.relayName, log, as: this.#signedInAs, publicKey, secretKey };
  }

  /**
   * It signed in by the sheet and has become a device: its 72 hours went by on this connection, or the relay's clock is ahead of the one that
   * it was opened by (rule C9).
   */
  get isOutgrown(): boolean {
    return this.#signedInAs === "recovery" && this.#local.isDevice();
  }

  /** It comes by an invitation that is not used up yet. */
  get isInvited(): boolean {
    return this.#guise?.as === "invite" && !this.#asDevice;
  }

  /** The invitation is used up with the join: it gives no entries any more, the device itself does. */
  useUpInvitation(): void {
    this.#asDevice = true;
  }
}
