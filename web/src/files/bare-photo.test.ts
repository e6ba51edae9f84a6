import fc from "fast-check";
import { expect, test } from "vitest";
import { barePhoto } from "./bare-photo.ts";

/** Pictures of 4 by 2 points, as a common program writes them. */
const JPEG = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAACAAQDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAaEAEAAQUAAAAAAAAAAAAAAAAAAQIDE1OS/8QAFAEBAAAAAAAAAAAAAAAAAAAABf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AIbPe219SAYPP//Z",
  "base64",
);
/** With times in texts, as that program adds them. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACAgMAAAACxpXwAAAABGdBTUEAALGPC/xhBQAAACBjSFJNAAB6JgAAgIQAAPoAAACA6AAAdTAAAOpgAAA6mAAAF3CculE8AAAACVBMVEX/AAAAAP////8Ul8VoAAAAAWJLR0QCZgt8ZAAAAAd0SU1FB+oLGgA1FIuUAmUAAAAMSURBVAjXY2BgCAUAAFkAVl7LzY8AAAAldEVYdGRhdGU6Y3JlYXRlADIwMjYtMTEtMjZUMDA6NTM6MTkrMDA6MDCIFyxDAAAAJXRFWHRkYXRlOm1vZGlmeQAyMDI2LTExLTI2VDAwOjUzOjE5KzAwOjAw+UqU/wAAAABJRU5ErkJggg==",
  "base64",
);
const WEBP = Buffer.from("UklGRj4AAABXRUJQVlA4IDIAAAAwAgCdASoEAAIAAgA0JaACdLoB+AADISoiEAD++33iaLPl9/bsFnLq//G7cYb70AAAAA==", "base64");

const PLACE = "GPS 48.2082N 16.3738E";
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("latin1");
const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

/** An Exif segment with a place, turned as a phone writes it that was held upright. */
function exif(turned: number): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 24 + 4);
  tiff.write("II", 0, "latin1");
  tiff.writeUInt16LE(42, 2);
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(2, 8);
  tiff.writeUInt16LE(0x010f, 10);
  tiff.writeUInt16LE(0x0112, 22);
  tiff.writeUInt16LE(3, 24);
  tiff.writeUInt32LE(1, 26);
  tiff.writeUInt16LE(turned, 30);
  return segment(0xe1, Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff, Buffer.from(PLACE)]));
}

const after = (head: Buffer, at: number, ...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([head.subarray(0, at), ...parts, head.subarray(at)]);

test("[threats] a photo loses its place, its thumbnail and what hangs behind it, and not a bit of its picture", () => {
  const extra = [
    exif(1),
    segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${PLACE}`)),
    segment(0xe2, Buffer.from(`MPF\0${PLACE}`)),
    segment(0xed, Buffer.from(PLACE)),
    segment(0xfe, Buffer.from(PLACE)),
  ];
  const photo = Buffer.concat([after(JPEG, 20, ...extra), Buffer.from(`a film ${PLACE}`)]);
  expect(text(photo)).toContain(PLACE);
  expect(text(barePhoto(photo))).toBe(text(JPEG));
});

test("[threats] a photo stays turned as it was, and keeps its colours", () => {
  const profile = segment(0xe2, Buffer.from("ICC_PROFILE\0\x01\x01 a profile"));
  const bare = Buffer.from(barePhoto(after(JPEG, 20, exif(6), profile)) ?? []);
  expect(text(bare)).not.toContain(PLACE);
  expect(text(bare)).toContain("a profile");
  // Exif 2.32: orientation is tag 0112 of type 3, one value.
  expect(bare.subarray(0, 4)).toEqual(Buffer.from([0xff, 0xd8, 0xff, 0xe1]));
  expect(bare.includes(Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]))).toBe(true);
  expect(text(barePhoto(bare))).toBe(text(bare));
});

test("[threats] PNG and WebP lose their texts, times and Exif, and keep their picture", () => {
  const bare = text(barePhoto(Buffer.concat([PNG, Buffer.from(PLACE)])));
  expect(bare).not.toMatch(/tEXt|tIME|2026|GPS/);
  for (const chunk of ["IHDR", "gAMA", "PLTE", "IDAT", "IEND"]) expect(bare).toContain(chunk);
  const chunk = Buffer.concat([
    Buffer.from("EXIF"),
    Buffer.from([PLACE.length, 0, 0, 0]),
    Buffer.from(PLACE),
    Buffer.alloc(PLACE.length % 2),
  ]);
  const withPlace = Buffer.concat([WEBP, chunk]);
  withPlace.writeUInt32LE(withPlace.length - 8, 4);
  expect(text(barePhoto(withPlace))).toBe(text(WEBP));
});

test("[threats] what is no such picture, or is cut short or altered, is said to be none or is read to its end, and nothing is thrown", () => {
  expect(barePhoto(Buffer.from("%PDF-1.7"))).toBeUndefined();
  const photos = [after(JPEG, 20, exif(6)), PNG, WEBP];
  for (const photo of photos) for (let n = 0; n < photo.length; n += 1) expect(barePhoto(photo.subarray(0, n)), String(n)).toBeUndefined();
  fc.assert(
    fc.property(fc.constantFrom(...photos), fc.nat(), fc.nat(255), (photo, at, value) => {
      const altered = Buffer.from(photo);
      altered[at % altered.length] = value;
      const bare = barePhoto(altered);
      expect((bare?.length ?? 0) <= altered.length + 64).toBe(true);
    }),
  );
});
