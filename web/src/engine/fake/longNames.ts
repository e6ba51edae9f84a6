import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { World } from "./world.ts";

/** As long as each may be, in one word that no line can hold: people 200 characters, children 60, subjects and titles 200, files 255. */
const word = (length: number): string => "Hohenfelslichtenberg".repeat(13).slice(0, length);

/** Everything has the longest name that it can have. */
export function makeLongNames(world: World): void {
  const named = (home: HouseholdView): HouseholdView => ({
    ...home,
    label: word(200),
    people: home.people.map((p) => ({ ...p, name: word(200), devices: p.devices.map((d) => ({ ...d, name: word(200) })) })),
  });
  world.households = world.households.map(named);
  const files = <T extends { readonly name: string }>(list: readonly T[]): T[] => list.map((f) => ({ ...f, name: `${word(251)}.pdf` }));
  world.messages = world.messages.map((m) => ({
    ...m,
    ...(m.subject === undefined ? {} : { subject: word(200), children: [word(60), "Mia"] }),
    files: files(m.files),
  }));
  world.expenses = world.expenses.map((e) => ({ ...e, title: word(200), category: word(60), children: [word(60)], files: files(e.files) }));
}
