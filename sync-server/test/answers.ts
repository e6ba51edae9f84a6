import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "@countersign/shared/base/result";

/** What was answered; a refusal ends the test. */
export async function get<T>(answer: Promise<Result<T, { readonly code: string }>>): Promise<T> {
  const got = await answer;
  if (!got.ok) throw new Error(got.error.code);
  return got.value;
}

/** Asks again until it is so; two minutes are a stop for hangs. */
export async function until(what: string, is: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await is()); tries++) {
    if (tries > 1_200) throw new Error(`waited in vain until ${what}`);
    await sleep(100);
  }
}
