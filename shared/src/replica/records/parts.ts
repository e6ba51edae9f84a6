import type { RecordFiles } from "./files.ts";
import type { Receipts } from "./receipts.ts";
import type { RecordWriter } from "./writer.ts";

/** What messages and expenses are written and read with. */
export interface RecordParts {
  readonly files: RecordFiles;
  readonly writer: RecordWriter;
  readonly receipts: Receipts;
}
