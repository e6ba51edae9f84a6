import type { Dice } from "./seeded.ts";

/** What two parents write to each other on ordinary days: neutral logistics, from a small grammar of our own. */

type Some = readonly [string, ...string[]];

const CHILDREN: Some = ["Lina", "Tom"];
const DAYS: Some = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const TIMES: Some = ["3 pm", "4:30 pm", "half past five", "6 pm", "after school", "8:15 in the morning"];
const PLACES: Some = ["the school gate", "the sports hall", "my flat", "the library", "the station", "grandma's"];
const THINGS: Some = [
  "the blue jacket",
  "swimming things",
  "the library book",
  "the inhaler",
  "the violin",
  "rubber boots",
  "the maths folder",
];
const EVENTS: Some = [
  "the parents' evening",
  "the dentist",
  "the class trip",
  "the school concert",
  "football practice",
  "the birthday party",
  "the eye test",
];

/** `{name}` is replaced by a pick of that list. */
const LISTS: Readonly<Record<string, Some>> = { child: CHILDREN, day: DAYS, time: TIMES, place: PLACES, thing: THINGS, event: EVENTS };

const WHO: readonly (readonly string[])[] = [
  CHILDREN.slice(0, 1),
  CHILDREN.slice(1),
  CHILDREN,
  [],
  CHILDREN.slice(0, 1),
  CHILDREN.slice(1),
];

/** Which children a thread or an expense names: those of its words, else in turn one, the other, both or none. */
export function about(words: string, turn: number): readonly string[] {
  const said = CHILDREN.filter((child) => words.includes(child));
  return said.length > 0 ? said : (WHO[turn % WHO.length] ?? []);
}

const SUBJECTS: Some = [
  "Pick-up on {day}",
  "{event}",
  "{thing}",
  "Plans for the weekend",
  "Homework this week",
  "{child}: {event}",
  "Half term",
  "Medicine",
  "Shoes and clothes",
  "Summer holidays",
  "Swimming course",
  "Elternabend am Donnerstag",
  "Rendez-vous chez le médecin",
  "Vacaciones de verano 🏖️",
];

const OPENERS: Some = [
  "Can {child} be picked up at {place} on {day}, {time}?",
  "{event} is on {day} at {time}. I can take {child}, or you can; please say by tomorrow.",
  "{child} left {thing} here. I will put it into the school bag on {day}.",
  "The school wrote that {event} moves to {day}, {time}.",
  "I will be at {place} at {time} on {day} with both.",
  "{child} had a temperature of 38.1 °C this morning and stayed home. The doctor says two days of rest.",
  "Could we swap {day} and {day} next week? I have a late shift.",
  "Reminder: {thing} for {child} on {day}.",
  "The form for {event} needs both signatures. I have signed; it is in the folder.",
];

const REPLIES: Some = [
  "Yes, {time} works. See you at {place}.",
  "I can't on {day}, but {day} at {time} is fine.",
  "Thank you, noted.",
  "Thanks. {child} also needs {thing}.",
  "I have written it down for {day}.",
  "I will ask at school and write again tonight.",
  "Agreed. {child} knows about it.",
  "Better for me: {place}, {time}.",
  "Got it. 👍",
  "That is fine with me, as long as {child} is home by {time}.",
];

/** Whole sentences in other scripts and with marks that text handling gets wrong. */
const OTHERS: Some = [
  "Danke, ich hole {child} am Freitag um 17 Uhr ab. Die Größe ist jetzt 134.",
  "D'accord, on se retrouve à l'école à 16 h 30. Ça te va ?",
  "Mañana {child} tiene natación; la bolsa está en la entrada. ¿Puedes llevarla?",
  "Dziękuję, odbiorę {child} o 15:30. Wszystko jest w plecaku.",
  "שלום, אני אאסוף את {child} ביום ראשון בשעה 16:00.",
  "شكرًا، سأكون عند باب المدرسة الساعة الرابعة.",
  "好的，星期六下午三点在图书馆见。",
  "Καλημέρα, το ραντεβού είναι την Τρίτη στις 5 μ.μ.",
  "Hoppas allt är bra 🙂 – Lina glömde sin väska (den röda) hos mig.",
  "Both slept well. 👨‍👩‍👧 photo from the zoo is in the folder 🦒",
];

const SETTLEMENT: Some = [
  "As a proposal without prejudice: alternate the summer weeks, and share the flights by half.",
  "Settlement proposal: I pay the music lessons, you pay the sports club, and we look at it again in a year.",
];

function fill(template: string, dice: Dice): string {
  const filled = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const list = LISTS[name];
    return list ? dice.pick(list) : whole;
  });
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}

export const subject = (dice: Dice): string => fill(dice.pick(SUBJECTS), dice);
export const settlement = (dice: Dice): string => dice.pick(SETTLEMENT);

/** The text of a message that starts a thread. */
export function opener(dice: Dice): string {
  const text = fill(dice.pick(dice.chance(0.12) ? OTHERS : OPENERS), dice);
  return dice.chance(0.25) ? `${text}\n\n${fill(dice.pick(OPENERS), dice)}` : text;
}

/** The text of an answer. */
export const answer = (dice: Dice): string => fill(dice.pick(dice.chance(0.15) ? OTHERS : REPLIES), dice);

export interface Purchase {
  readonly title: string;
  readonly category: string;
  /** Minor units: the least and the most it costs. */
  readonly from: number;
  readonly to: number;
}

const PURCHASES: readonly [Purchase, ...Purchase[]] = [
  { title: "School supplies", category: "School", from: 800, to: 6_500 },
  { title: "Class trip", category: "School", from: 3_000, to: 28_000 },
  { title: "Dentist, {child}", category: "Health", from: 2_500, to: 18_000 },
  { title: "Glasses for {child}", category: "Health", from: 6_000, to: 24_000 },
  { title: "Pharmacy", category: "Health", from: 450, to: 3_900 },
  { title: "Winter shoes, {child}", category: "Clothing", from: 2_900, to: 8_900 },
  { title: "Jacket for {child}", category: "Clothing", from: 3_500, to: 11_000 },
  { title: "Football club, half a year", category: "Activities", from: 6_000, to: 14_000 },
  { title: "Violin lessons", category: "Activities", from: 4_000, to: 16_000 },
  { title: "Swimming course", category: "Activities", from: 5_000, to: 12_000 },
  { title: "Train tickets", category: "Travel", from: 1_200, to: 9_900 },
  { title: "Bicycle repair 🚲", category: "Other", from: 1_500, to: 7_500 },
];

export function purchase(dice: Dice): Purchase {
  const p = dice.pick(PURCHASES);
  return { ...p, title: fill(p.title, dice) };
}

const REFUSALS: Some = [
  "We had agreed that each of us buys clothes for their own home.",
  "This was paid from the joint account in March.",
  "Please send the receipt first; the amount on the page is another.",
];
const CHANGES: Some = [
  "Could you split this into two entries, one for each child?",
  "The share for activities is 40 percent as agreed.",
  "The receipt shows 10 less.",
];
const METHODS: Some = ["bank transfer", "standing order", "cash"];
const NOTES: Some = ["Paid on site.", "Receipt attached.", "As talked about in the thread.", "Für Lina, Größe 36."];

export const refusal = (dice: Dice): string => dice.pick(REFUSALS);
export const changeRequest = (dice: Dice): string => dice.pick(CHANGES);
export const method = (dice: Dice): string => dice.pick(METHODS);
export const note = (dice: Dice): string => dice.pick(NOTES);
