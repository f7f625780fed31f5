import axe from "axe-core";
import type { Page } from "playwright-core";

interface AxeNode {
  readonly html: string;
  readonly failureSummary?: string;
}
interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly AxeNode[] }[];
}

/** What axe has against the page by WCAG 2.2 AA, one line for each element; empty is well. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source); // by the DevTools, which no policy of the page forbids
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}
