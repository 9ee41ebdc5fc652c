/** Every page of the dashboard as axe sees it: in the light and in the dark, on a desk and on phones, while a job runs and when it is over. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { aPng } from "../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { axeFindings } from "./axe.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { aLedgerOf, createEnding, type Ending, startService } from "./storewalk-process.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);
const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS2,Kiosk,7100016\n";
const SCREENS = [
  [1_440, "light"],
  [1_440, "dark"],
  [390, "light"],
  [390, "dark"],
  [320, "light"],
] as const;

/** Gives one picture; nothing at all under /never, nothing that is there under /missing. */
async function startHost(t: Ending): Promise<string> {
  const picture = aPng({ width: 300, height: 200 });
  return await startLoopbackServer(t, (request, response) => {
    if (request.url?.startsWith("/never")) return;
    if (request.url?.startsWith("/missing")) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png", "content-length": picture.length }).end(picture);
  });
}

describe("every page of the dashboard", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  let host: string;
  let url: string;
  before(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM.path,
      args: ["--no-sandbox"],
      timeout: CHROMIUM.patienceMs,
    });
    host = await startHost(ending);
    const settings = {
      STOREWALK_PORT: "0",
      ...aLedgerOf(ending, STORES),
      STOREWALK_ALLOW_HOSTS: host,
      STOREWALK_GPU_LATENCY_MS: "1",
    };
    url = (await startService(ending, settings).ready) ?? assert.fail("the service must start");
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  async function submit(...paths: readonly string[]): Promise<number> {
    const image_url = paths.map((path) => `http://${host}/${path}`);
    const visits = ["S1", "S9"].map((store_id) => ({ store_id, visit_time: "2026-01-05T10:00:00Z", image_url }));
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ count: 2, visits });
    const answer = await fetch(`${url}/api/v1/jobs`, { method: "POST", headers, body });
    const { job_id: job }: { job_id: number } = JSON.parse(await answer.text());
    return job;
  }

  /** What axe finds on a page, on each screen, and on which it is wider than that. */
  async function findings(page: Page, path: string): Promise<readonly string[]> {
    const found: string[] = [];
    await page.goto(url + path);
    await page.locator("h1").waitFor();
    await page.locator(".live.live").waitFor();
    for (const [width, colorScheme] of SCREENS) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const where = `${path} at ${width}, ${colorScheme}`;
      found.push(...(await axeFindings(page)).map((finding) => `${where}: ${finding}`));
      const wide = Number(await page.evaluate("document.documentElement.scrollWidth"));
      if (wide > width) found.push(`${where} is ${wide} pixels wide`);
    }
    return found;
  }

  async function aPage(): Promise<Page> {
    const page = await browser.newPage();
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    return page;
  }

  it("has nothing that axe finds while it has nothing to show, and at an address that is none", async () => {
    const page = await aPage();
    const found: string[] = [];
    for (const path of ["/", "/jobs", "/submit", "/review", "/webhooks", "/hosts", "/keys", "/nowhere"])
      found.push(...(await findings(page, path)));
    await page.close();
    assert.deepEqual(found, []);
  });

  it("has nothing that axe finds when jobs are over and one runs", async () => {
    const page = await aPage();
    const over = await submit("1.png", "2.png", "missing/3.png", `missing/${"long-".repeat(40)}4.png`);
    await page.goto(`${url}/jobs/${over}`);
    await page.getByText("6 failed images").waitFor();
    const running = await submit("5.png", "missing/6.png", "never/7.png");
    const found: string[] = [];
    for (const path of [
      "/",
      "/jobs",
      `/jobs/${over}`,
      `/jobs/${over}?tab=images`,
      `/jobs/${over}?tab=visits`,
      `/jobs/${over}?tab=sheet`,
      `/jobs/${running}`,
      `/jobs/${running}?tab=images`,
      "/stores",
      "/stores/S1",
      "/webhooks",
      "/hosts",
      "/keys",
      "/health",
    ])
      found.push(...(await findings(page, path)));
    await page.close();
    assert.deepEqual(found, []);
  });
});
