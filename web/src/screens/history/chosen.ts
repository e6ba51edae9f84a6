import { z } from "zod";
import { t } from "../../words/words.ts";

const some = (name: string) => z.union([z.literal(name), z.array(z.string()).transform((list) => list.length)]);
/** What a snapshot was made of, as far as this version knows the words for it. */
const snapshotScope = z.object({
  threads: some("all"),
  expenses: z.union([some("all"), z.literal("none")]),
  children: z.array(z.string()).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  settlement: z.enum(["include", "leave-out"]).optional(),
  files: z.boolean().optional(),
  redact: z.object({ reason: z.string(), records: z.array(z.string()), files: z.array(z.string()) }).optional(),
  pages: z.object({ style: z.enum(["serial", "sections", "none"]) }).optional(),
  seal: z.enum(["passphrase", "recipient"]).optional(),
  /** How many there were of what does not stand here in whole. */
  of: z.object({ threads: z.number(), expenses: z.number(), records: z.number(), files: z.number() }).partial().optional(),
  cut: z.boolean().optional(),
});

/** What was chosen for a snapshot or a table that was taken out, in words; nothing where another version wrote it. Where the note is not whole it says so. */
export function chosenWords(scope: string): readonly string[] {
  let noted: unknown;
  try {
    noted = JSON.parse(scope);
  } catch {
    // An earlier version cut what was too long for a note.
    return scope === "" ? [] : [t("chosen.cut")];
  }
  const read = snapshotScope.safeParse(noted);
  if (!read.success) return [];
  const { threads, expenses, children, from, to, settlement, files, redact, pages, seal, of = {}, cut = false } = read.data;
  return [
    typeof threads === "number" ? t("chosen.threads", { count: of.threads ?? threads }) : t("chosen.threads.all"),
    typeof expenses === "number"
      ? t("chosen.expenses", { count: of.expenses ?? expenses })
      : t(expenses === "none" ? "chosen.expenses.none" : "chosen.expenses.all"),
    ...(children ? [t("chosen.children", { names: children.join(", ") })] : []),
    ...(from === undefined ? [] : [t("chosen.from", { day: from })]),
    ...(to === undefined ? [] : [t("chosen.to", { day: to })]),
    ...(settlement === "include" ? [t("chosen.settlement")] : []),
    ...(files === false ? [t("chosen.files.none")] : []),
    ...(redact
      ? [
          t("chosen.redact", {
            records: of.records ?? redact.records.length,
            files: of.files ?? redact.files.length,
            reason: redact.reason,
          }),
        ]
      : []),
    ...(pages ? [t(`chosen.pages.${pages.style}`)] : []),
    ...(seal ? [t(`chosen.seal.${seal}`)] : []),
    ...(cut || Object.keys(of).length > 0 ? [t("chosen.cut")] : []),
  ];
}
