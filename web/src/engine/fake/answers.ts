import { err, ok } from "@countersign/shared/base/result";
import type { ActError, Answer } from "@countersign/shared/replica/answer";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { World } from "./world.ts";

export const PASSPHRASE = "correct horse battery staple";

export const done = (): Answer<void> => Promise.resolve(ok(undefined));
export const no = <T>(code: ActError["code"], more: Omit<ActError, "code"> = {}): Answer<T> => Promise.resolve(err({ code, ...more }));

export function tell(world: World, ...topics: readonly ("vault" | "households" | "link")[]): void {
  for (const topic of topics) for (const listener of world.listeners) listener({ topic });
}

/** The vault opens. */
export function open(world: World): Answer<void> {
  world.vault = { ...world.vault, state: "open" };
  tell(world, "vault", "households");
  return done();
}

/** What is done only with the right passphrase. */
export function guarded(world: World, passphrase: string, act: () => void): Answer<void> {
  if (passphrase !== PASSPHRASE) return no("passphrase-wrong");
  act();
  tell(world, "vault", "households");
  return done();
}

/** Every household becomes what `change` makes of it. */
export function update(world: World, change: (household: HouseholdView) => HouseholdView): Answer<void> {
  world.households = world.households.map(change);
  tell(world, "households");
  return done();
}
