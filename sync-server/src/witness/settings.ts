import { parseWitnessKey } from "@countersign/shared/log/cosignature";
import type { NoteKey } from "@countersign/shared/log/note";
import type { WitnessClientSetting } from "./witness.ts";

/** A witness that this relay asks. */
export interface WitnessSetting {
  /** Where `/add-checkpoint` and `/add-log` stand below. */
  readonly url: string;
  readonly key: NoteKey;
  /** The key as devices get it. */
  readonly verifierKey: string;
  readonly token: string;
}

/** Devices keep so many at most. */
export const MAX_WITNESSES = 8;
const TOKEN = /^[!-~]{16,200}$/;

/** `--witnesses`: `URL VERIFIER-KEY TOKEN`, several separated by semicolons. Undefined where it is not that. */
export function parseWitnesses(text: string): readonly WitnessSetting[] | undefined {
  const parts = partsOf(text);
  if (parts.length > MAX_WITNESSES) return undefined;
  const read = parts.map((part): WitnessSetting | undefined => {
    const [url = "", verifierKey = "", token = "", ...more] = part.split(/\s+/);
    const key = parseWitnessKey(verifierKey);
    if (!isHttp(url) || !key || !TOKEN.test(token) || more.length > 0) return undefined;
    return { url: url.replace(/\/$/, ""), key, verifierKey, token };
  });
  return all(read);
}

/** `--witness-clients`: `NAME TOKEN`, several separated by semicolons. Undefined where it is not that. */
export function parseWitnessClients(text: string): readonly WitnessClientSetting[] | undefined {
  const read = partsOf(text).map((part): WitnessClientSetting | undefined => {
    const [name = "", token = "", ...more] = part.split(/\s+/);
    return /^[!-*,-~]{1,200}$/.test(name) && TOKEN.test(token) && more.length === 0 ? { name, token } : undefined;
  });
  return all(read);
}

const partsOf = (text: string): readonly string[] =>
  text
    .split(";")
    .map((p) => p.trim())
    .filter((p) => p !== "");

const all = <T>(items: readonly (T | undefined)[]): readonly T[] | undefined => {
  const whole = items.filter((i): i is T => i !== undefined);
  return whole.length === items.length && items.length > 0 ? whole : undefined;
};

function isHttp(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}
