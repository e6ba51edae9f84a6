/** Moving to another relay. */
export const move = {
  "move.open": "Move to another relay",
  "move.title": "Move to another relay",
  "move.text":
    "Everything that the relay keeps for you goes to another one: the shared record, your private part and the files. Nothing of what was written changes, and every proof stays valid.",
  "move.address": "Address of the new relay",
  "move.address.text": "As its operator gives it, for example https://relay.example.org",
  "move.check": "Look whether it answers",
  "move.answers": "The relay {relay} answers, and speaks this version.",
  "move.what.all": "The record goes on there. Your other devices follow by themselves the next time they are opened.",
  "move.what.relay": "Whoever runs the new relay sees addresses, times and sizes, never the contents. The old one keeps its sealed copy.",
  "move.what.sheet": "Afterwards print your recovery sheet anew: the one that you have names the old relay.",
  "move.what.other": "{name} is asked first. Until then everything stays where it is.",
  "move.gone": "The old relay can't be reached just now",
  "move.gone.no": "It will come back: ask when it is there",
  "move.gone.yes": "It is gone for good: go on without it",
  "move.ask": "Ask {name}",
  "move.do": "Move now",
  "move.carrying": "Bringing the record to the new relay",
  "move.moving": "Moving to {relay}",
  "move.moving.text": "Go on as usual. What you write is kept here and sent when the move is done.",
  "move.stuck": "The move to {relay} waits",
  "move.stuck.text": "It is tried again by itself. What you write is kept on this device meanwhile.",
  "move.mine": "You asked {name} to move to {relay}",
  "move.mine.text": "Waiting for {name}, until {time}. Until then everything stays where it is.",
  "move.mine.gone":
    "Tell {name} to open Settings, Relay and storage, The relay has moved, and to enter {address} there. Then the record goes on for both of you.",
  "move.stop": "Take the request back",
  "move.asked": "{name} asks to move the record to {relay}",
  "move.asked.text":
    "If you agree, both go on with that relay. If you do not, everything stays where it is; there is no need to answer. Ask who runs it if you do not know.",
  "move.agree": "Agree to the move",
  "move.agree.title": "Move to {relay}",
  "move.follow.open": "The relay has moved",
  "move.follow.title": "The relay has moved",
  "move.follow.text":
    "If the old relay is gone and the other parent, or another device of yours, has moved to a new one, enter its address. This device goes on there only if everything that it holds is there too.",
  "move.follow.do": "Look there",
  "move.follow.moved": "Your record is there. This device goes on with that relay. Print your recovery sheet anew: it names the relay.",
  "move.follow.asked": "The other parent asks you to move there. The request is shown under Relay.",
  "heal.open": "Make the record whole on another relay",
  "heal.text":
    "The relay showed the two of you different records. On another relay they become one again. What stands in your copy goes on as it is; what only {name}'s copy has is added to it, with the times that the old relay had given it. Nothing of either is lost.",
  "heal.what": "Once {name} has agreed, this device goes on by itself.",
  "heal.asked": "{name} asks to make the record whole again, on {relay}",
  "heal.asked.text":
    "The relay showed the two of you different records. If you agree, both go on with {name}'s copy, and what only yours has is added to it.",
  "heal.asked.counts":
    "Only in your copy: {mine, plural, one {# entry} other {# entries}}. Only in {name}'s: {theirs, plural, one {# entry} other {# entries}}.",
  "heal.agree": "Make the record whole",
  "heal.agree.title": "Make the record whole, on {relay}",
  "heal.what.again":
    "Everything that only your copy has is added again, and stands with the time at which the old relay had logged it. You can export your copy first.",
  "heal.what.lapsed":
    "Steps about people and devices that stand only in your copy do not count any more. They are listed for you afterwards, so that you can take them again.",
  "heal.waiting": "You agreed to make the record whole on {relay}",
  "heal.waiting.text":
    "Waiting for {name}'s device, which answers by itself when it is next on. Until then everything stays as it is here.",
  "again.title": "The two records have become one",
  "again.going": "What only your copy had is being added: {done} of {of}",
  "again.waits":
    "Should it stay there, the rest waits on this device, and nothing of it is lost: it needs a key that this device does not have, or a device that has to be linked again.",
  "again.done":
    "All {of, plural, one {# entry} other {# entries}} that only your copy had {of, plural, one {is} other {are}} in the record again. In the history each shows when the old relay had logged it.",
  "again.lapsed": "These steps stood only in your copy and do not count any more. Take them again where they should hold:",
  "again.lapsed.line": "{what}, {time}",
  "again.seen": "I have read this",
  "today.heal": "{name} asks to make the record whole again",
  "today.again": "The two records have become one",
  "today.again.text": "See what became of your copy, and which steps to take again.",
  "today.move": "{name} asks to move to another relay",
  "today.move.text": "Until you agree, everything stays where it is.",
} as const;
