/**
 * Passwords known from breaches, offline. The list comes with the app and is loaded when a passphrase is chosen.
 */
import { lengthOf, MIN_LENGTH, strengthOf } from "./strength.ts";

/** Whether a passphrase as a whole stands on the list. Too short ones are refused before this is asked. */
export async function isKnownPassphrase(passphrase: string): Promise<boolean> {
  if (lengthOf(passphrase) < MIN_LENGTH) return false;
  return (await strengthOf(passphrase, [])).known;
}
