/** What was sent and has not left this device, and for how long it can be taken back. */
export const heldWords = {
  "held.list": "Still on this device",
  "held.soon": "Leaves this device in a few seconds",
  "held.ten": "Waits on this device until {name} has answered some of the {count} that are open. Then it goes out by itself.",
  "held.refused": "Kept on this device, and not sent yet. {why}",
  "held.undo": "Undo",
  "held.now": "Send now",
  "held.change": "Change it",
  "held.remove": "Remove it from this device",
  "held.remove.text": "It has not been sent. Nothing of it is kept.",
  "held.unshare": "Do not share it",
  "held.unshare.text": "It has not been shared. It stays in your own record, and you can share it at any time.",
  "held.shared": "It is in your own record, and is shared when it goes out.",
  "held.chip.undo": "Leaves in a few seconds",
  "held.chip.ten-open": "Waits on this device",
  "held.chip.refused": "Not sent yet",
  "today.held.message": "A message has not left this device",
  "today.held.expense": "An expense has not left this device",
  "today.held.answer": "An answer has not left this device",

  "settings.sending": "Sending",
  "settings.sending.text": "How long you can undo what you sent",
  "sending.label": "Time to undo",
  "sending.seconds": "{seconds, plural, =0 {None, it leaves at once} other {# seconds}}",
  "sending.text":
    "What you send is kept on this device at once. It leaves when this time is over, when you lock, or when you choose Send now. Until then Undo gives it back to you, text and files.",
  "sending.after": "Once it has left it can't be changed or taken back. Notes in your own record are kept without waiting.",
} as const;
