const PAGE_MAX = 500;

/** How many rows an answer may have, whoever asks for how many. */
export const pageOf = (limit: number): number => Math.max(0, Math.min(limit, PAGE_MAX));
