import type { PdfPorts, WasmExports, WasmFunction } from "./ports.ts";

/**
 * HarfBuzz by its C interface: a few calls of its two WebAssembly modules, one for shaping and one for cutting fonts down. Being one machine
 * code for every platform it gives the same glyphs and the same bytes everywhere.
 */
export class HarfBuzz {
  readonly shaper: Wasm;
  readonly subsetter: Wasm;

  private constructor(shaper: Wasm, subsetter: Wasm) {
    this.shaper = shaper;
    this.subsetter = subsetter;
  }

  static async start(ports: PdfPorts): Promise<HarfBuzz> {
    return new HarfBuzz(await Wasm.start(ports, "shape"), await Wasm.start(ports, "subset"));
  }
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65_536;

/** One module with its memory. Pointers are numbers; what is taken with `put` is given back with `free`. */
export class Wasm {
  readonly #exports: WasmExports;
  readonly #memory: Memory;

  private constructor(exports: WasmExports) {
    this.#exports = exports;
    this.#memory = exports["memory"] as Memory;
  }

  static async start(ports: PdfPorts, module: "shape" | "subset"): Promise<Wasm> {
    const own: { memory?: Memory } = {};
    const stop = (): number => {
      throw new Error("HarfBuzz gave up");
    };
    const grow = (size: number): number => {
      if (!own.memory) return 0;
      own.memory.grow(Math.ceil((size - own.memory.buffer.byteLength) / PAGE));
      return 1;
    };
    const exports = await ports.instantiate(module, {
      wasi_snapshot_preview1: { proc_exit: stop },
      env: {
        _emscripten_runtime_keepalive_clear: () => 0,
        _abort_js: stop,
        _setitimer_js: () => 0,
        emscripten_resize_heap: (size = 0) => grow(size >>> 0),
        emscripten_notify_memory_growth: () => 0,
      },
    });
    own.memory = exports["memory"] as Memory;
    for (const start of ["__wasm_call_ctors", "_initialize"]) if (exports[start]) (exports[start] as WasmFunction)();
    return new Wasm(exports);
  }

  call(name: string, ...args: number[]): number {
    return (this.#exports[name] as WasmFunction)(...args);
  }

  put(bytes: Uint8Array): number {
    const at = this.call("malloc", Math.max(1, bytes.length));
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    return at;
  }

  free(at: number): void {
    this.call("free", at);
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length).slice();
  }

  /** A view that is good until the next call. */
  words(at: number, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, count);
  }
}

const tag = (name: string): number => [0, 1, 2, 3].reduce((n, i) => (n << 8) | name.charCodeAt(i), 0);

const WRITABLE = 2;
const RTL = 5;
const LTR = 4;
const CONTEXT = 5;
const UPEM = 1000;
/** Words of `hb_glyph_info_t` and `hb_glyph_position_t`. */
const STRUCT = 5;

/** Glyphs of a run in the order in which they are drawn, left to right; lengths in thousandths of the font size. */
export interface Glyph {
  readonly id: number;
  /** UTF-16 index of the cluster's first unit. */
  readonly cluster: number;
  readonly advance: number;
  readonly x: number;
  readonly y: number;
}

/** A font file at one weight, ready for shaping. */
export class ShapingFont {
  readonly #wasm: Wasm;
  readonly #font: number;
  readonly #buffer: number;
  readonly #widths = new Map<number, number>();
  readonly unicodes: ReadonlySet<number>;

