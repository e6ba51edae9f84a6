/** Books as shared/src/books keeps them, beside the same changes in bare Automerge. */
import * as A from "@automerge/automerge/slim";
import type { ChangeHash } from "@countersign/shared/base/ids";
import { freeDoc } from "@countersign/shared/books/admit";
import { addOwn, provisionalCarrier, rebuildDoc, takeEntries, type LoadedBook, type Taken } from "@countersign/shared/books/book";
import { changeHash } from "@countersign/shared/books/chunk";
import { genesisBytes } from "@countersign/shared/books/genesis";
import { judgeEntry, type Facts, type SignedChange } from "@countersign/shared/books/judge";
import { newActor, newRecordId } from "@countersign/shared/books/record-id";
import { BookState } from "@countersign/shared/books/state";
import { decodeState, encodeState } from "@countersign/shared/books/state-cache";
import { makeChange } from "@countersign/shared/books/write";
import { AT, carrierOf, CHECKPOINT, devices, factsOf, LOG, MESSAGES, newThread, signed } from "../../../shared/test/book.ts";
import type { TestDevice } from "../../../shared/test/people.ts";
import { seededRandom } from "../../../shared/test/random.ts";
import type { Pair } from "./rate.ts";

const BATCH = 64;
const WORDS = ["school", "on", "Friday", "at", "the", "dentist", "bring", "her", "jacket", "please", "we", "said", "six", "train", "late"];

/** Words rather than noise, since Automerge packs text. About 220 characters, as people write. */
function textOf(random: (n: number) => Uint8Array): string {
  return [...random(40)].map((b) => WORDS[b % WORDS.length] ?? "").join(" ");
}

interface Writer {
  readonly device: TestDevice;
  readonly actor: string;
}

/** A book of so many messages by two devices in turn, and one more run that is not in it. */
function makeBook(records: number): {
  readonly state: BookState;
  readonly changes: readonly SignedChange[];
  readonly next: readonly SignedChange[];
} {
  const random = seededRandom(`bench book ${records}`);
  const facts = factsOf(MESSAGES);
  const { alicePhone, bobPhone } = devices();
  const writers: readonly Writer[] = [alicePhone, bobPhone].map((device) => ({ device, actor: newActor(random) }));
  const write = (state: BookState, n: number): SignedChange => {
    const { device, actor } = writers[n % 2] as Writer;
    const draft = { record: newRecordId(device.id, random), fields: newThread(textOf(random)) };
    const made = makeChange(state, draft, { actor, author: device.id, clock: AT + n * 1_000, checkpoint: CHECKPOINT });
    if (!made.ok) throw new Error(made.error.code);
    const change = signed(device, MESSAGES, made.value.bytes);
    admit(facts, state, n, change, device);
    return change;
  };
  const state = new BookState(LOG, MESSAGES);
  const changes = Array.from({ length: records }, (_, n) => write(state, n));
  const after = state.clone();
  // The run is one device's, as one entry carries it; an even number is Alice's.
  const next = Array.from({ length: BATCH }, (_, n) => write(after, records + (records % 2) + 2 * n));
  return { state, changes, next };
}

function admit(facts: Facts, state: BookState, n: number, change: SignedChange, device: TestDevice): void {
  const [verdict] = judgeEntry(state, carrierOf(device.id, n), [change], facts);
  if (verdict?.state !== "admitted") throw new Error(`a change of the bench's own was set aside: ${verdict?.reason ?? ""}`);
}

interface Plain {
  readonly records: Record<string, Record<string, string | number>>;
}

/** Bytes of a book's signed changes, and of the same document as Automerge saves it. */
export interface BookSize {
  readonly records: number;
  readonly signedBytes: number;
  readonly automergeBytes: number;
}

export function bookPairs(records: number): { readonly pairs: Pair[]; readonly size: BookSize } {
  const { state, changes, next } = makeBook(records);
  const { alicePhone, bobPhone } = devices();
  const facts = factsOf(MESSAGES);
  const byHash = new Map<ChangeHash, Uint8Array>(changes.map((c) => [changeHash(c.bytes), c.bytes]));
  const book: LoadedBook = { logged: state, own: [], state, doc: rebuildDoc(state, byHash) };
  const saved = A.save(book.doc);
  const cached = encodeState(state);
  const raw = [genesisBytes(), ...changes.map((c) => c.bytes)];
  const own = provisionalCarrier({ time: AT, pusher: alicePhone.id, level: 1 });
  const random = seededRandom("bench own change");
  const settle = ({ book: made, verdicts, ownVerdicts }: Taken): void => {
    if ([...verdicts, ...ownVerdicts].some((v) => v.state !== "admitted")) throw new Error("a change of the bench's own was set aside");
    freeDoc(made.doc);
  };
  const scratch = () => A.load<Plain>(saved);

  const rebuild = (): void => {
    const fresh = new BookState(LOG, MESSAGES);
    changes.forEach((change, n) => admit(facts, fresh, n, change, n % 2 === 0 ? alicePhone : bobPhone));
    freeDoc(rebuildDoc(fresh, byHash));
  };
  const fromCache = (): void => {
    if (!decodeState(cached, LOG, MESSAGES)) throw new Error("the cache does not parse");
    A.free(A.load(saved));
  };
  const writeOwn = (): void => {
    const actor = newActor(random);
    const draft = { record: newRecordId(alicePhone.id, random), fields: newThread(textOf(random)) };
    const made = makeChange(book.state, draft, { actor, author: alicePhone.id, clock: AT, checkpoint: CHECKPOINT });
    if (!made.ok) throw new Error(made.error.code);
    settle(addOwn(book, signed(alicePhone, MESSAGES, made.value.bytes), facts, own));
  };
  let edited = scratch();
  const bareLoad = { what: "Automerge load", run: () => A.free(A.load(saved)) };
  const bareApply = { what: "Automerge applyChanges", run: () => A.free(A.applyChanges(A.init<Plain>(), raw)[0]) };
  const bareChange = {
    what: "Automerge change",
    run: () => {
      edited = A.change(edited, (d) => {
        d.records[newRecordId(alicePhone.id, random)] = newThread(textOf(random)) as Record<string, string>;
      });
    },
  };
  const bareBatch = {
    what: "Automerge clone and applyChanges",
    run: () => {
      const copy = A.clone(book.doc);
      A.free(
        A.applyChanges(
          copy,
          next.map((c) => c.bytes),
        )[0],
      );
    },
  };
  const pairs: Pair[] = [
    { what: `${records} records: load a book from its signed changes`, unit: "ms", ours: rebuild, baselines: [bareLoad, bareApply] },
    {
      what: `${records} records: load a book from the judged state kept beside it`,
      unit: "ms",
      ours: fromCache,
      baselines: [bareLoad, bareApply],
    },
    { what: `${records} records: write, sign, judge and admit an own change`, unit: "ms", ours: writeOwn, baselines: [bareChange] },
    {
      ...{ what: `${records} records: judge and admit an entry of ${BATCH} changes`, unit: "ms", baselines: [bareBatch] },
      ours: () => settle(takeEntries(book, [{ carrier: carrierOf(alicePhone.id, records + 1), changes: next }], facts, own)),
    },
  ];
  const bytes = changes.reduce((sum, c) => sum + c.bytes.length + c.signature.length, 0);
  return { pairs, size: { records, signedBytes: bytes, automergeBytes: saved.length } };
}
