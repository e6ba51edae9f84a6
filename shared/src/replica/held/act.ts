import type { LogId, RecordId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog } from "../core.ts";
import type { HeldAct, HeldId, Sending } from "../held-view.ts";
import type { SealedFiles } from "../records/files.ts";
import type { Records } from "../records/records.ts";
import type { HeldRowAct } from "./row.ts";

/** What will be written of something that is sent now, as far as that can be settled and refused before it is written (rule U1). */
export function settle({ messages, expenses, writer }: Records, open: OpenLog, what: Sending): Result<HeldRowAct, ActError> {
  switch (what.do) {
    case "message": {
      const unfit = messages.unfit(what, what.files.length);
      if (unfit) return err(unfit);
      const { do: kind, thread, subject, children, reply, text, settlement } = what;
      return ok({
        do: kind,
        record: writer.newId(open.session),
        ...(thread === undefined ? { subject: subject ?? "", ...(children ? { children: [...children] } : {}) } : { thread }),
        ...(reply === undefined ? {} : { reply }),
        text,
        ...(settlement === true ? { settlement } : {}),
      });
    }
    case "expense": {
      const unfit = expenses.unfit(what);
      if (unfit) return err(unfit);
      const { do: kind, title, category, amount, currency, share, spent, children, note } = what;
      const record = writer.newId(open.session);
      return ok({
        ...{ do: kind, record, title, category, amount, currency, share, spent },
        ...(children ? { children: [...children] } : {}),
        ...(note ? { note } : {}),
      });
    }
    case "answer": {
      const settled = expenses.settle(what);
      if (!settled.ok) return settled;
      return expenses.may(open, what) ? ok({ do: what.do, ...settled.value }) : err({ code: "record-moved-on" });
    }
  }
}

/** Of a new record it is the record's own. */
export const idOf = (act: HeldRowAct): HeldId => (act.do === "answer" ? act.key : act.record) as HeldId;

/** As its person wrote it. */
export function actOf(act: HeldRowAct): HeldAct {
  if (act.do === "answer") {
    const { key: _key, of: _of, ...rest } = act;
    return rest;
  }
  if (act.do === "message") {
    const { record: _record, ...rest } = act;
    return rest;
  }
  const { record: _record, shared, ...rest } = act;
  return shared === undefined ? rest : { ...rest, isShared: true };
}

/** Signs and writes at once what is not held at all. */
export async function writeNow({ messages, expenses }: Records, what: Sending): Promise<Result<RecordId, ActError>> {
  switch (what.do) {
    case "message":
      return messages.send(what);
    case "expense":
      return expenses.add(what);
    case "answer": {
      const answered = await expenses.answer(what);
      return answered.ok ? ok(what.expense) : answered;
    }
  }
}

/** Signs and writes it, with these files and rows in the same commit. */
export async function writeAct(
  { messages, expenses }: Records,
  log: LogId,
  act: HeldRowAct,
  files: SealedFiles,
): Promise<Result<unknown, ActError>> {
  switch (act.do) {
    case "message":
      return messages.write(log, act, { record: act.record, files });
    case "expense":
      return expenses.write(log, act.shared ? { ...act, origin: act.shared.origin } : act, { record: act.record, files });
    case "answer": {
      const { do: _do, ...answer } = act;
      return expenses.writeAnswer(log, answer, files);
    }
  }
}
