import { parseArgs } from "node:util";

/** R logs (rooms, documents) of D devices each; one device of each log keeps `outstanding` messages on their way. */
export interface Shape {
  readonly rooms: number;
  readonly devices: number;
  readonly outstanding: number;
}

export const shapeName = (s: Shape): string => `${s.rooms}x${s.devices} W${s.outstanding}`;

export const PARTS = ["relay", "client", "books", "sample", "snapshots", "move", "history", "browser"] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly full: boolean;
  /** Puts the page into docs/performance.md too. */
  readonly publish: boolean;
  readonly parts: readonly Part[];
  /** Empty: all of them. */
  readonly servers: readonly string[];
  readonly shapes: readonly Shape[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Logs of three devices whose idle connections are weighed. */
  readonly idleRooms: number;
  /** Times that each client rate is taken. */
  readonly clientRounds: number;
  /** Sizes of the books that client rates are taken on. */
  readonly bookRecords: readonly number[];
  readonly sampleYears: readonly number[];
  /** Entries of the logs that are brought to a new relay. */
  readonly moved: readonly number[];
  /** Messages of the month that is bundled, caught up on and opened. */
  readonly monthMessages: number;
}

const SHAPE = /^(\d+)x(\d+) ?W(\d+)$/;

function parseShape(text: string): Shape {
  const found = SHAPE.exec(text);
  if (!found) throw new Error(`'${text}' is no shape; write it like 50x3W16`);
  const [rooms, devices, outstanding] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (rooms < 1 || devices < 2 || devices > 4 || outstanding < 1)
    throw new Error(`'${text}': 1 room or more, 2 to 4 devices, 1 outstanding or more`);
  return { rooms, devices, outstanding };
}

const BATCH = {
  full: false,
  shapes: ["1x3W1", "50x3W1", "50x3W4"],
  rounds: 2,
  warmUpMs: 1_000,
  windowMs: 1_500,
  idleRooms: 334,
  clientRounds: 3,
  bookRecords: [420],
  sampleYears: [1, 10],
  moved: [10_000],
  monthMessages: 300,
};
const FULL = {
  ...{ full: true, shapes: ["1x3W1", "10x3W16", "50x3W1", "50x3W16", "200x2W1", "200x2W16"], rounds: 3 },
  ...{ warmUpMs: 1_000, windowMs: 4_000, idleRooms: 400, clientRounds: 5, bookRecords: [420, 2_000], sampleYears: [1, 10] },
  ...{ moved: [10_000, 100_000], monthMessages: 1_000 },
};

function positive(name: string, text: string): number {
  const n = Number(text);
  if (!(n > 0)) throw new Error(`--${name} takes a number above 0`);
  return n;
}

export const HELP = `npm run bench -- [--full] [--publish] [--only relay,client,books,sample,snapshots,move,history,browser] [--servers countersign,ws] [--shapes 1x3W1,50x3W16] [--rounds N] [--window MS] [--years 1,10] [--messages N]
  --full     longer windows, more rounds and shapes, larger books and logs
  --publish  puts the tables into docs/performance.md too
  Nothing here passes or fails; results go to e2e/bench/results/.`;

/** Throws with a sentence for the person who typed. Undefined asks for the help. */
export function readOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      full: { type: "boolean", default: false },
      publish: { type: "boolean", default: false },
      only: { type: "string" },
      servers: { type: "string" },
      shapes: { type: "string" },
      rounds: { type: "string" },
      window: { type: "string" },
      years: { type: "string" },
      messages: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const base = values.full ? FULL : BATCH;
  const only = values.only?.split(",");
  const parts = PARTS.filter((p) => only?.includes(p) ?? true);
  if (parts.length === 0) throw new Error(`--only takes ${PARTS.join(", ")}`);
  return {
    full: base.full,
    publish: values.publish,
    parts,
    servers: values.servers?.split(",") ?? [],
    shapes: (values.shapes?.split(",") ?? base.shapes).map(parseShape),
    rounds: positive("rounds", values.rounds ?? String(base.rounds)),
    warmUpMs: base.warmUpMs,
    windowMs: positive("window", values.window ?? String(base.windowMs)),
    idleRooms: base.idleRooms,
    clientRounds: base.clientRounds,
    bookRecords: base.bookRecords,
    sampleYears: values.years?.split(",").map((y) => positive("years", y)) ?? base.sampleYears,
    moved: base.moved,
    monthMessages: positive("messages", values.messages ?? String(base.monthMessages)),
  };
}
