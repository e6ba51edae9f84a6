import type { ExpenseAct, ExpenseState, ProofView } from "../replica/api.ts";
import { fromMinor } from "../kinds/money.ts";
import { plainIn } from "./zone.ts";

/** Words for states and acts on the printed pages. */
export const STATE_WORDS: Readonly<Record<ExpenseState, string>> = {
  private: "private",
  submitted: "submitted, not answered",
  withdrawn: "withdrawn by its author",
  approved: "approved, payment not noted",
  refused: "refused",
  "changes-requested": "changes requested",
  "payment-made": "payment noted, not confirmed in full",
  settled: "settled",
};

export const ACT_WORDS: Readonly<Record<"submit" | ExpenseAct, string>> = {
  submit: "submitted",
  withdraw: "withdrew",
  approve: "approved",
  refuse: "refused",
  "request-changes": "asked for changes",
  pay: "noted a payment",
  "confirm-payment": "confirmed the payment",
};

export const money = (minor: number, currency: string): string => `${fromMinor(minor, currency)} ${currency}`;
export const percent = (share: number): string => `${(share / 100).toFixed(2).replace(/\.?0+$/, "")} %`;

/** Three facts that a message has of its way (rule S4); never 'not read'. */
export function deliveryWords(proof: ProofView, zone: string): { readonly delivered: string; readonly viewed: string } {
  return {
    delivered: proof.deliveredBy === undefined ? "no receipt" : plainIn(proof.deliveredBy, zone),
    viewed: proof.viewedAt === undefined ? "no receipt" : plainIn(proof.viewedAt, zone),
  };
}

/** What a scope leaves out, in a sentence. */
export const count = (n: number, one: string, many: string): string => `${String(n)} ${n === 1 ? one : many}`;
