/** The client rates' process: one thread, the libraries as an app loads them. */
import { initCrypto } from "@countersign/shared/crypto/init";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { answerMessages } from "../processes.ts";
import { bookPairs, type BookSize } from "./book-pairs.ts";
import { cryptoPairs } from "./crypto-pairs.ts";
import { compare, type RateRow } from "./rate.ts";

export interface ClientTask {
  readonly rounds: number;
  readonly records: readonly number[];
}

export interface ClientPart {
  readonly rates: readonly RateRow[];
  readonly sizes: readonly BookSize[];
}

answerMessages<ClientTask, ClientPart>(async ({ rounds, records }) => {
  await initCrypto();
  await initAutomergeNode();
  const rates = await compare(cryptoPairs(), rounds);
  const sizes: BookSize[] = [];
  for (const count of records) {
    const { pairs, size } = bookPairs(count);
    rates.push(...(await compare(pairs, rounds)));
    sizes.push(size);
  }
  return { rates, sizes };
});
