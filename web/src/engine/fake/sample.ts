import type { BoundView, ExpenseState, ExpenseStep, ExpenseView, FileView, MessageView, ProofView } from "@countersign/shared/views/record";
import type { Hex32, LogId, MemberId } from "@countersign/shared/base/ids";
import { ALEX, HOME, NOW, OWN, SAM } from "./household.ts";
import { changeHash, deviceId, fileId, recordId } from "./ids.ts";

const HOUR = 3_600_000;
let counter = 102;
const next = (): number => ++counter;
let fileCounter = 100;
/** Of their own, so that one file more changes no record's proof. */
const nextFile = (): number => ++fileCounter;

const had = (author: MemberId, at: number, n: number): NonNullable<ProofView["had"]> => ({
  member: author === ALEX ? SAM : ALEX,
  device: deviceId(author === ALEX ? 4 : 1),
  by: at + 2 * HOUR,
  how: n % 2 === 0 ? "built-on" : "checkpoint",
  hash: changeHash(n + 7),
  seq: n + 3,
  size: n + 2,
});

/** A proof whose author's clock was wrong by so many hours. */
const skewed = (proof: ProofView, hours: number | undefined): ProofView =>
  hours === undefined ? proof : { ...proof, claimed: proof.claimed + hours * HOUR, clockOff: true, clockBy: hours * HOUR };

const stampedBy = (at: number, n: number): BoundView => ({
  ...{ side: "not-after", kind: "timestamp", by: "Example Time Stamping Authority", at: at + 20 * HOUR, seq: n + 4 },
  key: "sha256:3b1f9c0e5d7a2486b0c1d2e3f405162738495a6b7c8d9eaf0112233445566778",
});
const cosignedBy = (at: number, n: number): BoundView => ({
  ...{ side: "not-before", kind: "cosignature", by: "witness.example.net/witness", at: at - 20 * HOUR, seq: Math.max(0, n - 9) },
  key: "witness.example.net/witness+5c1e09aa+BKq2+7vJ0xY1m5b8Qd4e6T9uR2wZ8kL1pV7sN5cG0hMx",
});

/** What is known of a change's place in time, made up: logged within minutes, delivered within hours. */
export function proof(log: LogId, member: MemberId, at: number, state: ProofView["state"] = "delivered"): ProofView {
  const n = next();
  const logged = state !== "saved";
  return {
    claimed: at,
    stampedBy: "relay.example.org",
    log,
    hash: changeHash(n),
    device: deviceId(member === ALEX ? 1 : 4),
    member,
    state,
    ...(logged ? { notBefore: at - 90_000, notAfter: at + 45_000, seq: n, checkpoint: n - 1, had: had(member, at, n) } : {}),
    ...(logged && n % 3 === 0 ? { bounds: [stampedBy(at, n), cosignedBy(at, n)] } : {}),
    ...(state === "delivered" || state === "viewed" ? { deliveredBy: at + 5 * HOUR } : {}),
    ...(state === "viewed" ? { viewedAt: at + 6 * HOUR } : {}),
  };
}

const file = (name: string, type: string, size: number): FileView => ({ id: fileId(nextFile()), name, type, size, state: "here" });
export const PHOTO = file("shoe-receipt.png", "image/png", 48_213);
/** Shared by Alex without what the camera wrote beside it. */
export const COSTUME: FileView = {
  ...file("costume.jpg", "image/jpeg", 2_148_213),
  original: { commitment: fileId(nextFile()) as string as Hex32, mine: true },
};
export const PAPER = file("dentist-invoice.pdf", "application/pdf", 3_114);

/** Files that do not open as one would wish. */
export const LOCKED = file("school-report.pdf", "application/pdf", 21_400);
export const TORN = file("holiday.jpg", "image/jpeg", 1_240_000);
export const CUT = file("tenancy.pdf", "application/pdf", 88_000);

interface Letter {
  readonly by: MemberId;
  readonly hours: number;
  readonly text: string;
  readonly files?: readonly FileView[];
  readonly settlement?: boolean;
  readonly state?: ProofView["state"];
  /** Of the first of a thread. */
  readonly children?: readonly string[];
  /** Hours by which the author's clock was wrong. */
  readonly skew?: number;
}

