import type { ReplicaApi } from "@countersign/shared/replica/api";
import type { ActError } from "@countersign/shared/replica/answer";
import type { HeldId } from "@countersign/shared/replica/held-view";
import type { ExpenseAct, ExpenseView } from "@countersign/shared/views/record";
import { formatMoney } from "../../lib/money.ts";

export type JointAct = Extract<ExpenseAct, "approve" | "refuse">;

/** What became of several answers: each is an act of its own, so some may stand where others don't (rule U8). */
export interface Outcome {
  readonly act: JointAct;
  readonly stand: readonly { readonly expense: ExpenseView; readonly held: HeldId | undefined }[];
  readonly failed: readonly { readonly expense: ExpenseView; readonly error: ActError }[];
}

/** Answers one after another; one that is refused keeps no other from being answered. */
export async function answerSeveral(
  api: Pick<ReplicaApi, "hold">,
  expenses: readonly ExpenseView[],
  act: JointAct,
  reason: string | undefined,
): Promise<Outcome> {
  const stand: { expense: ExpenseView; held: HeldId | undefined }[] = [];
  const failed: { expense: ExpenseView; error: ActError }[] = [];
  for (const expense of expenses) {
    const { log, id } = expense;
    try {
      const sent = await api.hold({ do: "answer", log, expense: id, act, ...(reason === undefined ? {} : { reason }) });
      if (sent.ok) stand.push({ expense, held: sent.value.held });
      else failed.push({ expense, error: sent.error });
    } catch {
      failed.push({ expense, error: { code: "internal" } });
    }
  }
  return { act, stand, failed };
}

/** What is asked for by some expenses, one sum a currency. */
export function askedInAll(expenses: readonly ExpenseView[]): string {
  const sums = new Map<string, number>();
  for (const { currency, asked } of expenses) sums.set(currency, (sums.get(currency) ?? 0) + asked);
  return [...sums].map(([currency, sum]) => formatMoney(sum, currency)).join(" + ");
}
