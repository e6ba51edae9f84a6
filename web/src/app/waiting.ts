import type { ExpenseView } from "@countersign/shared/views/record";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import type { LogId } from "@countersign/shared/base/ids";
import type { HeldView } from "@countersign/shared/replica/held-view";
import { createContext, useContext } from "react";
import { useSession } from "../engine/context.ts";
import { isHeld } from "../engine/held.ts";
import { useQuery, type Loaded } from "../engine/query.ts";

export interface WaitingNow {
  /** Expenses in which the next step is this person's. */
  readonly expenses: readonly ExpenseView[];
  readonly unread: number;
  /** What was sent and could not be written. */
  readonly held: readonly HeldView[];
}

const MOST = 200;

/** After changes were asked for the next step is its author's: to withdraw it and add it anew. */
const waits = ({ state, can }: ExpenseView): boolean =>
  state === "changes-requested" ? can.includes("withdraw") : can.some((act) => act !== "withdraw");

async function ask(api: ReplicaApi, log: LogId | undefined): Promise<WaitingNow> {
  if (log === undefined) return { expenses: [], unread: 0, held: [] };
  const [held, open, threads] = await Promise.all([
    api.held(log),
    api.expenses(log, { states: ["submitted", "approved", "payment-made", "changes-requested"] }, 0, MOST),
    api.threads(log, 0, MOST),
  ]);
  // What was answered a moment ago waits for nobody, though its answer can still be undone.
  const answered = held.flatMap((h) => (isHeld(h, "answer") && h.state.why === "undo" ? [h.act.expense] : []));
  return {
    held: held.filter((h) => h.state.why === "refused"),
    expenses: open.rows.filter((e) => waits(e) && !answered.includes(e.id)),
    unread: threads.rows.reduce((n, thread) => n + thread.unread, 0),
  };
}

const WaitingContext = createContext<Loaded<WaitingNow> | undefined>(undefined);

/** What waits is asked once, at the frame; what stands in the frame is given it. */
export const WaitingProvider = WaitingContext.Provider;

/** What waits for this person in the household. Only used in the frame. */
export function useWaiting(): Loaded<WaitingNow> {
  const waiting = useContext(WaitingContext);
  if (waiting === undefined) throw new Error("no frame around this component");
  return waiting;
}

/** Asks the engine for it, and again when something changes. */
export function useAskWaiting(): Loaded<WaitingNow> {
  const { home } = useSession();
  const log = home?.log;
  return useQuery(`waiting ${log ?? ""}`, ["expenses", "messages", "households", "held"], (api) => ask(api, log));
}
