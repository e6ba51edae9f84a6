/**
 * Draws the app's icons: two ticks above one line, for two people who sign one record.
 * Run by hand after a change of the drawing: `node web/scripts/icons.mjs`. Needs nothing but Node.
 */
import { writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";

const OUT = new URL("../public/", import.meta.url);
const GROUND = [23, 97, 107];
const INK = [251, 250, 248];
const SECOND = [242, 193, 136];

/** Strokes in a square of side 1: [x1, y1, x2, y2, width, colour]. */
const STROKES = [
  [0.24, 0.74, 0.76, 0.74, 0.055, INK],
  [0.3, 0.52, 0.43, 0.66, 0.085, INK],
  [0.43, 0.66, 0.72, 0.26, 0.085, INK],
  [0.28, 0.3, 0.36, 0.38, 0.06, SECOND],
  [0.36, 0.38, 0.5, 0.22, 0.06, SECOND],
];

const hex = (c) => "#" + c.map((v) => v.toString(16).padStart(2, "0")).join("");

function distance(px, py, [x1, y1, x2, y2]) {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const t = Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(px - x1 - t * dx, py - y1 - t * dy);
}

/** Coverage of a rounded square of corner radius r at distance (px, py), softened over one pixel. */
function inSquare(px, py, r, soft) {
  const qx = Math.abs(px - 0.5) - (0.5 - r);
  const qy = Math.abs(py - 0.5) - (0.5 - r);
  const d = Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0) - r;
  return Math.max(0, Math.min(1, 0.5 - d / soft));
}

function draw(size, radius, scale) {
  const rows = Buffer.alloc(size * (1 + 4 * size));
  const soft = 1 / size;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const px = (x + 0.5) / size;
      const py = (y + 0.5) / size;
      const ground = radius === 0 ? 1 : inSquare(px, py, radius, soft);
      let colour = GROUND;
      const sx = (px - 0.5) / scale + 0.5;
      const sy = (py - 0.5) / scale + 0.5;
      for (const stroke of STROKES) {
        const cover = Math.max(0, Math.min(1, 0.5 - (distance(sx, sy, stroke) - stroke[4] / 2) / (soft / scale)));
        colour = colour.map((v, i) => v + (stroke[5][i] - v) * cover);
      }
      const at = y * (1 + 4 * size) + 1 + 4 * x;
      rows.set([...colour.map(Math.round), Math.round(255 * ground)], at);
    }
  }
  return png(size, rows);
}

function png(size, rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const parts = [Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])];
  for (const [type, data] of [
    ["IHDR", head],
    ["IDAT", deflateSync(rows, { level: 9 })],
    ["IEND", Buffer.alloc(0)],
  ]) {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    parts.push(out);
  }
  return Buffer.concat(parts);
}

function crc(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return (c ^ 0xffffffff) >>> 0;
}

const lines = STROKES.map(
  ([x1, y1, x2, y2, w, c]) =>
    `  <path d="M${x1 * 100} ${y1 * 100}L${x2 * 100} ${y2 * 100}" stroke="${hex(c)}" stroke-width="${w * 100}" stroke-linecap="round"/>`,
).join("\n");
writeFileSync(
  new URL("icon.svg", OUT),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" fill="none">\n  <rect width="100" height="100" rx="22" fill="${hex(GROUND)}"/>\n${lines}\n</svg>\n`,
);
writeFileSync(new URL("icon-192.png", OUT), draw(192, 0.22, 1));
writeFileSync(new URL("icon-512.png", OUT), draw(512, 0.22, 1));
writeFileSync(new URL("icon-512-maskable.png", OUT), draw(512, 0, 0.78));
writeFileSync(new URL("icon-180.png", OUT), draw(180, 0, 0.9));
