import { expect, test } from "vitest";
import { connectWorker } from "../engine/worker-client.ts";
import { inParts, ROWS } from "./parts.ts";
import type { FromWorker } from "./protocol.ts";

/** A page whose worker answers each call with the next of these values, copied as between threads; and all that was sent. */
function pageOf(values: readonly unknown[]): { readonly api: ReturnType<typeof connectWorker>; readonly sent: readonly FromWorker[] } {
  const sent: FromWorker[] = [];
  const worker = {
    onmessage: undefined as ((event: { readonly data: FromWorker }) => void) | undefined,
    postMessage: ({ id }: { readonly id: number }) => {
      for (const message of inParts({ type: "reply", id, value: values[id] })) {
        sent.push(message);
        worker.onmessage?.({ data: structuredClone(message) });
      }
    },
  };
  return { api: connectWorker(worker as unknown as Worker), sent };
}

const rows = (n: number): readonly { readonly id: number }[] => Array.from({ length: n }, (_, id) => ({ id }));

test("[lists] an answer of thousands of rows comes in messages of some hundred, and is whole", async () => {
  const long = {
    ok: true,
    value: { zone: "Europe/London", messages: rows(2 * ROWS + 1), expenses: rows(ROWS + 1), people: rows(2), none: [] },
  };
  const { api, sent } = pageOf([long, long]);
  expect(await api.vault()).toEqual(long);
  const lengths = sent.map((message) => (message.type === "part" ? message.rows.length : message.type));
  expect(lengths).toEqual([ROWS, ROWS, 1, ROWS, 1, "reply"]);
  // Nothing of the first is left for the second.
  expect(await api.vault()).toEqual(long);
});

test("[lists] whatever else is answered comes as it is, in one message", async () => {
  const answers = [
    undefined,
    7,
    "text",
    null,
    [1, 2],
    { ok: false, error: { code: "internal" } },
    { ok: true },
    { ok: true, value: { rows: rows(ROWS) } },
  ];
  const { api, sent } = pageOf(answers);
  for (const answer of answers) expect(await api.vault()).toEqual(answer);
  expect(sent).toHaveLength(answers.length);
});
