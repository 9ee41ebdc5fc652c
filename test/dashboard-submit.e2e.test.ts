/** What somebody submits at the dashboard who has nothing yet, what they call it, and what the check of it says: in a real browser over the real program. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { launchChromium } from "./launch-chromium.ts";
import { aDataDir, createEnding, quickSettings, startService } from "./storewalk-process.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);

describe("submitting at the dashboard", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  /** Has a store S1 and reaches no host. */
  let url: string;
  before(async () => {
    browser = await launchChromium();
    const settings = quickSettings(ending);
    url = (await startService(ending, settings).ready) ?? assert.fail("the service must start");
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  async function aPage(t: TestContext, options: BrowserContextOptions = {}) {
    const page = await browser.newPage(options);
    t.after(() => page.close());
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    return page;
  }

  /** As `storewalk serve` starts for the first time. */
  async function aBareService(t: TestContext): Promise<string> {
    const settings = { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: aDataDir(t), STOREWALK_GPU_LATENCY_MS: "1" };
    return (await startService(t, settings).ready) ?? assert.fail("the service must start");
  }

  it("measures the sample of a service that has no stores and reaches no host", async (t) => {
    const bare = await aBareService(t);
    const page = await aPage(t);
    await page.goto(bare);
    await page.getByText("a store SAMPLE, which is added").waitFor();
    await page.getByRole("button", { name: "Submit the sample" }).click();
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
    await page.getByRole("heading", { name: "Job 1 sample" }).waitFor();
    const job = await (await fetch(`${bare}/api/v1/jobs/1`)).json();
    assert.deepEqual((job as { counts: object }).counts, { visits: 1, images: 3, done: 3, succeeded: 3, failed: 0 });
    await page.goto(bare);
    await page.getByText("Nothing runs. Submit a job").waitFor();
  });

  it("gives a line that does the same from a terminal", async (t) => {
    const bare = await aBareService(t);
    const page = await aPage(t);
    await page.goto(`${bare}/jobs`);
    const line = await page.locator(".line code").innerText();
    execFileSync("sh", ["-c", line], { stdio: "pipe" });
    await page.getByRole("link", { name: "1", exact: true }).click();
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
  });

  it("takes a name and labels for the job, which stand on its page", async (t) => {
    const page = await aPage(t);
    await page.goto(`${url}/submit`);
    await page.getByRole("button", { name: "Fill in an example" }).click();
    await page.getByRole("button", { name: "Check it" }).click();
    await page.locator(".note.good", { hasText: "1 visit with 3 images can be submitted." }).waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Week 48, north");
    for (const [no, key, value] of [
      [1, "campaign", "Christmas trees"],
      [2, "by", "nobody"],
      [3, "agency", "A & B"],
    ] as const) {
      await page.getByRole("button", { name: "Add a label" }).click();
      await page.getByRole("textbox", { name: `Label ${no}` }).fill(key);
      await page.getByRole("textbox", { name: `Value ${no}` }).fill(value);
    }
    await page.getByRole("button", { name: "Remove label 2" }).click();
    await page.getByRole("button", { name: "Submit 3 images" }).click();
    await page.getByRole("heading", { name: /^Job \d+ Week 48, north$/ }).waitFor();
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
    await page.locator(".facts", { hasText: /campaign\s*Christmas trees\s*agency\s*A & B/ }).waitFor();
    const answer = await fetch(`${url}/api/v1/jobs?external_id=${encodeURIComponent("Week 48, north")}`);
    const { data } = (await answer.json()) as { data: { metadata: object }[] };
    assert.deepEqual(
      data.map(({ metadata }) => metadata),
      [{ campaign: "Christmas trees", agency: "A & B" }],
    );
  });

  it("says by its colour whether a file is in order, may be another than meant, or cannot be taken", async (t) => {
    const page = await aPage(t);
    await page.goto(`${url}/submit`);
    const input = page.locator("input[accept*=csv]");
    const file = (text: string) => ({ name: "visits.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    const head = "store_id,image_url,visit_time";
    await input.setInputFiles(file(`${head}\nS1,https://photos.example/1.jpg,2026-01-05\n`));
    await page.locator(".note.good", { hasText: "1 visit with 1 image can be submitted." }).waitFor();
    await input.setInputFiles(file(`${head},shelf\nS9,https://photos.example/1.jpg,2026-01-05,3\n`));
    await page.locator(".note.warning", { hasText: "can be submitted, but look at this first:" }).waitFor();
    await page.locator(".note.warning", { hasText: "1 store not in the store master: S9." }).waitFor();
    assert.equal(await page.locator(".note.good, .note.error").count(), 0);
    await input.setInputFiles(file(`${head}\nS1,,2026-01-05\n`));
    await page.locator(".note.error", { hasText: "1 problem must be mended first." }).waitFor();
  });

  it("asks on the page for what a table leaves open, and keeps the column that is chosen as the agent", async (t) => {
    const page = await aPage(t);
    await page.goto(`${url}/submit`);
    const table = "store_id,image_url,visit_time,Team\nS1,http://photos.example/1.jpg,03/04/2026,Ana\n";
    await page
      .locator("input[type=file]")
      .first()
      .setInputFiles({ name: "teams.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    await page.getByText(/which number is the day has to be said below$/).waitFor();
    const ignored = page.getByText('columns that mean nothing here: "Team"', { exact: true });
    await ignored.waitFor();
    await page.getByRole("button", { name: "What its columns mean" }).click();
    await page.getByLabel("Who made the visit").selectOption("Team");
    await ignored.waitFor({ state: "detached" });
    await page.getByLabel(/^day, month, year/).check();
    await page.getByText(/1 visit with 1 image can be submitted/).waitFor();
    await page.getByRole("button", { name: "Submit 1 image" }).click();
    await page.getByRole("heading", { name: /^Job \d+/ }).waitFor();
    const job = /\d+$/.exec(new URL(page.url()).pathname)?.[0];
    const visits = (await (await fetch(`${url}/api/v1/jobs/${job}/visits`)).json()) as { data: { metadata: object }[] };
    assert.deepEqual(
      visits.data.map(({ metadata }) => metadata),
      [{ agent: "Ana" }],
    );
  });

  it("writes every time in the viewer's zone, and the exact one on hover", async (t) => {
    const visits = ["2026-01-05T20:00:00Z", "2026-01-05 20:00", "2026-01-06"].map((visit_time) => ({
      store_id: "S1",
      visit_time,
      image_url: ["https://photos.invalid/1.jpg"],
    }));
    const answer = await fetch(`${url}/api/v1/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ count: 3, visits }),
    });
    const { job_id: job, created_at: at } = (await answer.json()) as { job_id: number; created_at: string };
    const page = await aPage(t, { timezoneId: "Asia/Kolkata" });
    await page.goto(`${url}/jobs/${job}?tab=visits`);
    const shown = (time: string) => page.getByRole("row").locator(`time[title="${time}"]`).innerText();
    assert.equal(await shown("2026-01-05T20:00:00Z"), "6 Jan 2026, 01:30");
    // Of no zone that anybody knows.
    assert.equal(await shown("2026-01-05 20:00"), "5 Jan 2026, 20:00");
    assert.equal(await shown("2026-01-06"), "6 Jan 2026");
    const submitted = new Intl.DateTimeFormat("en-GB", {
      dateStyle: "medium",
      timeStyle: "short",
      timeZone: "Asia/Kolkata",
    }).format(new Date(at));
    assert.equal(await page.locator(`.facts time[title="${at}"]`).innerText(), submitted);
  });
});
