import type { LogId } from "@countersign/shared/base/ids";
import { err, ok } from "@countersign/shared/base/result";
import type { Answer } from "@countersign/shared/replica/answer";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import type { DraftText, HeldAct, HeldView, TakenBack } from "@countersign/shared/replica/held-view";
import { useEffect, useState } from "react";
import { sameFiles } from "../files/FilePicker.tsx";
import { DraftKeeper, draftKeys, namesDraft } from "./draft.ts";
import { useQuery, type Loaded } from "./query.ts";

/** A held act of one kind. */
export type HeldOf<K extends HeldAct["do"]> = HeldView & { readonly act: Extract<HeldAct, { do: K }> };

export const isHeld = <K extends HeldAct["do"]>(held: HeldView, kind: K): held is HeldOf<K> => held.act.do === kind;

/** What was sent in a log and has not left this device, oldest first. */
export const useHeld = (log: LogId | undefined): Loaded<readonly HeldView[]> =>
  useQuery(`held ${log ?? ""}`, ["held"], (api) => (log === undefined ? Promise.resolve([]) : api.held(log)));

/**
 * What came back, until its form takes it: files and choices, which no draft keeps. By the draft key of the form.
 */
const back = new Map<string, TakenBack>();

/** What came back for this form when it was drawn first. */
export function useBack(key: string): TakenBack | undefined {
  const [found] = useState(() => back.get(key));
  useEffect(() => {
    back.delete(key);
  }, [key]);
  return found;
}

/** What was typed since stands below what came back. */
const joined = (first: string, then: string): string => (then.trim() === "" ? first : `${first}\n\n${then}`);

/** Takes it back into the form of this draft key: its text becomes the draft in the same step in which it is no longer held. */
async function takeInto(api: ReplicaApi, held: HeldView, key: string, drafts: readonly DraftText[]): Answer<TakenBack> {
  const taken = await api.takeBack(held.id, drafts);
  if (!taken.ok) return taken;
  const whole = { ...taken.value, files: sameFiles(taken.value.files) };
  back.set(key, whole);
  return ok(whole);
}

/** Back into the composer of its thread, or of a new one. Nothing of another message that was begun there meanwhile is lost. */
export async function takeMessageBack(api: ReplicaApi, held: HeldOf<"message">): Answer<TakenBack> {
  const { thread, subject = "", children = [], text } = held.act;
  const keys = draftKeys.message(held.log, thread);
  await DraftKeeper.keepAll();
  const typed = { subject: (await api.draft(keys.subject)) ?? "", text: (await api.draft(keys.text)) ?? "" };
  const named = namesDraft.read((await api.draft(keys.children)) ?? "");
  const isOther = typed.subject.trim() !== "" && subject !== "";
  return takeInto(api, held, keys.text, [
    { key: keys.text, text: joined(isOther ? `${subject}\n${text}` : text, typed.text) },
    ...(subject === "" || isOther ? [] : [{ key: keys.subject, text: subject }]),
    ...(children.length === 0 ? [] : [{ key: keys.children, text: namesDraft.write([...new Set([...children, ...named])]) }]),
  ]);
}

/** Back into the form of a new expense; into one of its own where another expense was begun. Gives the form's draft key. */
export async function takeExpenseBack(api: ReplicaApi, held: HeldOf<"expense">, form: string): Answer<string> {
  await DraftKeeper.keepAll();
  const isFree = ((await api.draft(draftKeys.expense(held.log))) ?? "") === "";
  const name = isFree ? undefined : held.id;
  const key = draftKeys.expense(held.log, name);
  const taken = await takeInto(api, held, key, [{ key, text: form }]);
  return taken.ok ? ok(name ?? "") : taken;
}

/** Back into the form of the answer. */
export async function takeAnswerBack(api: ReplicaApi, held: HeldOf<"answer">): Answer<TakenBack> {
  const { expense, act, reason } = held.act;
  const key = draftKeys.answer(expense, act);
  await DraftKeeper.keepAll();
  const typed = (await api.draft(key)) ?? "";
  return takeInto(api, held, draftKeys.answers(expense), reason === undefined ? [] : [{ key, text: joined(reason, typed) }]);
}

/** Takes it back for good: nothing of it is kept. */
export async function removeHeld(api: ReplicaApi, held: HeldView): Answer<void> {
  const taken = await api.takeBack(held.id, []);
  return taken.ok ? ok(undefined) : err(taken.error);
}
