import { ok } from "@countersign/shared/base/result";
import type { HoldApi } from "@countersign/shared/replica/api";
import type { HeldId, HeldView, Sending, Sent } from "@countersign/shared/replica/held-view";
import type { Answer } from "@countersign/shared/replica/answer";
import type { RecordId } from "@countersign/shared/base/ids";
import { done, no } from "../answers.ts";
import { bareAct, hold, WITHDRAWN } from "../held.ts";
import { OWN } from "../household.ts";
import type { World } from "../world.ts";
import { addExpense, answerExpense, newFiles, sendMessage } from "../writes.ts";

/** What was sent and has not left the device; here it waits until somebody says so. */
export const heldCalls = (world: World): HoldApi => {
  /** No longer held. */
  const drop = (id: HeldId): HeldView | undefined => {
    const found = world.held.find((h) => h.id === id);
    world.held = world.held.filter((h) => h !== found);
    return found;
  };
  const told = (held: HeldView): void => {
    for (const listener of world.listeners) listener({ topic: "held", log: held.log });
  };
  return {
    hold: (what) => {
      if (world.mood === "full") return no("storage-full");
      if (what.do === "answer" && world.expenses.find((e) => e.id === what.expense)?.title === WITHDRAWN) return no("record-moved-on");
      if (world.vault.undoSeconds === 0 || what.log === OWN) return write(world, what);
      const held = hold(world, bareAct(what), newFiles(what.files ?? []));
      told(held);
      const record = what.do === "answer" ? what.expense : (held.id as string as RecordId);
      return Promise.resolve(ok({ record, held: held.id }));
    },
    held: (log) => Promise.resolve(world.held.filter((h) => h.log === log)),
    takeBack: (id, drafts) => {
      const found = drop(id);
      if (!found) return no("already-left");
      for (const { key, text } of drafts) world.drafts.set(key, text);
      told(found);
      return Promise.resolve(ok({ act: found.act, files: [] }));
    },
    sendNow: async (id) => {
      const found = world.held.find((h) => h.id === id);
      if (!found) return done();
      if (found.state.why === "refused") return no(found.state.error.code);
      drop(id);
      await write(world, { ...found.act, log: found.log, files: [] });
      told(found);
      return done();
    },
  };
};

async function write(world: World, what: Sending): Answer<Sent> {
  if (what.do === "answer") {
    const answered = await answerExpense(world, what);
    return answered.ok ? ok({ record: what.expense }) : answered;
  }
  const made = await (what.do === "message" ? sendMessage(world, what) : addExpense(world, what));
  return made.ok ? ok({ record: made.value }) : made;
}
