/** What a table says of a problem: the first line of its text. */
export const sayWhy = (problem: unknown): string => (problem instanceof Error ? (problem.message.split("\n")[0] ?? "") : "unknown");
