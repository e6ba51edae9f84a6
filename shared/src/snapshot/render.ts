import type { Derived } from "./derive.ts";
import { PATH } from "./paths.ts";
import { PROOF_README } from "./readme.ts";
import { reports } from "./report.ts";
import { startPage } from "./start-page.ts";
import { tables } from "./tables.ts";

/**
 * Every file that is derived from the proof and nothing else: the writer writes them, the verifier makes them again and compares (rule S1). A
 * change of any byte here needs a new `RENDER_VERSION`.
 */
export const render = (d: Derived): readonly (readonly [string, Uint8Array])[] => [
  [PATH.start, startPage(d)],
  ...reports(d),
  ...tables(d),
  [PATH.readme, PROOF_README],
];
