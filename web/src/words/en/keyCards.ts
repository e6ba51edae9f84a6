/** Printed key cards of both parents. */
export const keyCards = {
  "cards.text":
    "A key card carries the keys of a person's devices. Print this page, and give it to a lawyer, a mediator or the court. Whoever has the other parent's page scans or types its text here.",
  "cards.caution":
    "A card shows which keys a person had when it was printed. Take the other parent's card from their own hand or their lawyer's, not from a message in the app, and sign or date it.",
  "cards.of": "Key card of {name}",
  "cards.code": "Code of the key card of {name}",
  "cards.note": "Household {log}, printed {date}. {count, plural, one {One device} other {# devices}}.",
  "cards.print": "Print both cards",
  "cards.read": "Text of {name}'s card",
  "cards.read.help": "Paste it, type it, or scan the code. Spaces and line breaks do not matter.",
  "cards.check": "Check the card",
  "cards.match": "The card shows the keys that this household knows {name} by. You can note that you compared it.",
  "cards.other-log": "This card is of another household. Ask for the one of this household.",
  "cards.other-member": "This card is not {name}'s. If it should be, someone may stand between you: do not confirm, and tell them.",
  "cards.other-keys":
    "The card has keys that this household does not know {name} by. Do not confirm. Ask them for a new print, and compare the words by telephone.",
  "cards.card-not-card": "This is not the text of a key card. It begins with “countersign-card:”.",
  "cards.card-other-version": "This card was printed by another version of the app. Update both devices and print it again.",
  "cards.card-broken": "The text was misread: a letter is wrong or missing. Compare it once more, or scan the code.",
  "cards.same": "Note that the cards were compared",
} as const;
