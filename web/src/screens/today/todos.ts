import type { ExpenseView } from "@countersign/shared/views/record";
import type { HeldView } from "@countersign/shared/replica/held-view";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { WaitingNow } from "../../app/waiting.ts";
import type { Session } from "../../engine/context.ts";
import { sheetUse } from "../../lib/devices.ts";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { heldWords } from "../../ui/Held.tsx";
import { nameOf, otherOf } from "../../ui/Person.tsx";
import { t } from "../../words/words.ts";

export interface Todo {
  readonly key: string;
  readonly to: string;
  readonly title: string;
  readonly text?: string;
}

/** What waits for this person: keys and sheet first, then expenses. */
export function todos({ vault, home, own }: Session, { expenses, held }: Pick<WaitingNow, "expenses" | "held">): readonly Todo[] {
  const list: Todo[] = [];
  const used = sheetUse({ home, own });
  if (used !== undefined) {
    const until = clockOf(own.zone).moment(used.until);
    list.push({ key: "used", to: "/settings/devices", title: t("used.title"), text: t("today.used.text", { until }) });
  }
  const other = otherOf(home);
  if (other?.provisional === true) {
    list.push({ key: "joined", to: "/compare", title: t("today.joined", { name: other.name }), text: t("today.joined.text") });
  }
  const move = home?.move;
  if (move?.state === "asked" && !move.mine) {
    const title = t(move.fork ? "today.heal" : "today.move", { name: other?.name ?? "" });
    list.push({ key: "move", to: "/settings/storage", title, text: t("today.move.text") });
  }
  if (home?.again) list.push({ key: "again", to: "/settings/storage", title: t("today.again"), text: t("today.again.text") });
  if (!vault.sheetConfirmed && vault.sample !== true) {
    list.push({ key: "sheet", to: "/settings/sheet", title: t("today.sheet"), text: t("today.sheet.text") });
  }
  if (home === undefined) list.push({ key: "invite", to: "/invite", title: t("today.invite"), text: t("today.invite.text") });
  else list.push(...aboutInvite(home));
  if (home?.stage === "together" && other !== undefined && !other.provisional && other.compared === undefined) {
    list.push({ key: "compare", to: "/compare", title: t("today.compare", { name: other.name }), text: t("today.compare.text") });
  }
  list.push(...held.map((one) => aboutHeld(one, other?.name ?? "")));
  if (home !== undefined) for (const expense of expenses) list.push(...aboutExpense(home, expense));
  return list;
}

/** Something that was sent and could not be written: what became of it stands where it was sent. */
function aboutHeld(held: HeldView, name: string): Todo {
  const { act, id } = held;
  const to = act.do === "message" ? `/messages/${act.thread ?? id}` : `/expenses/${act.do === "answer" ? act.expense : id}`;
  return { key: id, to, title: t(`today.held.${act.do}`), text: heldWords(held, name) };
}

function aboutInvite(home: HouseholdView): readonly Todo[] {
  if (home.people.length > 1 || home.stage === "left" || home.stage === "closed") return [];
  if (home.invite?.state === "open") {
    const time = clockOf(home.zone).moment(home.invite.expires);
    return [{ key: "invited", to: "/invite", title: t("today.invited"), text: t("invite.expires", { time }) }];
  }
  return [
    { key: "invite", to: "/invite", title: t("today.invite"), text: t(home.invite === undefined ? "today.invite.text" : "invite.expired") },
  ];
}

function aboutExpense(home: HouseholdView, expense: ExpenseView): readonly Todo[] {
  const { title } = expense;
  const name = nameOf(home, expense.author);
  const amount = formatMoney(expense.asked, expense.currency);
  const key = expense.id;
  const to = `/expenses/${expense.id}`;
  if (expense.state === "changes-requested") {
    const asked = expense.steps.findLast((s) => s.act === "request-changes");
    const text = t("today.changes.text", { name: nameOf(home, asked?.member), reason: asked?.reason ?? "" });
    return [{ key, to, title: t("today.changes", { title }), text }];
  }
  if (expense.can.includes("approve"))
    return [{ key, to, title: t("today.approve", { title }), text: t("today.approve.text", { name, amount }) }];
  if (expense.can.includes("pay")) return [{ key, to, title: t("today.pay", { title }), text: t("today.pay.text", { amount }) }];
  if (expense.can.includes("confirm-payment")) {
    const payment = expense.steps.findLast((s) => s.act === "pay");
    const paid = formatMoney(payment?.amount ?? expense.asked, expense.currency);
    return [
      {
        key,
        to,
        title: t("today.confirm", { title }),
        text: t("today.confirm.text", { name: nameOf(home, payment?.member), amount: paid }),
      },
    ];
  }
  return [];
}
