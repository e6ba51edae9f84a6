import type { Weight } from "./font-book.ts";

export type Grey = "ink" | "soft";

/** A stretch of text in one manner. What a person wrote (`written`) keeps its own direction and does not turn what is round it. */
export interface Span {
  readonly text: string;
  readonly size: number;
  readonly weight?: Weight;
  readonly grey?: Grey;
  readonly written?: boolean;
}
