import { utf8 } from "../../src/base/bytes.ts";
import type { ExpenseView, MessageView } from "../../src/views/record.ts";
import type { Derived as AnyDerived } from "../../src/snapshot/derive.ts";
import { PATH } from "../../src/snapshot/paths.ts";
import type { Held } from "../held.ts";
import { lying, pick, type Attack } from "./forge.ts";

type Derived = Held<AnyDerived>;

/** Pages and tables that say something else than the signed changes, all of them alike: the lists and the signature fit. */
const telling = (name: string, where: string, change: (d: Derived, n: number) => Derived): Attack =>
  lying(name, { failed: "records-differ", where }, "whole", (_, __, dice) => {
    const n = dice.between(0, 1_000);
    return { derived: (d) => change(d, n) };
  });

const message = (d: Derived, n: number, change: (m: MessageView) => MessageView): Derived => ({
  ...d,
  messages: d.messages.map((m, i) => (i === n % d.messages.length ? change(m) : m)),
});
const expense = (d: Derived, n: number, change: (e: ExpenseView) => ExpenseView): Derived => ({
  ...d,
  expenses: d.expenses.map((e, i) => (i === n % d.expenses.length ? change(e) : e)),
});
const other = (d: Derived, member: string): MessageView["author"] =>
  d.people.find((p) => p.member !== member)?.member ?? (member as MessageView["author"]);
const HOUR = 3_600_000;

/** One file alone, altered where it says this. */
const editing = (name: string, path: string, change: (text: string) => string): Attack =>
  lying(name, { failed: "records-differ", where: path }, "whole", () => ({
    files: (files) => {
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(files.get(path));
      const next = change(text);
      if (next === text) throw new Error(`nothing changed in ${path}`);
      files.set(path, utf8(next));
    },
  }));