function thread(subject: string, log: LogId, letters: readonly Letter[]): MessageView[] {
  const id = recordId(next());
  return letters.map((l, i) => ({
    id: i === 0 ? id : recordId(next()),
    thread: id,
    log,
    author: l.by,
    ...(i === 0 ? { subject } : {}),
    ...(l.children ? { children: l.children } : {}),
    text: l.text,
    files: l.files ?? [],
    settlement: l.settlement ?? false,
    proof: skewed(proof(log, l.by, NOW - l.hours * HOUR, l.state), l.skew),
  }));
}

/** A thread of one letter with a file of every sort and in every state. */
export const filesMessages = (): MessageView[] =>
  thread("Papers from the school", HOME, [
    {
      by: SAM,
      hours: 1,
      text: "Everything that they gave me.",
      files: [
        ...[PAPER, PHOTO, LOCKED, TORN, CUT, file("timetable.xlsx", "application/vnd.ms-excel", 9_000)],
        { ...file("class-photo.png", "image/png", 4_100_000), state: "to-fetch" },
        { ...file("consent-form.pdf", "application/pdf", 310_000), state: "uploading" },
        { ...file("long-report.pdf", "application/pdf", 24_000_000), state: "too-large" },
        { ...file("school-photos.pdf", "application/pdf", 9_400_000), state: "no-room" },
        { ...file("signed-form.pdf", "application/pdf", 120_000), state: "refused" },
        { ...file("wrong-one.pdf", "application/pdf", 12_000), state: "withdrawn" },
        { ...file("old-form.pdf", "application/pdf", 48_000), state: "unfit" },
        file(`${"a name that somebody's scanner gave this file and that goes on ".repeat(3)}.pdf`, "application/pdf", 2_000),
      ],
    },
  ]);

export function sampleMessages(): MessageView[] {
  return [
    ...thread("School play on 4 December", HOME, [
      {
        by: SAM,
        hours: 52,
        children: ["Mia"],
        text: "The play begins at 18:00. Each family has two seats.\n\nShall we sit together, or one of us at each performance? There is a second one on Saturday at 11.",
      },
      {
        by: ALEX,
        hours: 47,
        text: "Both of us on Friday is fine with me. I can bring her costume straight from work.",
        state: "viewed",
        files: [COSTUME],
      },
      {
        by: SAM,
        skew: -72,
        hours: 3,
        text: "Good. I have taken the two seats for Friday. The teacher asks for black shoes, size 32. The receipt is attached.",
        files: [PHOTO],
      },
    ]),
    ...thread("Dentist", HOME, [
      {
        by: ALEX,
        hours: 190,
        children: ["Mia"],
        text: "Mia's appointment is on 18 November at 15:30 with Dr. Osei. I will take her.",
        state: "viewed",
      },
      {
        by: ALEX,
        hours: 28,
        text: "All well, no filling needed. The invoice is attached, and I have added it to the expenses.",
        files: [PAPER],
        state: "delivered",
      },
    ]),
    ...thread("Handover on Sundays", HOME, [
      {
        by: SAM,
        hours: 400,
        children: ["Mia", "Leo"],
        text: "Could we move the Sunday handover from 17:00 to 18:00 in winter? Practice ends at 17:15 now.",
      },
      { by: ALEX, hours: 396, text: "Yes, 18:00 until the end of February. Then back to 17:00.", state: "viewed" },
    ]),
    ...thread("Half of the summer camp", HOME, [
      {
        by: SAM,
        hours: 900,
        settlement: true,
        text: "Without prejudice to anything else: I would carry the whole deposit if you take the second week.",
      },
      { by: ALEX, hours: 880, settlement: true, text: "I can take the second week. Let us put it in writing in June.", state: "delivered" },
    ]),
    ...thread("Notes after the call with the school", OWN, [
      { by: ALEX, hours: 75, text: "Spoke with Ms. Brandt at 9:40. She will send both of us the report by Friday.", state: "sent" },
    ]),
  ];
}

interface Cost {
  readonly title: string;
  readonly category: string;
  readonly amount: number;
  readonly currency?: string;
  readonly by: MemberId;
  readonly hours: number;
  readonly state: ExpenseState;
  readonly files?: readonly FileView[];
  readonly children?: readonly string[];
  readonly note?: string;
  readonly crossed?: boolean;
}

