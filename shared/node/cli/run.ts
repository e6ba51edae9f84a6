import { parseArgs } from "node:util";
import { EXIT, type Io } from "./io.ts";
import { sampleCommand } from "./sample.ts";
import { verifyCommand } from "./verify.ts";

const HELP = `Usage:
  countersign verify FILE [--json]
      Checks a snapshot. Exit code 0: nothing failed. 1: something failed. 2: the file cannot be read as a snapshot.
  countersign sample --out FILE [--years N] [--seed S]
      Writes the snapshot of a generated household of N years (1) from seed S (1), to look at and to try 'verify' on.
  countersign --help
`;

/** Runs one command line and gives its exit code. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
      io.err(HELP);
      return EXIT.unreadable;
    case "help":
    case "--help":
    case "-h":
      io.out(HELP);
      return EXIT.good;
    case "verify":
      return verifyArgs(rest, io);
    case "sample":
      return sampleArgs(rest, io);
    default:
      return usage(`There is no command '${command}'.`, io);
  }
}

function usage(sentence: string, io: Io): number {
  io.err(`${sentence}\n\n${HELP}`);
  return EXIT.unreadable;
}

async function verifyArgs(args: readonly string[], io: Io): Promise<number> {
  const read = parse(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } }),
  );
  if (!read) return usage("This option is not known to 'verify'.", io);
  if (read.values.help === true) return runCli(["--help"], io);
  const [path, ...more] = read.positionals;
  if (path === undefined || more.length > 0) return usage("'verify' takes one file.", io);
  return verifyCommand(path, read.values.json === true, io);
}

async function sampleArgs(args: readonly string[], io: Io): Promise<number> {
  const text = { type: "string" } as const;
  const read = parse(() =>
    parseArgs({ args: [...args], options: { years: text, seed: text, out: text, help: { type: "boolean", short: "h" } } }),
  );
  if (!read) return usage("This option is not known to 'sample'.", io);
  if (read.values.help === true) return runCli(["--help"], io);
  const years = Number(read.values.years ?? "1");
  const seed = Number(read.values.seed ?? "1");
  const { out } = read.values;
  if (out === undefined) return usage("'sample' needs --out FILE.", io);
  if (!(years > 0 && years <= 30)) return usage("--years is a number up to 30.", io);
  if (!Number.isSafeInteger(seed)) return usage("--seed is a whole number.", io);
  return sampleCommand({ years, seed, out }, io);
}

/** `parseArgs` throws at what it does not know. */
function parse<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
