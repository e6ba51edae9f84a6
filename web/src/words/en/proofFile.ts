/** Proofs of what a relay did: one sentence for each code of `PROVEN` and `NOT_PROVEN`. */
export const proofFile = {
  "relayProof.holds": "The proof holds against relay {relay}",
  "relayProof.holds.not": "This file proves nothing against a relay",
  "relayProof.limits":
    "The record's first statement names this relay and this key. Someone who was never in that record can't tell from the file alone that the relay made the key; its operator can, and so can everyone in the record.",
  "relayProof.next":
    "Keep the file. Anyone can check it with this page or with “countersign proof FILE” on a command line, without an account.",
  "relayProof.notes": "What the relay's key signed",
  "relayProof.note": "{size, plural, one {one entry} other {# entries}}, {time}, root {root}",
  "relayProof.log": "Record",
  "relayProof.key": "Key",
  "relayProof.relay": "Relay",
  "relayProof.place": "Entry",
  "relayProof.portable": "The relay signed this itself: anyone can check the saved file.",
  "relayProof.kept": "The saved file keeps what this device saw. The relay signed none of it, so others can't check it.",

  "storage.witnesses": "Also seen by",
  "storage.witnesses.text":
    "Other relays can sign that this one only ever adds to the record. They see how long it is and a checksum, nothing of what is in it.",
  "storage.witnesses.none": "Nobody. This relay asks no other relay to sign along.",
  "storage.witness.seen": "{count, plural, one {The first entry} other {The first # entries}}, {time} by its own clock",
  "storage.witness.never": "It has not signed yet.",
  "storage.witness.key": "Named by the relay. Its key was first seen on {date} and has stayed the same since: {key}",

  "storage.stamps": "Stamped by",
  "storage.stamps.text":
    "A time-stamp authority states, under its own certificate, that the record was so long on a certain day. It sees a checksum, nothing of what is in the record. What it said is kept in the record.",
  "storage.stamps.none": "Nobody yet. Until somebody does, the times of the record are the relay's word, and its witnesses'.",
  "storage.stamp.seen": "{count, plural, one {The first entry} other {The first # entries}}, {time}",
  "storage.stamp.key": "By the name in its own certificate. This device knows the certificate since {date}; its SHA-256: {key}",
  "storage.stamp.own": "Time-stamp authority of this computer",
  "storage.stamp.own.text":
    "The address of one (RFC 3161), such as https://stamp.example/tsr. It is asked when a snapshot is made, and once a day after you wrote something. It then sees this computer's address and a checksum.",
  "storage.stamp.own.set": "Use this authority",
  "storage.stamp.own.remove": "Use none",
  "storage.stamp.own.kept": "It is asked from now on.",
  "storage.stamp.own.removed": "None is asked from now on.",
  "storage.stamp.own.wrong": "That can't be used. An address begins with https:// or http:// and has no name or password in it.",
  "stamp.stamp-unreachable": "The time-stamp authority could not be reached.",
  "stamp.stamp-unreadable": "What the time-stamp authority answered is no time stamp.",
  "stamp.stamp-refused": "The time-stamp authority refused.",
  "stamp.stamp-imprint": "The time-stamp authority stamped something else.",
  "stamp.stamp-nonce": "The time-stamp authority answered another question.",
  "stamp.stamp-signature": "The signature on the time stamp does not hold.",
  "stamp.stamp-checkpoint": "The relay handed on a time stamp of something that is not this record.",
  "stamp.stamp-size": "The time-stamp authority's answer is too long to keep.",

  "proven.fork": "It signed two versions of this record's history that can't both be true.",
  "proven.rollback":
    "It signed that the record has fewer entries than it had signed before. Entries were taken back, or an old copy was put in their place.",
  "proven.entry-header": "It took something into the record that is no entry.",
  "proven.entry-log": "It took an entry of another record into this one.",
  "proven.entry-signature": "It took in an entry that its author did not sign.",
  "proven.entry-sequence": "It gave an entry another number than its place.",
  "proven.entry-chain": "It broke a channel's chain at its first entry.",
  "proven.entry-charter": "It took something among the statements about people and devices that is none.",
  "proven.pair-time": "It gave a later entry an earlier time.",
  "proven.pair-chain": "It broke a channel's chain: an entry was left out, doubled or moved.",
  "proven.charter": "It took in a statement about people, devices or keys that breaks the rules for them.",
  "proven.epoch": "It took in an entry under a key that had been replaced before.",

  "notProven.pin": "The statements in the file do not stand, so nothing says whose key it is.",
  "notProven.unsigned": "A checkpoint in the file is not signed by the record's key.",
  "notProven.other-log": "The checkpoints are not of one record kept by one relay.",
  "notProven.no-checkpoint": "Something in the file is signed by the record's key, but is no checkpoint.",
  "notProven.agree": "The two checkpoints in the file do not contradict each other.",
  "notProven.path": "What the file shows is not part of what the record's key signed.",
  "notProven.no-rollback": "The later checkpoint covers no fewer entries than the earlier one.",
  "notProven.lawful": "What the file shows breaks no rule.",
  "notProven.kept":
    "A device kept this when it stopped. It shows what the device saw, but the relay signed none of it, so nobody else can check it.",
} as const;
