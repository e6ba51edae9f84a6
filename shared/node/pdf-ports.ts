import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { renderPdfs, type PageMaker } from "../src/snapshot/pdf/render.ts";
import { fontPackage, type PdfPorts, type WasmExports } from "../src/snapshot/pdf/ports.ts";

const require = createRequire(import.meta.url);
const WASM = { shape: "harfbuzzjs/dist/harfbuzz.wasm", subset: "harfbuzzjs/dist/harfbuzz-subset.wasm" } as const;

/** Node has it, but its types leave it to the DOM's. */
interface Instantiates {
  instantiate(bytes: Uint8Array, imports: unknown): Promise<{ readonly instance: { readonly exports: WasmExports } }>;
}
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Instantiates };

/** Fonts and HarfBuzz from the installed packages. */
export const nodePdfPorts: PdfPorts = {
  async instantiate(module, imports): Promise<WasmExports> {
    const bytes = await readFile(require.resolve(WASM[module]));
    const { instance } = await WebAssembly.instantiate(bytes, imports);
    return instance.exports;
  },
  async ranges(family): Promise<Readonly<Record<string, string>>> {
    return JSON.parse(await readFile(require.resolve(`${fontPackage(family)}/unicode.json`), "utf8")) as Record<string, string>;
  },
  async font(family, file): Promise<Uint8Array | undefined> {
    return new Uint8Array(await readFile(join(dirname(require.resolve(`${fontPackage(family)}/unicode.json`)), "files", file)));
  },
};

/** Lays out pages with them. */
export const nodePages: PageMaker = (d, style, job) => renderPdfs(d, style, nodePdfPorts, job);
