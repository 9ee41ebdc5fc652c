/** What axe finds wrong with a page as it stands, for people who cannot see it, or use no mouse. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { isObject } from "../src/intake/text-rules.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A page notices its new size with the next frame, and shows what follows from it with the one after. */
const SETTLED = "new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))";
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Each as a line: which rule, and where on the page first. */
export const axeFindings = (page: Page): Promise<readonly string[]> => findings(page, RULES);

/** Of its colours alone. */
export const contrastFindings = (page: Page): Promise<readonly string[]> =>
  findings(page, { type: "rule", values: ["color-contrast"] });

async function findings(page: Page, runOnly: unknown): Promise<readonly string[]> {
  // By the debugger, not as a script of the page: its policy would refuse it. Half a megabyte, so once a document.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  await page.evaluate(`${SETTLED}.then(() => undefined)`);
  const options = JSON.stringify({ runOnly, resultTypes: ["violations"] });
  const answer: unknown = await page.evaluate(`axe.run(document, ${options})`);
  if (!isObject(answer) || !Array.isArray(answer.violations)) throw new Error("axe gave no answer");
  return answer.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
}
