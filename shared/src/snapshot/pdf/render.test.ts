import { unzlibSync } from "fflate";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { nodePdfPorts } from "../../../node/pdf-ports.ts";
import { pdfModel, type ModelOptions } from "../../../test/pdf-model.ts";
import { initCrypto } from "../../crypto/init.ts";
import type { Job } from "../source.ts";
import type { PageStyle } from "../../views/snapshot.ts";
import { gather } from "../pieces.ts";
import { renderPdfs } from "./render.ts";

vi.setConfig({ testTimeout: 120_000 });
beforeAll(initCrypto);

const SERIAL: PageStyle = { style: "serial", prefix: "CS-", from: 1 };
const MODEL: ModelOptions = {
  names: ["Ada", "בן"],
  threads: [
    { subject: "School (2026)", texts: Array.from({ length: 50 }, (_, i) => `Message ${String(i)}: can you come?`) },
    { subject: "مرحبا", texts: ["سلام 👍", "abc\u202edef", "word ".repeat(3000)] },
  ],
  expenses: [
    { title: "Dentist", note: "teeth" },
    { title: "Boots", reason: "too dear" },
  ],
};

async function rendered(options: ModelOptions, style: PageStyle = SERIAL, job: Job = {}): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const file of renderPdfs(pdfModel(options), style, nodePdfPorts, job)) {
    if (!file.ok) throw new Error(file.error.code);
    files.set(file.value[0], Buffer.from(await gather(file.value[1])));
  }
  return files;
}

/** All streams of a PDF, unpacked. */
function streams(pdf: Buffer): string {
  const text = pdf.toString("latin1");
  const out: string[] = [];
  for (const m of text.matchAll(/\/Filter\/FlateDecode\/Length (\d+)>>\nstream\n/g)) {
    const from = m.index + m[0].length;
    out.push(Buffer.from(unzlibSync(pdf.subarray(from, from + Number(m[1])))).toString("latin1"));
  }
  return out.join("\n");
}

describe("the pages of a snapshot", () => {
  it("[S1] have the same bytes each time, whatever the clock says", async () => {
    const one = await rendered(MODEL);
    vi.useFakeTimers({ now: 4_000_000_000_000, toFake: ["Date"] });
    const two = await rendered(MODEL);
    vi.useRealTimers();
    expect([...one.keys()]).toEqual([
      "data/report/messages.pdf",
      "data/report/expenses.pdf",
      "data/report/history.pdf",
      "data/certificate.pdf",
      "data/START-HERE.pdf",
    ]);
    for (const [path, bytes] of one) expect(two.get(path)?.equals(bytes), path).toBe(true);
    const other = await rendered({ ...MODEL, names: ["Ada", "Bea"] });
    expect(other.get("data/START-HERE.pdf")?.equals(one.get("data/START-HERE.pdf") ?? Buffer.alloc(0))).toBe(false);
  });

  it("[S6] are numbered through the bundle, page one first", async () => {
    const files = await rendered({ threads: [{ subject: "a", texts: ["b"] }] });
    const first = (path: string): string | undefined =>
      /\/Nums\[0<<\/P\((.*?)\)\/S\/D\/St (\d+)/.exec(files.get(path)?.toString("latin1") ?? "")?.[2];
    const count = (path: string): number => Number(/\/Type\/Pages\/Count (\d+)/.exec(files.get(path)?.toString("latin1") ?? "")?.[1]);
    let next = 1;
    for (const path of [
      "data/START-HERE.pdf",
      "data/report/messages.pdf",
      "data/report/expenses.pdf",
      "data/report/history.pdf",
      "data/certificate.pdf",
    ]) {
      expect(first(path), path).toBe(String(next));
      next += count(path);
    }
  });

  it("hold their fonts, run nothing and reach for nothing outside", async () => {
    for (const [path, pdf] of await rendered(MODEL)) {
      const text = pdf.toString("latin1") + streams(pdf);
      expect(text.match(/\/Type\/FontDescriptor/g)?.length, path).toBe(text.match(/\/FontFile2 /g)?.length);
      expect(text, path).not.toMatch(/\/(?:JavaScript|JS|Launch|URI|OpenAction|EmbeddedFile|AA|SubmitForm)\b/);
      // Links to other files lead into the bundle.
      for (const m of text.matchAll(/\/S\/GoToR\/F<feff([0-9a-f]+)>/g)) {
        const file = Buffer.from(m[1] ?? "", "hex")
          .swap16()
          .toString("utf16le");
        expect(file).toMatch(/^(?:report\/[a-z]+|certificate)\.pdf$/);
      }
    }
  });

  it("have fields to fill in on the forms, and only there", async () => {
    const files = await rendered({});
    const fields = (path: string): number =>
      files
        .get(path)
        ?.toString("latin1")
        .match(/\/FT\/Tx/g)?.length ?? 0;
    expect(fields("data/certificate.pdf")).toBeGreaterThan(20);
    expect(fields("data/START-HERE.pdf")).toBe(0);
  });

  it("can be stopped, and tell how far they are", async () => {
    const seen: number[] = [];
    const pause = (): Promise<void> => new Promise((done) => setTimeout(done, 45));
    const job: Job = { progress: (done) => seen.push(done), cancelled: () => seen.length > 1, pause };
    await expect(rendered(MODEL, SERIAL, job)).rejects.toThrow("cancelled");
    expect(seen).toHaveLength(2);
  });

  it("name the font that is missing instead of drawing something else", async () => {
    const ports = { ...nodePdfPorts, font: () => Promise.resolve(undefined) };
    for await (const file of renderPdfs(pdfModel(MODEL), SERIAL, ports))
      expect(file).toMatchObject({ ok: false, error: { code: "fonts-missing" } });
  });
});
