/** axe, put into a page once: a builder that puts it there for each look takes ten times as long. */
import { expect, type Page } from "@playwright/test";
import axe from "axe-core";

/** What axe finds on the page as it stands, each rule with the first places. */
export async function axeFindings(page: Page, only?: axe.RunOptions["runOnly"]): Promise<string[]> {
  expect(page.frames(), "axe looks at the page alone: a frame would need an axe of its own").toHaveLength(1);
  // evaluate is exempt from the page's policy.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const options: axe.RunOptions = { resultTypes: ["violations"], ...(only === undefined ? {} : { runOnly: only }) };
  const { violations } = await page.evaluate((run) => (window as unknown as { axe: typeof axe }).axe.run(document, run), options);
  return violations.map(
    (v) =>
      `${v.id}: ${v.nodes
        .map((n) => n.target.join(" "))
        .slice(0, 3)
        .join(" | ")}`,
  );
}
