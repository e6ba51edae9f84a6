import { expect, test } from "vitest";
import { onOneLine, showUnseen } from "./unseen.ts";

test("[threats] a mark that turns the direction of text is shown by its number: a program's name can't pass for a picture's", () => {
  expect(showUnseen("holiday\u202egnp.exe")).toBe("holiday[U+202E]gnp.exe");
  expect(showUnseen("two\nlines\tand\u0007a bell")).toBe("two\nlines\tand[U+0007]a bell");
});

test("[threats] what has to stay in one line has no end of a line", () => {
  expect(onOneLine("Sam\r\nAll is well.\u2028Yes")).toBe("Sam[U+000D][U+000A]All is well.[U+2028]Yes");
});
