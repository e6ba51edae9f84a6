import type { ExpenseStep, MessageView } from "../../views/record.ts";
import type { Derived } from "../derive.ts";
import type { PageStyle } from "../../views/snapshot.ts";
import { aboutWords } from "../words.ts";
import { paperOf, sizesOf, textHeight, textWidth } from "./paper.ts";

/** Height of a line, and the width of a usual letter, of the letters' size. */
const LINE = 1.42;
const LETTER = 0.53;
/** Letters of scripts that take a whole square each. */
const SQUARE = /[\u1100-\u11ff\u2e80-\ud7af\uf900-\ufaff\uff00-\uff60]/g;
/** Records are not cut where it can be helped, so pages are not quite full. */
const FULL = 0.93;
/** Page one, set-aside and devices, and the forms. */
const OTHERS = 9;

/** About how many pages the reports of a snapshot will have, without laying them out. */
export async function estimatePages(d: Derived, style: PageStyle): Promise<number> {
  const paper = paperOf(style);
  const { body, small, heading } = sizesOf(style);
  const room = textHeight(paper) * FULL;
  const letters = textWidth(paper) / (LETTER * body);
  const linesOf = (text: string): number =>
    text.split("\n").reduce((n, line) => n + Math.max(1, Math.ceil((line.length + (line.match(SQUARE)?.length ?? 0)) / letters)), 0);
  const text = (written: string | undefined): number => (written === undefined ? 0 : linesOf(written) * body * LINE);
  // The columns of clocks, the lines with entry and device, and who but the relay bounds the time; large letters stack both ends of the interval.
  const facts = (style.style === "sections" ? 7 : 5) * small * LINE;
  const files = (n: number): number => 2 * n * small * LINE;
  const entry = body * 1.7;
  const message = (m: MessageView): number =>
    body * LINE + (m.reply === undefined ? 0 : small * LINE) + text(m.text) + files(m.files.length) + facts + 22;
  const step = (s: ExpenseStep): number => body * LINE + text(s.reason) + text(s.method) + files(s.files.length) + facts + 16;
  const thread = heading * LINE + small * LINE + 20 + entry;
  const about = (of: { readonly children?: readonly string[] }): number => text(of.children && aboutWords(of.children));
  let messages = 0;
  for await (const t of d.threads) messages += thread + about(t);
  for await (const m of d.messages) messages += message(m);
  let expenses = 0;
  for await (const e of d.expenses)
    expenses += e.steps.reduce((sum, s) => sum + step(s), 0) + heading * LINE + 3 * body * LINE + 20 + about(e) + text(e.note) + entry;
  const aside = d.setAside.length * (facts + 2 * body * LINE);
  return OTHERS + 2 + Math.ceil(messages / room) + Math.ceil(expenses / room) + Math.floor(aside / room);
}
