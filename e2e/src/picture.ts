import { deflateSync } from "node:zlib";
import { crc32 } from "@countersign/shared/base/crc32";

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG of one row in which each letter is a grey point; the row is stored and not packed. */
export function greyPng(letters: string): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(letters.length, 0);
  head.writeUInt32BE(1, 4);
  head[8] = 8;
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(letters, "latin1")]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(row, { level: 0 })), chunk("IEND", Buffer.alloc(0))]);
}
