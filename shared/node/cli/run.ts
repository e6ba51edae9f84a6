import { parseArgs } from "node:util";
import type { OpenerFiles } from "./opener.ts";
import { EXIT, type Io } from "./io.ts";
import { compareCommand } from "./compare.ts";
import { openCommand } from "./open.ts";
import { proofCommand } from "./proof.ts";
import { sampleCommand } from "./sample.ts";
import { stampCommand } from "./stamp.ts";
import { verifyCommand } from "./verify.ts";

const HELP = `Usage:
  countersign verify FILE [--json] [--passphrase-file FILE | --identity FILE]
      Checks a snapshot. Exit code 0: nothing failed. 1: something failed. 2: the file cannot be read as a snapshot.
      The last two open a snapshot that is sealed for its reader, with a passphrase or an age identity from a file.
  countersign open FILE --out FILE (--passphrase-file FILE | --identity FILE)
      Writes what a sealed snapshot holds. 'age -d' does the same.
  countersign stamp FILE --authority URL --out FILE
      Writes a copy of a snapshot with a time stamp (RFC 3161) of that authority added. No other file in it changes.
  countersign proof FILE [--json]
      Checks a proof that a relay broke its rules. Exit code 0: the proof holds against the relay that it names. 1: it does not.
      2: the file cannot be read as a proof.
  countersign compare A B [--json] [--proof FILE] [--passphrase-file FILE | --identity FILE]
      Lays two snapshots of one record side by side. Exit code 0: they agree. 1: they differ. 2: one cannot be read, or they are of
      two records. --proof writes a proof against the relay where the two hold two histories. The last two open whichever is sealed.
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
    case "compare":
      return compareArgs(rest, io);
    case "proof":
      return fileArgs("proof", rest, io, proofCommand);
    case "open":
      return openArgs(rest, io);
    case "stamp":
      return stampArgs(rest, io);
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

/** A command that takes one file and `--json`. */
async function fileArgs(
  name: string,
  args: readonly string[],
  io: Io,
  run: (path: string, asJson: boolean, io: Io) => Promise<number>,
): Promise<number> {
  const read = parse(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } }),
  );
  if (!read) return usage(`This option is not known to '${name}'.`, io);
  if (read.values.help === true) return runCli(["--help"], io);
  const [path, ...more] = read.positionals;
  if (path === undefined || more.length > 0) return usage(`'${name}' takes one file.`, io);
  return run(path, read.values.json === true, io);
}

const TEXT = { type: "string" } as const;
const HELP_OPTION = { help: { type: "boolean", short: "h" } } as const;
const OPENERS = { "passphrase-file": TEXT, identity: TEXT } as const;

async function compareArgs(args: readonly string[], io: Io): Promise<number> {
  const read = parse(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" }, proof: TEXT, ...OPENERS, ...HELP_OPTION },
    }),
  );
  if (!read) return usage("This option is not known to 'compare'.", io);
  if (read.values.help === true) return runCli(["--help"], io);
  const [a, b, ...more] = read.positionals;
  if (a === undefined || b === undefined || more.length > 0) return usage("'compare' takes two files.", io);
  const opener = openerIn(read.values);
  return compareCommand([a, b], { json: read.values.json === true, proof: read.values.proof, opener }, io);
}

/** With what a sealed file is opened. */
const openerIn = (values: { readonly "passphrase-file"?: string | undefined; readonly identity?: string | undefined }): OpenerFiles => ({
  passphraseFile: values["passphrase-file"],
  identity: values.identity,
});

async function verifyArgs(args: readonly string[], io: Io): Promise<number> {
  const read = parse(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: "boolean" }, ...OPENERS, ...HELP_OPTION } }),
  );
  if (!read) return usage("This option is not known to 'verify'.", io);
  if (read.values.help === true) return runCli(["--help"], io);
  const [path, ...more] = read.positionals;
  if (path === undefined || more.length > 0) return usage("'verify' takes one file.", io);
  const files = openerIn(read.values);
  return verifyCommand(path, read.values.json === true, io, files);
}

async function openArgs(args: readonly string[], io: Io): Promise<number> {
  const read = parse(() => parseArgs({ args: [...args], allowPositionals: true, options: { out: TEXT, ...OPENERS, ...HELP_OPTION } }));
  if (!read) return usage("This option is not known to 'open'.", io);
  if (read.values.help === true) return runCli(["--help"], io);
  const [path, ...more] = read.positionals;
  const { out } = read.values;
  if (path === undefined || more.length > 0 || out === undefined) return usage("'open' takes one file, and --out FILE.", io);
  return openCommand(path, out, openerIn(read.values), io);
}

async function stampArgs(args: readonly string[], io: Io): Promise<number> {
  const read = parse(() => parseArgs({ args: [...args], allowPositionals: true, options: { out: TEXT, authority: TEXT, ...HELP_OPTION } }));
  if (!read) return usage("This option is not known to 'stamp'.", io);
  if (read.values.help === true) return runCli(["--help"], io);
  const [path, ...more] = read.positionals;
  const { out, authority } = read.values;
  if (path === undefined || more.length > 0 || out === undefined || authority === undefined)
    return usage("'stamp' takes one file, --authority URL and --out FILE.", io);
  return stampCommand(path, authority, out, io);
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
