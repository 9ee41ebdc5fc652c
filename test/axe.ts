/** What axe finds wrong with a page as it stands, for people who cannot see it, or use no mouse; and where it is wider than its screen. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { isObject } from "../src/intake/text-rules.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A page notices its new size with the next frame, and shows what follows from it with the one after. */
const SETTLED = "new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))";
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const CONTRAST = "color-contrast";

const LOOKS = {
  everything: { runOnly: RULES },
  /** What is left to see in the dark. */
  colours: { runOnly: { type: "rule", values: [CONTRAST] } },
  /** The second phone differs from the first in its room alone: no style of ours changes between the two. */
  "all but colours": { runOnly: RULES, rules: { [CONTRAST]: { enabled: false } } },
} as const;

type Screen = { readonly width: number; readonly colorScheme: "light" | "dark"; readonly look: keyof typeof LOOKS };

/** A desk and two phones, in the light and in the dark. */
export const EVERY_SCREEN: readonly Screen[] = [
  { width: 1_440, colorScheme: "light", look: "everything" },
  { width: 1_440, colorScheme: "dark", look: "colours" },
  { width: 320, colorScheme: "dark", look: "colours" },
  { width: 320, colorScheme: "light", look: "everything" },
  { width: 390, colorScheme: "light", look: "all but colours" },
];
/** For a page that `dashboard-axe.e2e.test.ts` sees on every screen when there is most to see, as it stands in another moment. */
export const DESK_AND_PHONE: readonly Screen[] = [
  { width: 1_440, colorScheme: "light", look: "everything" },
  { width: 320, colorScheme: "dark", look: "everything" },
];

/** Each as a line, of the page as it stands on each screen: where, which rule, and where on the page first. */
export async function axeFindings(page: Page, where: string, screens: readonly Screen[]): Promise<readonly string[]> {
  // By the debugger, not as a script of the page: its policy would refuse it. Half a megabyte, so once a document.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  const found: string[] = [];
  for (const { width, colorScheme, look } of screens) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const here = `${where} at ${width}, ${colorScheme}`;
    found.push(...(await findings(page, LOOKS[look])).map((finding) => `${here}: ${finding}`));
    const wide = Number(await page.evaluate("document.documentElement.scrollWidth"));
    if (wide > width) found.push(`${here} is ${wide} pixels wide`);
  }
  return found;
}

async function findings(page: Page, look: object): Promise<readonly string[]> {
  const options = JSON.stringify({ ...look, resultTypes: ["violations"] });
  const answer: unknown = await page.evaluate(`${SETTLED}.then(() => axe.run(document, ${options}))`);
  if (!isObject(answer) || !Array.isArray(answer.violations)) throw new Error("axe gave no answer");
  return answer.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
}
