import { z } from "zod";
import type { HeldOf } from "../../engine/held.ts";
import { editMoney, guessCurrency } from "../../lib/money.ts";

/** What the form of a new expense holds while it is typed; also the shape of its draft. */
const formSchema = z.object({
  title: z.string(),
  amount: z.string(),
  currency: z.string(),
  category: z.string(),
  share: z.string(),
  spent: z.string(),
  /** Left out by drafts of an older version. */
  children: z.array(z.string()).default([]),
  note: z.string(),
});

export type ExpenseForm = z.infer<typeof formSchema>;

export const emptyForm = (today: string, currency: string | undefined): ExpenseForm => ({
  title: "",
  amount: "",
  currency: currency ?? guessCurrency(),
  category: "",
  share: "50",
  spent: today,
  children: [],
  note: "",
});

/** The form that an expense was added with. */
export const formOf = ({ title, amount, currency, category, share, spent, children, note }: HeldOf<"expense">["act"]): ExpenseForm => ({
  ...{ title, currency, category, spent },
  amount: editMoney(amount, currency),
  share: String(share / 100),
  children: [...(children ?? [])],
  note: note ?? "",
});

/** The form of a kept draft; what can't be read (an older version's draft) counts as none. */
export function readForm(draft: string): ExpenseForm | undefined {
  if (draft === "") return undefined;
  try {
    const read = formSchema.safeParse(JSON.parse(draft));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
