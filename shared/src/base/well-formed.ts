/** A text as it can be written anywhere: half of a pair of surrogates, as a cut in the middle of an emoji leaves it, becomes U+FFFD. No other letter is touched. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd");
