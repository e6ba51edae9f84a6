import { describe, expect, it } from "vitest";
import { labelsOf } from "./labels.ts";

describe("page labels", () => {
  it("[S6] count through all reports with leading zeros, and say so to the program that shows the file", () => {
    const labels = labelsOf({ style: "serial", prefix: "CS-", from: 1 }, 2, 97);
    expect([0, 1, 2, 901, 902].map((i) => labels.label(i))).toEqual(["CS-000098", "CS-000099", "CS-000100", "CS-000999", "CS-001000"]);
    expect(labels.numbers(3)).toBe("0<</P(CS-0000)/S/D/St 98>>2<</P(CS-000)/S/D/St 100>>");
    expect(labels.numbers(2)).toBe("0<</P(CS-0000)/S/D/St 98>>");
  });

  it("[S6] have more digits only once six are used up", () => {
    const labels = labelsOf({ style: "serial", prefix: "", from: 999_999 }, 0, 0);
    expect([labels.label(0), labels.label(1)]).toEqual(["999999", "1000000"]);
    expect(labels.numbers(2)).toBe("0<</P()/S/D/St 999999>>1<</P()/S/D/St 1000000>>");
  });

  it("[S6] give each report a letter and count its pages anew, as England's bundles do", () => {
    const style = { style: "sections", from: "Y" } as const;
    expect([0, 1, 2, 3].map((section) => labelsOf(style, section, 50).label(4))).toEqual(["Y5", "Z5", "AA5", "AB5"]);
    expect(labelsOf(style, 0, 50).numbers(9)).toBe("0<</P(Y)/S/D>>");
  });

  it("[S6] are plain page numbers where none were chosen", () => {
    const labels = labelsOf({ style: "none" }, 3, 50);
    expect([labels.label(0), labels.numbers(9)]).toEqual(["1", ""]);
  });
});
