import { beforeAll, describe, expect, it, vi } from "vitest";
import { nodePdfPorts } from "../../../node/pdf-ports.ts";
import { pdfModel, type ModelOptions } from "../../../test/pdf-model.ts";
import { initCrypto } from "../../crypto/init.ts";
import { gather } from "../pieces.ts";
import { estimatePages } from "./estimate.ts";
import type { PageStyle } from "../../views/snapshot.ts";
import { renderPdfs } from "./render.ts";

vi.setConfig({ testTimeout: 120_000 });
beforeAll(initCrypto);

const LINES = [
  "Yes.",
  "Can you take Mia to the dentist on Thursday at 3? ".repeat(4),
  "请你周四下午三点半去学校接米娅好吗？".repeat(6),
  "a\n\nb",
];
const threads = (count: number, of: number): NonNullable<ModelOptions["threads"]> =>
  Array.from({ length: count }, (_, i) => ({
    subject: `Thread ${String(i)}`,
    texts: Array.from({ length: of }, (__, j) => LINES[(i + j) % LINES.length] ?? ""),
  }));
const MODELS: Readonly<Record<string, ModelOptions>> = {
  empty: {},
  long: { threads: threads(1, 400) },
  many: { threads: threads(60, 5) },
  spent: { expenses: Array.from({ length: 150 }, (_, i) => ({ title: `Boots ${String(i)}`, reason: "too dear" })) },
};
const STYLES: readonly PageStyle[] = [{ style: "serial", prefix: "CS-", from: 1 }, { style: "sections", from: "A" }, { style: "none" }];

async function laidOut(options: ModelOptions, style: PageStyle): Promise<number> {
  let pages = 0;
  for await (const file of renderPdfs(pdfModel(options), style, nodePdfPorts)) {
    if (!file.ok) throw new Error(file.error.code);
    const text = Buffer.from(await gather(file.value[1])).toString("latin1");
    pages += Number(/\/Type\/Pages\/Count (\d+)/.exec(text)?.[1]);
  }
  return pages;
}

describe("the number of pages that is told before they are made", () => {
  it.each(Object.keys(MODELS))("[S6] comes near to what is laid out (%s)", async (name) => {
    for (const style of STYLES) {
      const real = await laidOut(MODELS[name] ?? {}, style);
      const told = await estimatePages(pdfModel(MODELS[name] ?? {}), style);
      expect(Math.abs(told - real), `${style.style}: ${String(told)} for ${String(real)}`).toBeLessThanOrEqual(2 + 0.15 * real);
    }
  });
});
