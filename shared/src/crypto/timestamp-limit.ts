/** Bytes of a time-stamp authority's answer; real ones have about 5,000. By itself, for those who only pass answers on. */
export const MAX_TIMESTAMP = 65_536;
