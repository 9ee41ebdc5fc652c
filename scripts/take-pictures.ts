/**
 * Pictures of every page of the dashboard over a running service, for a look at it: node scripts/take-pictures.ts URL FOLDER. Those of the README
 * are taken by take-readme-pictures.ts.
 * Its jobs are those that are there; `npm start` brings the two that are looked at.
 */
import { mkdir } from "node:fs/promises";
import { launchChromium } from "../test/launch-chromium.ts";

const [, , url = "http://127.0.0.1:8080", folder = "pictures"] = process.argv;
const PAGES = {
  overview: "/",
  jobs: "/jobs",
  "job-failures": "/jobs/1",
  "job-images": "/jobs/1?tab=images&outcome=failed",
  "job-visits": "/jobs/1?tab=visits",
  "job-sheet": "/jobs/1?tab=sheet",
  "job-truth": "/jobs/2?tab=truth",
  "job-truth-shares": "/jobs/2?tab=truth&look=shares",
  "job-truth-figures": "/jobs/2?tab=truth&look=figures",
  review: "/review",
  "review-rules": "/review/rules",
  stores: "/stores?q=S00339218",
  store: "/stores/S00339218",
  insight: "/insight",
  images: "/images",
  submit: "/submit",
  schedules: "/schedules",
  webhooks: "/webhooks",
  hosts: "/hosts",
  keys: "/keys",
  health: "/health",
  nothing: "/jobs?status=paused",
  nowhere: "/nowhere",
} as const;
const WIDTHS = [1_440, 390, 320];
const LOOKS = WIDTHS.flatMap((width) => (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })));

await mkdir(folder, { recursive: true });
const browser = await launchChromium();
for (const { width, colorScheme } of LOOKS) {
  const look = `${width}-${colorScheme}`;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  page.on("console", (message) => message.type() === "error" && console.error(`${look}: ${message.text()}`));
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(url + path);
    await page.locator(".live.live").waitFor();
    await page.waitForLoadState("domcontentloaded");
    await page.locator("h1").first().waitFor();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 900)));
    await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: true });
  }
  await page.close();
}
await browser.close();
