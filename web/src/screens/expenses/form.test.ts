import { describe, expect, it } from "vitest";
import { emptyForm, readForm } from "./form.ts";

describe("the draft of an expense", () => {
  it("[drafts] comes back as it was typed", () => {
    const form = { ...emptyForm("2026-11-20", "GBP"), title: "Shoes", amount: "38,5" };
    expect(readForm(JSON.stringify(form))).toEqual(form);
  });

  it("[drafts] that can't be read counts as none", () => {
    expect(["", "{", "[]", '{"title":1}', "null"].map(readForm)).toEqual(Array(5).fill(undefined));
  });
});
