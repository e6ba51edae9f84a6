import type { Sample } from "../src/sample/sample.ts";
import { signCheckpoint } from "../src/log/checkpoint.ts";
import { CompactRange } from "../src/log/compact.ts";

/** What a relay would have sent when the log had `size` entries: those, and the checkpoint over them. */
export function upTo(sample: Sample, size: number): Sample {
  const { builder } = sample;
  const entries = builder.entries.slice(0, size);
  const range = CompactRange.empty();
  for (const entry of entries) range.append(entry.leaf);
  const time = entries.at(-1)?.time ?? 0;
  const note = signCheckpoint({ origin: builder.origin, size, root: range.root(), time }, builder.logKey.secretKey);
  return { ...sample, items: sample.items.slice(0, size), note, end: time };
}
