import { MAX_FILES } from "@countersign/shared/kinds/file-limits";

/** What one sharing may bring: as many files as a record carries, and together what an old phone has memory for. */
export const MOST_FILES = MAX_FILES;
export const MOST_BYTES = 50_000_000;

export interface GivenFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What another app gave: files, and its title, text and address as one text. */
export interface Given {
  readonly text: string;
  readonly files: readonly GivenFile[];
}

/**
 * What came of a sharing. `gone`: the browser ended the worker that held it, or the page was loaded again. `foreign`: a page of another
 * site sent it. `unreadable` also stands for one that brought nothing.
 */
export type Arrival =
  { readonly state: "here"; readonly given: Given } | { readonly state: "gone" | "too-much" | "unreadable" | "foreign" };

/** From a page to the service worker, with a port for the `Arrival`, which is given out once. */
export interface AskForArrival {
  readonly arrival: string;
}

/** The parameter of the screen's address that says which arrival is meant. */
export const ARRIVAL_PARAMETER = "of";
