/**
 * Pictures of the dashboard over a running service, for a look at it and for the README: node scripts/take-pictures.ts URL FOLDER.
 * Its jobs are those that are there; `npm start` brings one.
 */
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

const [, , url = "http://127.0.0.1:8080", folder = "pictures", chromiumPath = "/usr/bin/chromium"] = process.argv;
const PAGES = {
  overview: "/",
  jobs: "/jobs",
  "job-failures": "/jobs/1",
  "job-images": "/jobs/1?tab=images&outcome=failed",
  "job-visits": "/jobs/1?tab=visits",
  "job-sheet": "/jobs/1?tab=sheet",
  "job-truth": "/jobs/1?tab=truth",
  "job-truth-shares": "/jobs/1?tab=truth&look=shares",
  "job-truth-figures": "/jobs/1?tab=truth&look=figures",
  review: "/review",
  "review-rules": "/review/rules",
  stores: "/stores?q=S00339218",
  store: "/stores/S00339218",
  insight: "/insight",
  images: "/images",
  submit: "/submit",
  webhooks: "/webhooks",
  health: "/health",
  nothing: "/jobs?status=paused",
} as const;
const LOOKS = {
  light: { viewport: { width: 1180, height: 820 }, colorScheme: "light" },
  dark: { viewport: { width: 1180, height: 820 }, colorScheme: "dark" },
  phone: { viewport: { width: 375, height: 740 }, colorScheme: "light" },
} as const;

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
for (const [look, options] of Object.entries(LOOKS)) {
  const page = await browser.newPage(options);
  page.on("console", (message) => message.type() === "error" && console.error(`${look}: ${message.text()}`));
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(url + path);
    await page.locator(".live.live").waitFor();
    await page.waitForLoadState("domcontentloaded");
    await page.locator("h1").first().waitFor();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 900)));
    await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: look === "phone" });
  }
  await page.close();
}
await browser.close();
