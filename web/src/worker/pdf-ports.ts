import shapeUrl from "harfbuzzjs/dist/harfbuzz.wasm?url";
import subsetUrl from "harfbuzzjs/dist/harfbuzz-subset.wasm?url";
import { renderPdfs, type PageMaker } from "@countersign/shared/snapshot/pdf/render";
import { fontPackage, type FontFamily, type PdfPorts, type WasmExports } from "@countersign/shared/snapshot/pdf/ports";

/** Where each font file lies once built, by its path in the packages. Nothing of it is fetched before a text needs it. */
const FILES = import.meta.glob<string>(
  [
    "../../../node_modules/@fontsource-variable/noto-*/files/*-wght-normal.woff2",
    "../../../node_modules/@fontsource/noto-sans-symbols-2/files/*-400-normal.woff2",
  ],
  { query: "?url", import: "default", eager: true, exhaustive: true },
);
/** Which characters each file has, fetched with the first export. */
const RANGES = import.meta.glob<Readonly<Record<string, string>>>(
  ["../../../node_modules/@fontsource-variable/noto-*/unicode.json", "../../../node_modules/@fontsource/noto-sans-symbols-2/unicode.json"],
  { import: "default", exhaustive: true },
);
const WASM = { shape: shapeUrl, subset: subsetUrl } as const;
const at = (family: FontFamily, file: string): string => `../../../node_modules/${fontPackage(family)}/${file}`;

async function bytesOf(url: string): Promise<ArrayBuffer | undefined> {
  try {
    const got = await fetch(url);
    return got.ok ? await got.arrayBuffer() : undefined;
  } catch {
    // Offline, and never fetched before.
    return undefined;
  }
}

/** Letters for PDF pages, from the app's own files. */
const webPdfPorts: PdfPorts = {
  async instantiate(module, imports): Promise<WasmExports> {
    const bytes = await bytesOf(WASM[module]);
    if (!bytes) throw new Error("a part of the app could not be loaded");
    const { instance } = await WebAssembly.instantiate(bytes, imports);
    return instance.exports;
  },
  async ranges(family) {
    const load = RANGES[at(family, "unicode.json")];
    return load ? await load() : {};
  },
  async font(family, file) {
    const url = FILES[at(family, `files/${file}`)];
    const bytes = url === undefined ? undefined : await bytesOf(url);
    return bytes && new Uint8Array(bytes);
  },
};

/** Lays out pages with them. */
export const webPages: PageMaker = (d, style, job) => renderPdfs(d, style, webPdfPorts, job);