  constructor(wasm: Wasm, sfnt: Uint8Array, weight: number) {
    this.#wasm = wasm;
    const data = wasm.put(sfnt);
    const blob = wasm.call("hb_blob_create", data, sfnt.length, WRITABLE, 0, 0);
    const face = wasm.call("hb_face_create", blob, 0);
    this.#font = wasm.call("hb_font_create", face);
    wasm.call("hb_font_set_scale", this.#font, UPEM, UPEM);
    const variation = wasm.call("malloc", 8);
    wasm.words(variation, 1)[0] = tag("wght");
    wasm.words(variation + 4, 1).set(new Int32Array(new Float32Array([weight]).buffer));
    wasm.call("hb_font_set_variations", this.#font, variation, 1);
    wasm.free(variation);
    this.#buffer = wasm.call("hb_buffer_create");
    this.unicodes = this.#collect(face);
  }

  #collect(face: number): ReadonlySet<number> {
    const wasm = this.#wasm;
    const set = wasm.call("hb_set_create");
    wasm.call("hb_face_collect_unicodes", face, set);
    const count = wasm.call("hb_set_get_population", set);
    const at = wasm.call("malloc", Math.max(4, count * 4));
    // HB_SET_VALUE_INVALID is the value before the first.
    wasm.call("hb_set_next_many", set, -1, at, count);
    const unicodes = new Set(wasm.words(at, count));
    wasm.free(at);
    wasm.call("hb_set_destroy", set);
    return unicodes;
  }

  /** Advance width of a glyph, thousandths of the font size. */
  width(glyph: number): number {
    let width = this.#widths.get(glyph);
    if (width === undefined) {
      width = this.#wasm.call("hb_font_get_glyph_h_advance", this.#font, glyph);
      this.#widths.set(glyph, width);
    }
    return width;
  }

  /** Shapes `text` from `start` to `end`, seeing a little of what stands round it. */
  shape(text: string, start: number, end: number, isRtl: boolean): Glyph[] {
    const wasm = this.#wasm;
    const from = Math.max(0, start - CONTEXT);
    const length = Math.min(text.length, end + CONTEXT) - from;
    const units = new Uint16Array(length);
    for (let i = 0; i < length; i++) units[i] = text.charCodeAt(from + i);
    const at = wasm.put(new Uint8Array(units.buffer));
    const buffer = this.#buffer;
    wasm.call("hb_buffer_reset", buffer);
    wasm.call("hb_buffer_add_utf16", buffer, at, length, start - from, end - start);
    wasm.call("hb_buffer_set_direction", buffer, isRtl ? RTL : LTR);
    wasm.call("hb_buffer_guess_segment_properties", buffer);
    wasm.call("hb_shape", this.#font, buffer, 0, 0);
    wasm.free(at);
    const count = wasm.call("hb_buffer_get_length", buffer);
    const infosAt = wasm.call("hb_buffer_get_glyph_infos", buffer, 0);
    const positionsAt = wasm.call("hb_buffer_get_glyph_positions", buffer, 0);
    const infos = wasm.words(infosAt, count * STRUCT);
    const positions = wasm.words(positionsAt, count * STRUCT);
    const glyphs: Glyph[] = [];
    for (let i = 0; i < count; i++) {
      const o = i * STRUCT;
      glyphs.push({
        id: infos[o] ?? 0,
        cluster: from + (infos[o + 2] ?? 0),
        advance: positions[o] ?? 0,
        x: positions[o + 2] ?? 0,
        y: positions[o + 3] ?? 0,
      });
    }
    return glyphs;
  }
}

/** `HB_SUBSET_FLAGS_*`: no hinting, and every glyph keeps its number. */
const FLAGS = 0x01 | 0x02;
const GLYPH_SETS = { drop: 3 } as const;
const UNUSED = ["GSUB", "GPOS", "GDEF", "name", "post", "STAT", "MVAR", "DSIG", "meta", "BASE"];

/** What of a font is kept: glyphs by number, or characters, whose table then stays in the file. */
export interface Kept {
  readonly glyphs?: Iterable<number>;
  readonly characters?: Iterable<number>;
}

/** A font file cut down to a part of it at one weight. Glyph numbers stay as they are. */
export function subset(wasm: Wasm, sfnt: Uint8Array, { glyphs = [], characters = [] }: Kept, weight: number): Uint8Array {
  const data = wasm.put(sfnt);
  const blob = wasm.call("hb_blob_create", data, sfnt.length, WRITABLE, 0, 0);
  const face = wasm.call("hb_face_create", blob, 0);
  const input = wasm.call("hb_subset_input_create_or_fail");
  const set = wasm.call("hb_subset_input_glyph_set", input);
  for (const g of glyphs) wasm.call("hb_set_add", set, g);
  const unicodes = wasm.call("hb_subset_input_unicode_set", input);
  for (const c of characters) wasm.call("hb_set_add", unicodes, c);
  wasm.call("hb_subset_input_set_flags", input, FLAGS);
  const drop = wasm.call("hb_subset_input_set", input, GLYPH_SETS.drop);
  for (const t of UNUSED) wasm.call("hb_set_add", drop, tag(t));
  wasm.call("hb_subset_input_pin_axis_location", input, face, tag("wght"), weight);
  const made = wasm.call("hb_subset_or_fail", face, input);
  if (made === 0) throw new Error("a font of ours could not be cut down");
  const out = wasm.call("hb_face_reference_blob", made);
  const bytes = wasm.bytes(wasm.call("hb_blob_get_data", out, 0), wasm.call("hb_blob_get_length", out));
  for (const [kind, at] of [
    ["blob", out],
    ["face", made],
    ["face", face],
    ["blob", blob],
  ] as const)
    wasm.call(`hb_${kind}_destroy`, at);
  wasm.call("hb_subset_input_destroy", input);
  wasm.free(data);
  return bytes;
}
