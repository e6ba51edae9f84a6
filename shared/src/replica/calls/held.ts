import type { HoldApi } from "../api.ts";
import type { HeldActs } from "../held/held-acts.ts";

/** What was sent and has not left the device. */
export const heldCalls = (held: HeldActs): HoldApi => ({
  hold: (what) => held.hold(what),
  held: (log) => Promise.resolve(held.held(log)),
  takeBack: (id, drafts) => held.takeBack(id, drafts),
  sendNow: (id) => held.sendNow(id),
});
