/** What laying out pages needs from outside: the code here does no I/O. The web fetches its own assets, Node reads the installed packages. */
export interface PdfPorts {
  /** Starts one of HarfBuzz's two WebAssembly modules with these imports and gives its exports. */
  instantiate(module: "shape" | "subset", imports: Readonly<Record<string, Readonly<Record<string, WasmFunction>>>>): Promise<WasmExports>;
  /** The characters of each file of a font family, as its package lists them: file key to `U+0600-06FF,U+0750`. */
  ranges(family: FontFamily): Promise<Readonly<Record<string, string>>>;
  /** One WOFF2 file of a family. Undefined where it cannot be had now: this device is offline and never fetched it. */
  font(family: FontFamily, file: string): Promise<Uint8Array | undefined>;
}

export type WasmFunction = (...args: number[]) => number;
export type WasmExports = Readonly<Record<string, unknown>>;

/** The families, in the order in which they are asked for a character; all of one design. The four for Han characters take turns (`hanOrder`). */
export const FAMILIES = [
  "noto-sans",
  "noto-sans-hebrew",
  "noto-sans-arabic",
  "noto-sans-thai",
  "noto-sans-bengali",
  "noto-sans-gurmukhi",
  "noto-sans-gujarati",
  "noto-sans-tamil",
  "noto-sans-telugu",
  "noto-sans-kannada",
  "noto-sans-malayalam",
  "noto-sans-sinhala",
  "noto-sans-khmer",
  "noto-sans-myanmar",
  "noto-sans-lao",
  "noto-sans-georgian",
  "noto-sans-armenian",
  "noto-sans-ethiopic",
  "noto-emoji",
  "noto-sans-sc",
  "noto-sans-tc",
  "noto-sans-jp",
  "noto-sans-kr",
  "noto-sans-symbols",
  "noto-sans-symbols-2",
] as const;

export type FontFamily = (typeof FAMILIES)[number];

/** The file of a family below `files/` in its package. */
export function fontFile(family: FontFamily, key: string): string {
  const name = key.replace(/^\[(\d+)\]$/, "$1");
  return family === "noto-sans-symbols-2" ? `${family}-${name}-400-normal.woff2` : `${family}-${name}-wght-normal.woff2`;
}

/** The npm package of a family. */
export const fontPackage = (family: FontFamily): string =>
  family === "noto-sans-symbols-2" ? `@fontsource/${family}` : `@fontsource-variable/${family}`;
