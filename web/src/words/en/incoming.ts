/** What another app shared with this one, on its way to where the person puts it. */
export const incoming = {
  "incoming.title": "From another app",
  "incoming.text": "This is what the other app gave. It is only here on the screen: nothing was kept or sent. Choose where it goes.",
  "incoming.said": "Text",
  "incoming.new": "A new message to {name}",
  "incoming.new.text": "You can still change it before you send it.",
  "incoming.own": "A note just for me",
  "incoming.own.text": "{name} does not see it.",
  "incoming.own.alone": "Nobody else sees it.",
  "incoming.expense": "Receipt of a new expense",
  "incoming.expense.text": "You add the amount and what it was for.",
  "incoming.check": "Check it as a snapshot",
  "incoming.check.text": "A file that somebody exported from Countersign.",
  "incoming.thread": "Or into a thread",
  "incoming.away": "Put it away",
  "incoming.placed": "What the other app gave is where you put it. Nothing more waits here.",
  "incoming.waits": "What you shared waits here until you unlock. Then you choose where it goes.",
  "incoming.none": "There is no record on this device yet, so it can't go into one. A snapshot can be checked without a record.",
  "incoming.gone":
    "What you shared is no longer here: the browser ended the app before you chose, or the page was loaded again. Nothing of it was kept. Go back to the other app and share it again.",
  "incoming.too-much":
    "This is more than can be shared at once: at most {files} files, and {size} together. Share fewer at a time, or attach the file in a message here. A large snapshot is opened under “Check a snapshot”.",
  "incoming.unreadable":
    "Nothing arrived that can be read. Go back to the other app and share it again, or save the file there and attach it here.",
  "incoming.foreign": "A website tried to put something in here. Nothing of it was taken, and your record is as it was.",
} as const;
