/** The hint at how a message may read. */
export const tone = {
  "tone.threat": "“{words}” may read as a threat.",
  "tone.insult": "“{words}” may read as an insult.",
  "tone.blame": "“{words}” may read as an accusation.",
  "tone.capitals": "Words in capitals may read as shouting.",
  "tone.marks": "So many marks may read as shouting.",
  "tone.again": "You may want to look at it once more.",
  "tone.settings": "Writing",
  "tone.settings.text": "A hint at how a message may read",
  "tone.switch": "Tell me when a message may read harder than I mean it",
  "tone.text":
    "Off until you switch it on. While you write, a short list of words and the shape of the text are looked at on this device alone, and a sentence under the field says what may read as an accusation, an insult, a threat or shouting. It knows nothing of what you mean, so it is often wrong: it never holds a message up.",
  "tone.private": "Nothing of it is sent, kept, counted or shown to anybody else. This switch is kept on this device.",
} as const;
