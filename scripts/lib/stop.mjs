import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import path from "node:path";

/** Ends the program with one sentence for the person who started it, and no stack trace. */
export class Stop extends Error {}

/**
 * Runs the program; a Stop is shown as its sentence, anything else as the defect it is.
 * @param {() => Promise<number>} main gives the exit code
 */
export function program(main) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (/** @type {unknown} */ error) => {
      console.error(error instanceof Stop ? error.message : error);
      process.exitCode = 1;
    },
  );
}

/**
 * Throws a Stop when the folder (or, while it does not exist, the nearest one above) can't be written to.
 * @param {string} folder
 * @param {string} what why it must be writable, as the end of a sentence
 */
export function mustWrite(folder, what) {
  let at = folder;
  while (!existsSync(at) && path.dirname(at) !== at) at = path.dirname(at);
  try {
    accessSync(at, constants.W_OK);
    mkdirSync(folder, { recursive: true });
  } catch {
    throw new Stop(
      `The folder ${folder} can't be written to, and ${what}. Copy Countersign to a folder of yours, or change its permissions, and try again.`,
    );
  }
}
