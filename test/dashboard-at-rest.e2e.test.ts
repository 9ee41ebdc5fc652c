/** What the page says when nothing runs any more, and that it says the same wherever it is read: on a phone, by another clock, in a file, behind a link. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { isObject } from "../src/intake/text-rules.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { launchChromium } from "./launch-chromium.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { createEnding, quickSettings, startService } from "./storewalk-process.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);
const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\n";
const DESK = { viewport: { width: 1_200, height: 900 } };

describe("the dashboard at rest", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  let url: string;
  let job: number;
  before(async () => {
    browser = await launchChromium();
    const picture = aPng({ width: 300, height: 200 });
    const host = await startLoopbackServer(ending, (_request, response) => {
      response.writeHead(200, { "content-type": "image/png", "content-length": picture.length }).end(picture);
    });
    const settings = quickSettings(ending, { stores: STORES, host });
    url = (await startService(ending, settings).ready) ?? assert.fail("the service must start");
    const image_url = [1, 2, 3].map((no) => `http://${host}/${no}.png`);
    const visits = [{ store_id: "S1", visit_time: "2026-01-05T09:00:00Z", image_url }];
    const answer = await fetch(`${url}/api/v1/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ count: 1, inspect: "full", visits }),
    });
    const made: unknown = await answer.json();
    job = isObject(made) ? Number(made.job_id) : assert.fail("the job must be made");
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  async function open(t: TestContext, path: string, options: BrowserContextOptions = DESK) {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    t.after(() => page.close());
    await page.goto(`${url}/jobs/${job}`);
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
    await page.goto(url + path);
    return page;
  }

  it("says what there was in place of a speed of nothing", async (t) => {
    const page = await open(t, "/");
    await page.getByText("At rest").waitFor();
    const figures = await page.locator("dl.figures > div").allInnerTexts();
    assert.deepEqual(
      figures.filter((text) => /^(?:–|0\.0|0%)$/m.test(text)),
      [],
    );
    assert.ok(figures.some((text) => /Last hour\s+3\s+images done/.test(text)));
  });

  it("leads from a review to each of the earlier photos that show the same", async (t) => {
    const page = await open(t, "/review");
    // The last of the three to be inspected, whichever that was: before it were both others.
    const next = page.getByRole("button", { name: "Next match" });
    const photo = page.getByRole("article").filter({ has: next });
    await next.click();
    await photo.getByRole("link", { name: "Earlier photo 2 of 2" }).click();
    await page.waitForURL(/\/images\/\d\?match=\d+-\d+$/);
    const shown = await page.locator("figcaption").first().innerText();
    await page.reload();
    await page.getByText("Earlier photo 2 of 2").waitFor();
    assert.equal(await page.locator("figcaption").first().innerText(), shown);
  });

  it("names each cell of a row on a phone, its first one too", async (t) => {
    const page = await open(t, "/jobs", { viewport: { width: 390, height: 800 } });
    await page.getByRole("rowheader").first().waitFor();
    const before = "getComputedStyle(document.querySelector('tbody th'), '::before').content";
    assert.match(String(await page.evaluate(before)), /Job/);
  });

  it("takes days of its filters by the clock that it shows, as the summary to print does", async (t) => {
    const page = await open(t, "/jobs", { ...DESK, timezoneId: "Asia/Kolkata" });
    const asked = page.waitForRequest((request) => request.url().includes("created_before"));
    await page.getByLabel("To", { exact: true }).fill("2026-01-05");
    await page.getByLabel("To", { exact: true }).blur();
    assert.equal(new URL((await asked).url()).searchParams.get("created_before"), "2026-01-05T18:30:00.000Z");
    await page.goto(`${url}/jobs/${job}`);
    await page.getByRole("link", { name: "summary to print" }).click();
    await page.getByText(/Times are those of Asia\/(?:Kolkata|Calcutta)/).waitFor();
  });

  it("gives the stores that it shows as a file, and no others", async (t) => {
    const page = await open(t, "/stores?state=closed");
    await page.getByText("No store is like that.").waitFor();
    await page.getByLabel("State").selectOption("open");
    await page.getByRole("link", { name: "S1", exact: true }).waitFor();
    const file = await page.getByRole("link", { name: "CSV" }).first().getAttribute("href");
    assert.equal(new URL(file ?? "", url).searchParams.get("state"), "open");
  });

  it("says what would repeat in words, and sends it as an expression", async (t) => {
    const page = await open(t, "/schedules");
    await page.getByLabel("Name").fill("Workdays");
    await page.getByLabel("How often").selectOption("workday");
    await page.getByLabel("At", { exact: true }).fill("07:30");
    await page.getByLabel("Manifest; {date}").fill("http://127.0.0.1:9/list.csv");
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByRole("heading", { name: "What Workdays would submit now" }).waitFor();
    await page.getByText("It would run").waitFor();
    const none: unknown = await (await fetch(`${url}/api/v1/schedules`)).json();
    assert.deepEqual(none, { data: [] });
    await page.getByRole("button", { name: "Add schedule" }).click();
    await page.getByText("Monday to Friday at 07:30").waitFor();
    const answer: unknown = await (await fetch(`${url}/api/v1/schedules`)).json();
    assert.partialDeepStrictEqual(answer, { data: [{ cron: "30 7 * * 1-5" }] });
  });
});
