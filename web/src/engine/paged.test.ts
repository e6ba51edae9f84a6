import { describe, expect, it } from "vitest";
import { PagedRows } from "./paged.ts";

const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

describe("a paged list", () => {
  it("[lists] fetches only the pages in sight, and each once", async () => {
    const asked: number[] = [];
    const rows = new PagedRows<number>((offset, limit) => {
      asked.push(offset);
      return Promise.resolve({ rows: Array.from({ length: limit }, (_, i) => offset + i), total: 50_000 });
    });
    rows.ensure(0, 20);
    rows.ensure(10, 30);
    await settle();
    rows.ensure(49_890, 49_999);
    await settle();
    expect(asked).toEqual([0, 49_800, 49_900]);
    expect(rows.total).toBe(50_000);
    expect(rows.row(49_999)).toBe(49_999);
    expect(rows.row(20_000)).toBeUndefined();
  });

  it("[lists] keeps showing old rows while it fetches again", async () => {
    let value = 1;
    const rows = new PagedRows<number>(() => Promise.resolve({ rows: [value], total: 1 }));
    rows.ensure(0, 0);
    await settle();
    value = 2;
    rows.refresh();
    expect(rows.row(0)).toBe(1);
    await settle();
    expect(rows.row(0)).toBe(2);
  });

  it("[lists] a change that arrives during a fetch leads to another fetch", async () => {
    let value = 1;
    let release: (() => void) | undefined;
    let calls = 0;
    const rows = new PagedRows<number>(async () => {
      const seen = value;
      calls++;
      if (calls === 1) await new Promise<void>((done) => (release = done));
      return { rows: [seen], total: 1 };
    });
    rows.ensure(0, 0);
    await settle();
    value = 2;
    rows.refresh();
    release?.();
    await settle();
    await settle();
    expect(rows.row(0)).toBe(2);
    expect(calls).toBe(2);
  });

  it("[lists] says when the engine did not answer, and recovers", async () => {
    let broken = true;
    const rows = new PagedRows<number>(() => (broken ? Promise.reject(new Error("gone")) : Promise.resolve({ rows: [1], total: 1 })));
    rows.ensure(0, 0);
    await settle();
    expect(rows.failed).toBe(true);
    broken = false;
    rows.refresh();
    await settle();
    expect(rows.failed).toBe(false);
    expect(rows.row(0)).toBe(1);
  });
});
