import type { RecordId } from "@countersign/shared/base/ids";
import type { HeldAct, HeldId, HeldState, HeldView, Sending } from "@countersign/shared/replica/held-view";
import type { FileView } from "@countersign/shared/views/record";
import { HOME, NOW, SAM } from "./household.ts";
import { recordId } from "./ids.ts";
import { expense, PHOTO } from "./sample.ts";
import type { World } from "./world.ts";

let made = 700_000;

/** Something that is held from now on. */
export function hold(world: World, act: HeldAct, files: readonly FileView[] = [], state: HeldState = { why: "undo" }): HeldView {
  const held: HeldView = { id: recordId(made++) as string as HeldId, log: HOME, at: NOW, act, files, state };
  world.held.push(held);
  return held;
}

/** Without where it goes and its files. */
export function bareAct(what: Sending): HeldAct {
  const { log: _log, files: _files, ...act } = what;
  return act;
}

const cost = (title: string, amount: number): HeldAct => ({
  do: "expense",
  ...{ title, category: "School", amount, currency: "GBP", share: 5_000, spent: "2026-11-19" },
});

const dental = (thread: RecordId): HeldAct => ({ do: "message", thread, text: "Thank you. I will pick her up at four, then." });

/** Several expenses of the other parent wait for an answer, one of which has been withdrawn by the time that it comes. */
export function makeAsks(world: World): void {
  world.vault = { ...world.vault, undoSeconds: 10 };
  for (const [n, title] of ["Swimming goggles", "Coach to Bath", WITHDRAWN].entries()) {
    world.expenses.push(expense({ title, category: "School", amount: 1_800 + n * 450, by: SAM, hours: 30 + n, state: "submitted" }));
  }
}

/** An answer to it comes too late. */
export const WITHDRAWN = "Museum tickets";

/** The usual household, and what has not left the device: because its time runs, because ten are open, or because it could not be written. */
export function makeHeld(world: World, scenario: "held" | "held-ten" | "held-refused"): void {
  world.vault = { ...world.vault, undoSeconds: 10 };
  const thread = world.messages.find((m) => m.log === HOME && m.subject?.includes("Dentist"))?.thread;
  const shoes = world.expenses.find((e) => e.title.startsWith("Black shoes"));
  if (thread === undefined || shoes === undefined) return;
  if (scenario === "held-refused") {
    hold(world, dental(thread), [], { why: "refused", error: { code: "storage-full" } });
    hold(world, { do: "answer", expense: shoes.id, act: "approve" }, [], { why: "refused", error: { code: "record-moved-on" } });
    return;
  }
  if (scenario === "held-ten") {
    for (let n = 1; n <= 9; n++) {
      const amount = 1_500 + n * 100;
      world.expenses.push(
        expense({
          title: `Lunch money, week ${String(n)}`,
          category: "School",
          amount,
          by: world.households[0]?.me ?? shoes.author,
          hours: n * 168,
          state: "submitted",
        }),
      );
    }
    hold(world, cost("School trip to the coast", 6_400), [PHOTO], { why: "ten-open", open: 10 });
    hold(world, cost("Winter coat", 5_500), [], { why: "ten-open", open: 10 });
    return;
  }
  hold(world, dental(thread), [PHOTO]);
  hold(world, { do: "message", subject: "Christmas Eve", text: "Could the children be with me until six, and with you from then on?" });
  hold(world, cost("School trip to the coast", 6_400), [PHOTO]);
  hold(world, { do: "answer", expense: shoes.id, act: "approve" });
}
