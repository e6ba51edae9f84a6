/** The search over messages and expenses. */
export const search = {
  "search.title": "Search",
  "search.open": "Search messages and expenses",
  "search.words": "Search messages and expenses",
  "search.words.text":
    "Subjects, texts, notes, and the names of files, children and parents. Capitals and accents make no difference; quotes keep words together.",
  "search.empty": "What is found will stand here, the newest first. What you look for stays on this device and is not kept.",
  "search.key": "The key / opens the search from any screen",
  "search.key.text": "Not while you type in a field. Escape leads back. This switch is kept on this device.",
  "search.kinds": "What is shown",
  "search.kind.message": "Messages{known, select, yes { ({count, number})} other {}}",
  "search.kind.expense": "Expenses{known, select, yes { ({count, number})} other {}}",
  "search.results": "What was found",
  "search.found":
    "{messages, plural, =0 {No message} one {One message} other {# messages}} and {expenses, plural, =0 {no expense} one {one expense} other {# expenses}} found.",
  "search.found.yet":
    "{messages, plural, =0 {No message} one {One message} other {# messages}} and {expenses, plural, =0 {no expense} one {one expense} other {# expenses}} found so far. Still looking.",
  "search.none": "Nothing was found. Try fewer or shorter words.",
  "search.none.message": "No message has these words. Some expenses have: choose them above.",
  "search.none.expense": "No expense has these words. Some messages have: choose them above.",
  "search.by": "{name}, {date}",
  "search.field.file": "File:",
  "search.field.category": "Category:",
  "search.field.reason": "Reason:",
} as const;