function steps(c: Cost, log: LogId): ExpenseStep[] {
  const other = c.by === ALEX ? SAM : ALEX;
  const at = (hours: number): number => NOW - Math.max(0, c.hours - hours) * HOUR;
  const step = (act: ExpenseStep["act"], member: MemberId, hours: number, more: Partial<ExpenseStep> = {}): ExpenseStep => {
    const p = proof(log, member, at(hours), log === OWN ? "sent" : "delivered");
    return { act, hash: p.hash, member, files: [], proof: p, ...more };
  };
  const paid = { amount: askedOf(c), method: "bank transfer" };
  const lives: Record<ExpenseState, ExpenseStep[]> = {
    private: [],
    submitted: [],
    withdrawn: [step("withdraw", c.by, 4)],
    approved: [step("approve", other, 20)],
    refused: [step("refuse", other, 30, { reason: "This was bought for a trip that we had not agreed on. Please ask before you book." })],
    "changes-requested": [step("request-changes", other, 12, { reason: "The invoice shows 84.00, please correct the amount." })],
    "payment-made": [step("approve", other, 20), step("pay", other, 60, paid)],
    settled: [step("approve", other, 20), step("pay", other, 60, paid), step("confirm-payment", c.by, 90)],
  };
  const life = [step("submit", c.by, 0), ...lives[c.state]];
  return c.crossed === true ? [...life.slice(0, 1), step("withdraw", c.by, 19), ...life.slice(1)] : life;
}

const askedOf = (c: Cost): number => Math.floor((c.amount * 5_000 + 5_000) / 10_000);

export function expense(c: Cost, log: LogId = HOME): ExpenseView {
  const mine = c.by === ALEX;
  const life = steps(c, log);
  const can: Partial<Record<ExpenseState, ExpenseView["can"]>> = mine
    ? { submitted: ["withdraw"], "changes-requested": ["withdraw"], "payment-made": ["confirm-payment"] }
    : { submitted: ["approve", "request-changes", "refuse"], approved: ["pay"] };
  const first = life[0];
  return {
    id: recordId(next()),
    log,
    author: c.by,
    title: c.title,
    category: c.category,
    amount: c.amount,
    currency: c.currency ?? "GBP",
    share: 5_000,
    asked: askedOf(c),
    spent: new Date(NOW - (c.hours + 30) * HOUR).toISOString().slice(0, 10),
    ...(c.children ? { children: c.children } : {}),
    ...(c.note === undefined ? {} : { note: c.note }),
    files: c.files ?? [],
    state: c.state,
    crossed: c.crossed ?? false,
    steps: life,
    proof: first?.proof ?? proof(log, c.by, NOW),
    can: can[c.state] ?? [],
  };
}

export function sampleExpenses(): ExpenseView[] {
  const costs: Cost[] = [
    {
      title: "Black shoes for the play",
      category: "Clothes",
      amount: 3_850,
      by: SAM,
      hours: 3,
      state: "submitted",
      files: [PHOTO],
      children: ["Mia"],
    },
    {
      title: "Dentist, check-up",
      category: "Health",
      amount: 6_200,
      by: ALEX,
      hours: 28,
      state: "submitted",
      files: [PAPER],
      children: ["Mia"],
      note: "Not covered by the insurance.",
    },
    {
      title: "Swimming lessons, autumn term",
      category: "Activities",
      amount: 14_400,
      by: SAM,
      hours: 260,
      state: "approved",
      children: ["Mia", "Leo"],
    },
    { title: "School trip to Bath", category: "School", amount: 8_500, by: ALEX, hours: 420, state: "payment-made", children: ["Leo"] },
    { title: "Winter coat", category: "Clothes", amount: 5_499, by: ALEX, hours: 500, state: "changes-requested" },
    { title: "Piano rental", category: "Activities", amount: 4_500, by: SAM, hours: 640, state: "settled" },
    { title: "Weekend at the sea", category: "Travel", amount: 31_000, by: SAM, hours: 700, state: "refused" },
    { title: "Glasses", category: "Health", amount: 12_900, by: ALEX, hours: 1_100, state: "settled" },
    {
      title: "Football boots",
      category: "Clothes",
      amount: 4_200,
      by: ALEX,
      hours: 1_300,
      state: "approved",
      crossed: true,
      children: ["Leo"],
    },
    { title: "Bus pass", category: "Travel", amount: 2_900, by: ALEX, hours: 1_500, state: "withdrawn" },
  ];
  return [
    ...costs.map((c) => expense(c)),
    expense({ title: "Birthday present, from me alone", category: "Other", amount: 2_750, by: ALEX, hours: 80, state: "private" }, OWN),
  ];
}
