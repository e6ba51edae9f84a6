/**
 * The questions that a charter answers (docs/charter.md, 'Questions'). `at` is the place of the entry that is judged, or for 'now' the size
 * of the log and the present time: the answer takes in every statement before it.
 */
export * from "./owed.ts";
export * from "./people.ts";
export * from "./status.ts";
