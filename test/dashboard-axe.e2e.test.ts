/** Every page of the dashboard as axe sees it: in the light and in the dark, on a desk and on phones, signed in, while a job runs, runs again and is over. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { isObject } from "../src/intake/text-rules.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { axeFindings, DESK_AND_PHONE, EVERY_SCREEN } from "./axe.ts";
import { launchChromium } from "./launch-chromium.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { createEnding, type Ending, quickSettings, startService } from "./storewalk-process.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);
const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS2,Kiosk,7100016\n";

/** Gives one picture; nothing at all under /never, nothing that is there under /missing, and under /once first the one and then the other. */
async function startHost(t: Ending): Promise<string> {
  const picture = aPng({ width: 300, height: 200 });
  const asked = new Set<string>();
  return await startLoopbackServer(t, (request, response) => {
    const { url = "" } = request;
    const isAgain = asked.has(url);
    asked.add(url);
    if (url.startsWith("/never") || (url.startsWith("/once") && isAgain)) return;
    if (url.startsWith("/missing") || url.startsWith("/once")) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png", "content-length": picture.length }).end(picture);
  });
}

describe("every page of the dashboard", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  let host: string;
  let url: string;
  before(async () => {
    browser = await launchChromium();
    host = await startHost(ending);
    const settings = quickSettings(ending, { stores: STORES, host });
    url = (await startService(ending, settings).ready) ?? assert.fail("the service must start");
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  /** With the key that the page is signed in with, once there is one. */
  let key: string | null = null;
  async function call(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key !== null && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    const parsed: unknown = await answer.json();
    return isObject(parsed) ? parsed : {};
  }

  async function submit(paths: readonly string[], options: object = {}): Promise<number> {
    const image_url = paths.map((path) => `http://${host}/${path}`);
    const visits = ["S1", "S9"].map((store_id) => ({ store_id, visit_time: new Date().toISOString(), image_url }));
    const { job_id: job } = await call("/api/v1/jobs", { ...options, count: 2, visits });
    return Number(job);
  }

  async function open(page: Page, path: string): Promise<void> {
    await page.goto(url + path);
    await page.locator("h1").waitFor();
    await page.locator(".live.live").waitFor();
  }

  async function lookAt(page: Page, paths: readonly string[], screens = EVERY_SCREEN): Promise<readonly string[]> {
    const found: string[] = [];
    for (const path of paths) {
      await open(page, path);
      found.push(...(await axeFindings(page, path, screens)));
    }
    return found;
  }

  async function signIn(page: Page): Promise<void> {
    await page.getByLabel("API key").fill(key ?? "");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
  }

  async function aPage(): Promise<Page> {
    const page = await browser.newPage();
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    return page;
  }

  /** Every page of the menu, and those that are reached from others. */
  const PAGES = [
    "/",
    "/jobs",
    "/insight",
    "/submit",
    "/schedules",
    "/review",
    "/review/rules",
    "/images",
    "/stores",
    "/stores/S1",
    "/webhooks",
    "/hosts",
    "/keys",
    "/health",
  ];

  it("has nothing that axe finds while it has nothing to show", async () => {
    const page = await aPage();
    const found = await lookAt(page, PAGES, DESK_AND_PHONE);
    await page.close();
    assert.deepEqual(found, []);
  });

  it("has nothing that axe finds before somebody signs in, and in what they submit", async () => {
    ({ key } = (await call("/api/v1/keys", { name: "boss", scopes: ["admin"] })) as { key: string });
    const page = await aPage();
    await page.goto(url);
    await page.getByLabel("API key").waitFor();
    const found = [...(await axeFindings(page, "the page to sign in", EVERY_SCREEN))];
    await signIn(page);
    await open(page, "/submit");
    await page.getByRole("button", { name: "Add a label" }).click();
    const file = (text: string) => ({ name: "visits.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    const input = page.locator("input[accept*=csv]");
    await input.setInputFiles(file("shop,photo,date,shelf\nS9,http://x.example/1,5.6.2026,2\n"));
    await page.getByText("1 visit with 1 image can be submitted").waitFor();
    await page.getByText("What its columns mean").click();
    found.push(...(await axeFindings(page, "a submission with warnings", EVERY_SCREEN)));
    await input.setInputFiles(file("store_id,image_url,visit_time\nS1,,2026-01-05\n"));
    await page.getByText("must be mended first").waitFor();
    found.push(...(await axeFindings(page, "a submission with a problem", EVERY_SCREEN)));
    await page.context().close();
    assert.deepEqual(found, []);
  });

  it("has nothing that axe finds when jobs are over, one runs and one runs again, and at an address that is none", async () => {
    const over = await submit(["1.png", "2.png", "missing/3.png", `missing/${"long-".repeat(40)}4.png`], {
      external_id: "round",
      metadata: { campaign: "Christmas" },
    });
    const inspected = await submit(["5.png", "6.png"], { inspect: "full" });
    const again = await submit(["7.png", "once/8.png"]);
    const { id: webhook } = await call("/api/v1/webhooks", { url: `http://${host}/missing/hook` });
    const { no: delivery } = await call(`/api/v1/webhooks/${webhook}/ping`, {});
    await call("/api/v1/alerts", { name: "Long queues", kind: "backlog", threshold: 5 });
    await call("/api/v1/schedules", { name: "Mondays", cron: "0 6 * * 1", source: { url: `http://${host}/list.csv` } });
    const page = await aPage();
    await page.goto(url);
    await signIn(page);
    for (const job of [over, inspected, again]) {
      await open(page, `/jobs/${job}`);
      await page.locator(".head .mark", { hasText: /failed|completed/ }).waitFor();
    }
    const running = await submit(["9.png", "missing/10.png", "never/11.png"]);
    await page.getByRole("button", { name: /^Retry/ }).click();
    const found = [...(await axeFindings(page, "the question before a retry", EVERY_SCREEN))];
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Retry/ })
      .click();
    await page.getByText("run 2").waitFor();
    found.push(
      ...(await lookAt(page, [
        `/jobs/${again}`,
        ...PAGES,
        ...["failures", "images", "visits", "sheet"].map((tab) => `/jobs/${over}?tab=${tab}`),
        `/jobs/${inspected}?tab=truth`,
        ...[`${over}/images/0`, `${over}/images/3`, `${inspected}/images/1`].map((image) => `/jobs/${image}`),
        `/webhooks/deliveries/${delivery}`,
        `/jobs/${running}`,
        `/jobs/${running}?tab=images`,
        "/jobs?status=paused",
        "/nowhere",
      ])),
    );
    await page.goto(`${url}/api/v1/jobs/${over}/summary`);
    found.push(...(await axeFindings(page, "the summary", EVERY_SCREEN)));
    await page.context().close();
    assert.deepEqual(found, []);
  });
});