export const pageAttacks: readonly Attack[] = [
  telling("drops a message from all pages", PATH.messages, (d, n) => ({
    ...d,
    messages: d.messages.filter((_, i) => i !== n % d.messages.length),
  })),
  telling("tells a message twice", PATH.messages, (d) => ({ ...d, messages: [...d.messages, ...d.messages.slice(0, 1)] })),
  telling("tells the messages in another order", PATH.csvMessages, (d) => ({ ...d, messages: [...d.messages].reverse() })),
  telling("alters what a message says", PATH.messages, (d, n) => message(d, n, (m) => ({ ...m, text: `${m.text} I agree.` }))),
  telling("gives a message to the other parent", PATH.csvMessages, (d, n) => message(d, n, (m) => ({ ...m, author: other(d, m.author) }))),
  telling("alters when a message was written", PATH.csvMessages, (d, n) =>
    message(d, n, (m) => ({ ...m, proof: { ...m.proof, claimed: m.proof.claimed - 24 * HOUR } })),
  ),
  telling("alters when a message was logged", PATH.csvMessages, (d, n) =>
    message(d, n, (m) => ({ ...m, proof: { ...m.proof, notAfter: (m.proof.notAfter ?? 0) - HOUR } })),
  ),
  telling("widens the proven interval of a message", PATH.csvMessages, (d, n) =>
    message(d, n, (m) => ({ ...m, proof: { ...m.proof, notBefore: (m.proof.notBefore ?? 0) - 48 * HOUR } })),
  ),
  telling("forges receipts: every message was viewed", PATH.csvMessages, (d) => ({
    ...d,
    messages: d.messages.map((m) => ({ ...m, proof: { ...m.proof, viewedAt: (m.proof.notAfter ?? 0) + HOUR + 1 } })),
  })),
  lying("drops the receipts from the pages", { failed: "records-differ", where: PATH.csvMessages }, "whole", (of) =>
    of.derived.messages.some((m) => m.proof.deliveredBy !== undefined)
      ? {
          derived: (d) => ({
            ...d,
            messages: d.messages.map((m) => {
              const { deliveredBy: _delivered, viewedAt: _viewed, ...proof } = m.proof;
              return { ...m, proof };
            }),
          }),
        }
      : undefined,
  ),
  telling("hides that a message was called settlement talk", PATH.csvMessages, (d) => ({
    ...d,
    messages: d.messages.map((m) => ({ ...m, settlement: !m.settlement })),
  })),
  telling("alters a thread's subject", PATH.messages, (d) => ({
    ...d,
    threads: d.threads.map((t) => ({ ...t, subject: `${t.subject}!` })),
    messages: d.messages.map((m) => (m.subject === undefined ? m : { ...m, subject: `${m.subject}!` })),
  })),
  telling("says that a refused expense was approved", PATH.csvExpenses, (d) => ({
    ...d,
    expenses: d.expenses.map((e) => ({ ...e, state: e.state === "approved" ? "refused" : "approved" })),
  })),
  telling("alters an amount", PATH.csvExpenses, (d, n) => expense(d, n, (e) => ({ ...e, amount: e.amount + 1 }))),
  telling("alters the currency, and so the minor unit", PATH.csvExpenses, (d, n) =>
    expense(d, n, (e) => ({ ...e, currency: e.currency === "JPY" ? "EUR" : "JPY" })),
  ),
  telling("alters the share that was asked", PATH.csvExpenses, (d, n) => expense(d, n, (e) => ({ ...e, share: e.share + 500 }))),
  telling("drops a step of an expense", PATH.csvSteps, (d, n) => expense(d, n, (e) => ({ ...e, steps: e.steps.slice(0, -1) }))),
  telling("gives a step to the other parent", PATH.csvSteps, (d, n) =>
    expense(d, n, (e) => ({ ...e, steps: e.steps.map((s) => ({ ...s, member: other(d, s.member) })) })),
  ),
  telling("drops an expense", PATH.csvExpenses, (d) => ({ ...d, expenses: d.expenses.slice(1) })),
  telling("hides that a device was revoked", PATH.csvDevices, (d) => ({
    ...d,
    devices: d.devices.map((v) => ({ ...v, revoked: undefined })),
  })),
  telling("names another relay", PATH.start, (d) => ({ ...d, relay: "relay.court.example" })),
  telling("shifts the time zone of the tables", PATH.csvMessages, (d) => ({
    ...d,
    statement: { ...d.statement, zone: d.statement.zone === "Asia/Dubai" ? "Asia/Tokyo" : "Asia/Dubai" },
  })),
  telling("makes up something that was set aside", PATH.csvSetAside, (d) => ({
    ...d,
    setAside: [
      ...d.setAside,
      {
        id: "9.0",
        log: d.statement.log,
        seq: 9,
        type: "set-aside",
        what: "change.set-aside",
        device: d.statement.exporter,
        reason: "kind-fields",
      },
    ],
  })),
  editing("alters one page alone", PATH.messages, (t) => t.replace(/Note (\d)/, "Nope $1")),
  editing("alters the first page alone", PATH.start, (t) => t.replace("</body>", "<p>Verified.</p></body>")),
  editing("alters one table alone", PATH.csvSteps, (t) => t.replace("refuse", "approve")),
  editing("alters the lines for programs alone", PATH.records, (t) => t.replace('"state":"refused"', '"state":"approved"')),
  editing("puts a script of their own in place of verify.py", PATH.verifyPy, (t) => `${t}\nprint("Nothing failed.")\n`),
  editing("alters the guide", PATH.readme, (t) => `${t}There is no need to check.\n`),
  lying("adds a page that no record asks for", { failed: "file-unnamed" }, "whole", (_, __, dice) => {
    const path =
      pick(dice, ["data/report/summary.html", "data/EXPERT-OPINION.pdf", "data/files/0000000000000000-more.pdf"]) ?? "data/x.txt";
    return { files: (files) => void files.set(path, utf8("made up")) };
  }),
];
