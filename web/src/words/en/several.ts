/** Several of the other parent's expenses, answered at once. */
export const severalWords = {
  "several.open": "Answer several at once",
  "several.choose": "Choose what to answer",
  "several.all": "Choose all",
  "several.asks": "{name} asks for {amount} · {date}",
  "several.chosen":
    "{count, plural, =0 {None chosen yet.} one {One chosen. Your part is {amounts}.} other {# chosen. Your part is {amounts}.}}",
  "several.approve": "Approve the chosen ones",
  "several.refuse": "Refuse the chosen ones",
  "several.reason": "One reason for all of them",
  "several.reason.text": "{name} will read it with each of them. It can't be changed later.",
  "several.did.approve": "{count, plural, =0 {None was approved} one {One was approved} other {# were approved}}",
  "several.did.refuse": "{count, plural, =0 {None was refused} one {One was refused} other {# were refused}}",
  "several.soon": "They leave this device in a few seconds.",
  "several.undo": "Undo all of them",
  "several.failed": "{count, plural, one {One was not answered} other {# were not answered}}",
  "several.back": "Back to all expenses",
  "several.empty": "No expense waits for your answer.",
} as const;
