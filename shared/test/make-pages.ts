/**
 * `npm run pages`: pictures of the printed pages of every report, in each style of numbering, for a person to look at. They come to `shared/pages-out`; of a long report there are
 * the first pages, some from its middle and the last. Asks for `pdftoppm` (poppler-utils).
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initAutomergeNode } from "../node/automerge.ts";
import { nodePages, nodePdfPorts } from "../node/pdf-ports.ts";
import { initCrypto } from "../src/crypto/init.ts";
import { sourceOf } from "../src/sample/source.ts";
import { sourceOfBytes } from "../src/snapshot/bytes-io.ts";
import type { Derived } from "../src/snapshot/derive.ts";
import { renderPdfs } from "../src/snapshot/pdf/render.ts";
import { gather } from "../src/snapshot/pieces.ts";
import { inspectSnapshot } from "../src/snapshot/verify.ts";
import { writeSnapshot } from "../src/snapshot/write.ts";
import type { PageStyle } from "../src/views/snapshot.ts";
import { makeHousehold } from "./household.ts";
import { PDF_CASES } from "./pdf-cases.ts";

const OUT = fileURLToPath(new URL("../pages-out", import.meta.url));
const DOTS = "80";
/** Pages of a report that are drawn: so many from its beginning, its middle and its end. */
const SHOWN = { first: 4, middle: 2, last: 2 };

const STYLES: Readonly<Record<string, PageStyle>> = {
  serial: { style: "serial", prefix: "CS-", from: 1 },
  sections: { style: "sections", from: "A" },
  none: { style: "none" },
};

/** A record with everything in it: files, every state of an expense, what was set aside, settlement talk that is left out, and what was left out one by one. */
async function household(): Promise<Derived> {
  const house = makeHousehold();
  const redact = { reason: "It is about somebody else’s health.", records: [house.expenses.refused.record], files: [] };
  const scope = { threads: "all", expenses: "all", settlement: "leave-out", files: true, redact } as const;
  const made = await writeSnapshot(sourceOf(house), scope, { pdf: nodePages });
  if (!made.ok) throw new Error(made.error.code);
  const looked = await inspectSnapshot(sourceOfBytes(made.value.bytes));
  if (!looked.ok || !looked.value.derived) throw new Error("the snapshot does not open");
  return looked.value.derived;
}

function run(program: string, args: readonly string[]): string {
  const done = spawnSync(program, [...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${program}: ${done.error?.message ?? done.stderr}`);
  return done.stdout;
}

/** The pages of a file that are drawn, from 1. */
function chosen(pages: number): readonly number[] {
  const { first, middle, last } = SHOWN;
  const all = Array.from({ length: pages }, (_, i) => i + 1);
  const from = Math.floor((pages - middle) / 2);
  return all.filter((n) => n <= first || n > pages - last || (n > from && n <= from + middle));
}

async function draw(derived: Derived, style: PageStyle, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  let drawn = 0;
  for await (const file of renderPdfs(derived, style, nodePdfPorts)) {
    if (!file.ok) throw new Error(file.error.code);
    const name = basename(file.value[0], ".pdf");
    const pdf = join(folder, `${name}.pdf`);
    writeFileSync(pdf, await gather(file.value[1]));
    const pages = Number(/^Pages: +(\d+)$/m.exec(run("pdfinfo", [pdf]))?.[1]);
    for (const page of chosen(pages)) {
      const n = String(page);
      run("pdftoppm", ["-png", "-r", DOTS, "-singlefile", "-f", n, "-l", n, pdf, join(folder, `${name}-${n.padStart(4, "0")}`)]);
      drawn += 1;
    }
  }
  return drawn;
}

await initCrypto();
await initAutomergeNode();
rmSync(OUT, { recursive: true, force: true });
for (const [name, derived] of Object.entries({ household: await household(), ...PDF_CASES })) {
  for (const [style, of] of Object.entries(STYLES)) {
    const drawn = await draw(derived, of, join(OUT, name, style));
    console.log(`${name}, ${style}: ${String(drawn)} pages`);
  }
}
console.log(OUT);
