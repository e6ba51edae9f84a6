import { ALEX, HOME, NOW, SAM } from "./household.ts";
import { recordId } from "./ids.ts";
import { expense, proof } from "./sample.ts";
import type { World } from "./world.ts";

const CATEGORIES = ["School", "Health", "Clothes", "Travel", "Activities", "Childcare", "Food at the canteen", "Other", "Books"];

/** 100,000 lines of history, a thread of 5,000 letters, 2,000 threads and 3,000 expenses. */
export function makeLong(world: World): void {
  world.extraHistory = 100_000;
  const thread = recordId(900_000);
  const text = "A message of ordinary length, to see that a long thread scrolls and that no line runs over the edge. ";
  for (let i = 0; i < 5_000; i++) {
    const by = i % 3 === 0 ? SAM : ALEX;
    world.messages.push({
      id: i === 0 ? thread : recordId(900_000 + i),
      thread,
      log: HOME,
      author: by,
      ...(i === 0
        ? { subject: "A very long thread about everything, with a subject that is itself longer than any narrow screen is wide" }
        : {}),
      text: text.repeat(1 + (i % 5)),
      files: [],
      settlement: false,
      proof: proof(HOME, by, NOW - (5_000 - i) * 600_000),
    });
  }
  for (let i = 0; i < 2_000; i++) {
    const id = recordId(800_000 + i);
    world.messages.push({
      id,
      thread: id,
      log: HOME,
      author: i % 2 === 0 ? SAM : ALEX,
      subject: `Subject number ${String(i + 1)}`,
      text,
      files: [],
      settlement: false,
      proof: proof(HOME, i % 2 === 0 ? SAM : ALEX, NOW - (i + 2) * 7_200_000),
    });
  }
  for (let i = 0; i < 3_000; i++) {
    world.expenses.push(
      expense({
        title: `Expense number ${String(i + 1)}`,
        category: CATEGORIES[i % CATEGORIES.length] ?? "",
        currency: i % 10 === 0 ? "EUR" : "GBP",
        amount: 1_000 + i * 7,
        by: i % 3 === 0 ? SAM : ALEX,
        hours: 2_000 + i * 28,
        state: "settled",
      }),
    );
  }
}
