/** Records whose printed pages are looked at, by programs and by people: every kind of letter, the longest, the emptiest and the most. */
import { MAX_CHILD } from "../src/kinds/children.ts";
import type { Derived } from "../src/snapshot/derive.ts";
import { pdfModel } from "./pdf-model.ts";

export const TEXTS = [
  "Can you take Mia to the dentist on Thursday at 3?",
  "مرحبا هل يمكنك اصطحاب ميا من المدرسة",
  "שלום האם תוכל לאסוף את מיה מבית הספר",
  "请你周四下午三点半去学校接米娅好吗？",
  "木曜日に学校に迎えに行ってもらえますか？",
  "목요일에 학교에서 데려올 수 있나요?",
  "ช่วยไปรับมีอาที่โรงเรียนวันพฤหัสบดีได้ไหม",
  "क्या तुम मिया को स्कूल से ला सकते हो? क्षत्रिय",
  "Можешь забрать Мию? Μπορείς να πάρεις τη Μία;",
  "Emoji 👨\u200d👩\u200d👧 ❤\ufe0f 🇩🇪 end",
  "abc\u202edef\u{e0041}ghi\u{10ffff}",
];

/** As long as a name may be: the statement takes no longer one, and the app lets nobody type it. */
export const LONG_NAME = "Maximiliane Theodora von und zu Hohenfels-Lichtenberg ".repeat(4).slice(0, 199) + "Z";

/** As long, with no place at which a line may break. */
export const UNBROKEN = "Hohenfelslichtenberg".repeat(10);

const REMARKS = ["3 entries that בן sent did not open on the exporter's device, by the exporter's word. What they hold is not here."];

/** Messages in the thread of the largest case. */
export const MANY = 2_000;

export const PDF_CASES = {
  letters: pdfModel({
    names: ["Ada", "Ben"],
    threads: [
      { subject: "School run", texts: TEXTS },
      { subject: "Long", texts: Array.from({ length: 60 }, (_, i) => `Number ${String(i)} of a long thread. `.repeat(6)) },
    ],
    expenses: [{ title: "Dentist" }, { title: "Boots" }],
  }),
  names: pdfModel({
    names: [LONG_NAME, "בן"],
    threads: [
      { subject: UNBROKEN, texts: ["short"], children: [UNBROKEN.slice(0, MAX_CHILD), "Mia"], file: `${UNBROKEN}.pdf` },
      { subject: LONG_NAME, texts: ["short"] },
    ],
    expenses: [{ title: LONG_NAME }, { title: UNBROKEN }],
    remarks: REMARKS,
  }),
  empty: pdfModel({ names: ["Ada", "Ben"] }),
  many: pdfModel({
    names: ["Ada", "Ben"],
    threads: [{ subject: "All", texts: Array.from({ length: MANY }, (_, i) => `Number ${String(i)}, ${TEXTS[i % TEXTS.length] ?? ""}`) }],
  }),
} satisfies Readonly<Record<string, Derived>>;
