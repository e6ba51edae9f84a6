/** Two snapshots side by side: one sentence for each class of `CLASSES`. */
export const compareWords = {
  "beside.open": "Lay another snapshot beside it",
  "beside.agree": "The two agree",
  "beside.agree.text": "What one shows and the other does not is explained by their scopes and by when they were made.",
  "beside.differ": "The two differ",
  "beside.differ.text": "The difference is not explained by their scopes or by when they were made.",
  "beside.fork": "Two different histories",
  "beside.fork.text":
    "Both are signed by the relay, and they part at entry {seq}. At least one parent was shown something else than the other.",
  "beside.fork.save": "Save the proof against the relay",
  "beside.side": "{letter}: {name}",
  "beside.file": "File",
  "beside.exported": "Exported (their clock)",
  "beside.size": "Ends with",
  "beside.size.value": "{size, plural, one {one entry} other {# entries}}, {time} by the clock of relay {relay}",
  "beside.shown": "Changes shown",
  "beside.counts": "Change by change",
  "beside.count": "{total, plural, one {One change} other {# changes}}",
  "beside.only": "Only in A: {a, number}. Only in B: {b, number}.",
  "beside.words": "What rests on an exporter’s word",
  "beside.words.text":
    "Here the two do not say the same, and each is the word of whoever exported it: ask them. What the log itself shows is not among these.",
  "beside.rows": "What only one of them shows",
  "beside.row": "Entry {seq}, only in {side}: {kind}",
  "beside.row.unknown": "not said what",
  "beside.rows.more": "{count, plural, one {One more is} other {# more are}} not listed here.",
  "beside.failed": "What does not hold in {letter}",
  "beside.limits":
    "This compares signed changes and the log. Pages, tables and attachments are checked by opening each file by itself. What both parents left out can't be seen here.",

  "beside.is.same": "Shown in both, and the very same.",
  "beside.is.withheld-scope": "The other leaves it out by the scope that it states. The log shows that it is there.",
  "beside.is.withheld-settlement": "The other leaves it out as settlement talk, which its author had marked.",
  "beside.is.withheld-redacted":
    "The exporter of the other left it out by itself, with a reason that stands there. The log shows that it is there.",
  "beside.is.unexplained": "The other has the entry, and neither shows what is in it nor says why.",
  "beside.is.withheld-both": "Left out in both.",
  "beside.is.later": "Logged after the other snapshot ends. It was made earlier, so it can't have this.",
  "beside.is.fork": "Logged after the place where the two histories part.",

  "beside.word.settlement-false":
    "Entry {seq}: {of} leaves a message out as settlement talk. {other} shows it, and its author had not marked it so.",
  "beside.word.order-false": "Entry {seq}: {of} says that an act did not know of an earlier one. {other} shows that it did.",
  "beside.word.order-other": "Entry {seq}: {of} says that an act did not know of an earlier one. {other} neither says nor shows that.",
  "beside.word.ended-early":
    "{of} ends before {count, plural, one {an entry} other {# entries}} of {other} logged before {of} was exported, by the exporter’s clock. Either that device had not got them yet, or the end was left out.",
  "beside.word.files-lacking":
    "{of} says that the exporter’s device lacked {count, plural, one {an attachment} other {# attachments}}, and {other} has them.",
  "beside.word.name-other": "A calls a person {a}, whom B calls {b}.",
  "beside.word.zone-other": "A gives days and times in {a}, B in {b}.",
} as const;
