import { describe, expect, it } from "vitest";
import { SAM, together } from "../../engine/fake/household.ts";
import { filterOf } from "./filter.ts";

const of = (query: string): ReturnType<typeof filterOf> => filterOf(new URLSearchParams(query), together);

describe("the choice in the address", () => {
  it("[H1] becomes a filter; days are the household's, the last one whole", () => {
    expect(of("")).toEqual({});
    expect(of("type=expense&by=" + SAM)).toEqual({ types: ["act"], kinds: ["expense"], member: SAM });
    expect(of("type=set-aside&text=%20shoes%20")).toEqual({ types: ["set-aside"], text: "shoes" });
    expect(of("from=2026-03-29&to=2026-03-29")).toEqual({ from: Date.parse("2026-03-29T00:00Z"), to: Date.parse("2026-03-29T23:00Z") });
    expect(of("child=Mia%20B.")).toEqual({ child: "Mia B." });
    expect(of("device=" + (together.people[1]?.devices[0]?.device ?? ""))).toEqual({ device: together.people[1]?.devices[0]?.device });
  });

  it("[H1] what is not in the record, or no such thing, asks for nothing", () => {
    expect(of("type=everything&by=nobody&device=none&record=x&from=soon&to=")).toEqual({});
  });
});
