/** The dashboard's walks in a real browser over the real program: what a newcomer does without reading a line of documentation. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { isObject } from "../src/intake/text-rules.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { writeWorkbook } from "../src/xlsx/write-workbook.ts";
import { launchChromium } from "./launch-chromium.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { awaitEnd } from "./numbered-job.ts";
import { createEnding, type Ending, quickSettings, startService } from "./storewalk-process.ts";

const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS2,Kiosk,7100016\n";
const BUILT = new URL("../web/dist/", import.meta.url);
const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);

/**
 * Serves one picture; what is under /mended only after `mend`, what is under /later and /never not at all, the one missing, the other silent.
 * What is under /expired is refused. What is under /drip goes missing one after the other until `dripOut`, then all at once.
 */
async function startHost(t: Ending) {
  let mended = false;
  const drippedOut = new AbortController();
  const picture = aPng({ width: 300, height: 200 });
  const name = await startLoopbackServer(t, (request, response) => {
    if (request.url?.startsWith("/never")) return;
    const drip = /^\/drip\/(\d+)/.exec(request.url ?? "")?.[1];
    if (drip) {
      const signal = drippedOut.signal;
      void sleep(Number(drip) * 300, undefined, { signal })
        .catch(() => {})
        .then(() => response.writeHead(404).end());
    } else if (request.url?.startsWith("/expired")) response.writeHead(403).end();
    else if (request.url?.startsWith("/later") || (request.url?.startsWith("/mended") && !mended))
      response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png", "content-length": picture.length }).end(picture);
  });
  return {
    name,
    mend: () => {
      mended = true;
    },
    dripOut: () => drippedOut.abort(),
  };
}

describe("the dashboard", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  /** For every test that looks at its own job alone. */
  let shared: Awaited<ReturnType<typeof aService>>;
  before(async () => {
    browser = await launchChromium();
    shared = await aService(ending);
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  async function aService(t: Ending) {
    const host = await startHost(t);
    const settings = quickSettings(t, { stores: STORES, host: host.name });
    const url = await startService(t, settings).ready;
    assert.ok(url);
    return { host, url };
  }

  /** A page on the service; any error in the page's console fails the test. */
  async function setup(t: TestContext, { alone = false, missing = false } = {}) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    t.after(async () => {
      await page.close();
      // The browser notes what is not there as well, and not always before it is shown.
      assert.deepEqual(
        errors.filter((error) => !missing || !error.includes("404")),
        [],
      );
    });
    // After the page: hooks run in the order in which they were added, and the page must not see its service go.
    const service = alone ? await aService(t) : shared;
    return { ...service, page, errors };
  }

  async function submit(url: string, urls: readonly unknown[], more: object = {}): Promise<number> {
    const visits = [{ store_id: "S1", image_url: urls, visit_time: "2026-01-05", ...more }];
    const answer = await fetch(`${url}/api/v1/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ count: 1, visits }),
    });
    const body: unknown = await answer.json();
    assert.ok(isObject(body));
    return Number(body.job_id);
  }

  /** Resolves with the number of the job whose page it is, as soon as it is one. */
  async function jobShown(page: Page): Promise<number> {
    const heading = page.getByRole("heading", { name: /^Job \d+$/ });
    await heading.waitFor();
    return Number((await heading.innerText()).slice("Job ".length));
  }

  /** Resolves when what has the focus has this text. */
  async function focused(page: Page, text: string): Promise<void> {
    await page.locator(":focus", { hasText: new RegExp(`^\\s*${text.replaceAll(/[.?]/g, "\\$&")}\\s*$`) }).waitFor();
  }

  async function dropFile(page: Page, name: string, text: string): Promise<void> {
    await page.locator("input[accept*=csv]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  }

  it("takes dropped photos of one visit and measures them", async (t) => {
    const { url, page } = await setup(t);
    await page.goto(`${url}/submit`);
    const file = (width: number) => ({
      name: "IMG_1.png",
      mimeType: "image/png",
      buffer: Buffer.from(aPng({ width, height: 20 })),
    });
    await page.locator("input[accept*=csv]").setInputFiles([file(30), file(40)]);
    await page.getByText("2 photos chosen").waitFor();
    await page.getByLabel("Store", { exact: true }).fill("S1");
    await page.getByRole("button", { name: "Check them" }).click();
    await page.getByText("1 visit with 2 images can be submitted").waitFor();
    await page.getByRole("button", { name: "Submit 2 images" }).click();
    const jobId = await jobShown(page);
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
    const answer = await fetch(`${url}/api/v1/jobs/${jobId}/images`);
    const { data } = JSON.parse(await answer.text()) as { data: { image_url: string; perimeter: number }[] };
    assert.deepEqual(
      data.map(({ perimeter }) => perimeter),
      [100, 120],
    );
    assert.match(data[1]?.image_url ?? "", /\/IMG_1\.png%20\(2\)$/);
    const picture = await fetch(`${url}/api/v1/jobs/${jobId}/images/0/thumbnail`);
    assert.equal(picture.headers.get("content-type"), "image/webp");
  });

  it("takes a CSV, shows its job to the end, groups what failed, retries it and gives the report", async (t) => {
    const { host, url, page } = await setup(t);
    const images = ["good/1", "good/2", "mended/3", "mended/4"].map(
      (path) => `S1,http://${host.name}/${path},2026-01-05`,
    );
    await page.goto(url);
    await page.getByRole("link", { name: "Submit", exact: true }).click();
    await dropFile(page, "visits.csv", ["store_id,image_url,visit_time", ...images].join("\n"));
    await page.getByText("1 visit with 4 images can be submitted").waitFor();
    await page.getByRole("button", { name: "Submit 4 images" }).click();

    await page.waitForFunction(`document.title === "Job ${await jobShown(page)} · Storewalk"`);
    await page.locator(".head .mark", { hasText: "failed" }).waitFor();
    await page.getByText("2 failed images").waitFor();
    await page.locator(".tree", { hasText: /not_found[\s\S]*2 images[\s\S]*127\.0\.0\.1/ }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "failed only, to submit again" }).click(),
    ]);
    const report = readFileSync(await download.path(), "utf8");
    assert.deepEqual(
      report
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",")[1]),
      [`http://${host.name}/mended/3`, `http://${host.name}/mended/4`],
    );

    host.mend();
    await page.getByRole("radio", { name: "not_found" }).check();
    await page.getByRole("button", { name: "Retry 2 images …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Retry 2 images" }).click();
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
    await page.getByText("run 2").waitFor();
    await page.getByText("Nothing failed.").waitFor();
  });

  it("finishes a job whose signed URLs all ran out with a list of fresh ones, dropped beside the failures", async (t) => {
    const { host, url, page, errors } = await setup(t);
    const at = (path: string) => `http://${host.name}${path}`;
    const signed = (no: number) =>
      at(`/expired/${no}.png?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=0`);
    const job = await submit(url, [signed(1), signed(2)]);
    await page.goto(`${url}/jobs/${job}`);
    const group = page.getByRole("listitem").filter({ hasText: "url_expired" });
    await group.getByText("Go on with fresh URLs").click();
    const report = await (await fetch(`${url}/api/v1/jobs/${job}/results?format=csv&outcome=failed`)).text();
    const [header = "", ...rows] = report.trimEnd().split("\n");
    const list = (urls: readonly string[]) => ({
      name: "fresh.csv",
      mimeType: "text/csv",
      buffer: Buffer.from([header, ...rows.map((row, no) => row + (urls[no] ?? ""))].join("\n")),
    });
    const input = group.locator("input[type=file]");
    await input.setInputFiles(list([]));
    await group.getByText("no row has a fresh URL").waitFor();
    await input.setInputFiles({ ...list([]), buffer: Buffer.from(`image,url\n0,${at("/1")}\n9,${at("/9")}\n`) });
    await group.getByRole("cell", { name: `job ${job} has no image 9` }).waitFor();
    await group.getByRole("cell", { name: "line 3, image" }).waitFor();
    // Chromium itself reports the two answers 400 there.
    errors.splice(0);
    async function* filled() {
      yield [1, 2].map((no) => [no - 1, at(`/fresh/${no}.png`)]);
    }
    const sheet = { name: "Fresh", columns: [{ name: "image" }, { name: "new_image_url" }], rows: filled() };
    await input.setInputFiles({
      name: "fresh.xlsx",
      mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      buffer: Buffer.concat(await Array.fromAsync(writeWorkbook([sheet]))),
    });
    await page.getByText("run 2").waitFor();
    await page.locator(".mark", { hasText: "completed" }).waitFor();
  });

  it("deletes a job that is over, after asking, and restores it from the list", async (t) => {
    const { host, url, page } = await setup(t);
    const job = await submit(url, [`http://${host.name}/deleted.png`]);
    await page.goto(`${url}/jobs/${job}`);
    await page.getByRole("button", { name: "Delete …" }).click();
    await page.getByRole("dialog").getByText("For a day they can be restored").waitFor();
    await page.getByRole("button", { name: "Delete 1 image" }).click();
    await page.getByRole("heading", { name: "Jobs" }).waitFor();
    await page.getByText(/\d+ deleted job/).click();
    assert.equal((await fetch(`${url}/api/v1/jobs/${job}`)).status, 404);
    await page.getByRole("button", { name: `Restore job ${job}` }).click();
    await page.getByRole("heading", { name: `Job ${job}` }).waitFor();
    await page.locator(".mark", { hasText: "completed" }).waitFor();
  });

  it("adds late visits to a job that is over, which ends again", async (t) => {
    const { host, url, page } = await setup(t);
    const job = await submit(url, [`http://${host.name}/on-time.png`]);
    await page.goto(`${url}/jobs/${job}?tab=visits`);
    await page.locator(".mark", { hasText: "completed" }).waitFor();
    await page.getByText("Add visits to this job").click();
    await page.locator("input[type=file]").setInputFiles({
      name: "late.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`store_id,image_url,visit_time\nS2,http://${host.name}/late.png,2026-01-06\n`),
    });
    await page.getByText("1 visit with 1 image added").waitFor();
    await page.getByText("run 2").waitFor();
    await page.locator(".mark", { hasText: "completed" }).waitFor();
    await page.getByRole("row").filter({ hasText: "6 Jan 2026" }).waitFor();
  });

  it("says by line what is wrong with a file, and submits nothing", async (t) => {
    const { url, page } = await setup(t, { alone: true });
    await page.goto(`${url}/submit`);
    await dropFile(
      page,
      "visits.csv",
      "store_id,image_url,visit_time,shelf\nS1,,2026-01-05,1\nS9,http://x/1,2026-01-05,2\n",
    );
    await page.getByText("line 2, image_url").waitFor();
    await page.getByText("1 store not in the store master: S9").waitFor();
    await page.getByText('columns that mean nothing here: "shelf"').waitFor();
    assert.equal(await page.getByRole("button", { name: /^Submit/ }).isDisabled(), true);
    await page.getByRole("link", { name: "Jobs" }).click();
    await page.getByText("There is no job yet.").waitFor();
  });

  it("asks with the number of images before it cancels a job", async (t) => {
    const { host, url, page } = await setup(t);
    const jobId = await submit(
      url,
      [1, 2, 3].map((no) => `http://${host.name}/never/${no}`),
    );
    await page.goto(`${url}/jobs/${jobId}`);
    await page.getByRole("button", { name: "Cancel …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("3 images without a result will get none.").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Cancel …" }).click();
    await dialog.getByRole("button", { name: "Cancel 3 images" }).click();
    await page.locator(".head .mark", { hasText: "cancelled" }).waitFor();
  });

  it("pauses and resumes a job", async (t) => {
    const { host, url, page } = await setup(t);
    const jobId = await submit(url, [`http://${host.name}/never/1`]);
    await page.goto(`${url}/jobs/${jobId}`);
    await page.getByRole("button", { name: "Pause …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume …" }).click();
    await page.getByRole("dialog").getByText("1 image without a result go on.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause …" }).waitFor();
  });

  it("keeps filters in the address, over a reload", async (t) => {
    const { host, url, page } = await setup(t);
    const jobId = await submit(url, [`http://${host.name}/good/1`]);
    await page.goto(`${url}/jobs`);
    await page.getByLabel("Status").selectOption("paused");
    await page.getByText("No job is like that.").waitFor();
    await page.reload();
    await page.getByText("No job is like that.").waitFor();
    assert.equal(await page.getByLabel("Status").inputValue(), "paused");
    await page.getByRole("link", { name: "Show all jobs" }).click();
    await page.getByRole("row", { name: new RegExp(`^${jobId} `) }).waitFor();
  });

  it("shows a contact sheet with pictures, and the failed ones marked", async (t) => {
    const { host, url, page } = await setup(t);
    const jobId = await submit(url, [`http://${host.name}/good/1`, `http://${host.name}/later/2`]);
    await page.goto(`${url}/jobs/${jobId}`);
    await page.locator(".head .mark", { hasText: "failed" }).waitFor();
    await page.getByRole("tab", { name: "Contact sheet" }).click();
    const picture = page.getByAltText("Image 0, 300 × 200");
    await picture.waitFor();
    await page.evaluate("document.querySelector('.sheet img').decode()");
    await page.locator("figure.failed", { hasText: "not_found" }).waitFor();
  });

  it("shows stores, what was not visited, and a year of one store", async (t) => {
    const { host, url, page } = await setup(t, { alone: true });
    const jobId = await submit(url, [`http://${host.name}/good/1`], { visit_time: new Date().toISOString() });
    await awaitEnd(url, jobId);
    await page.goto(`${url}/stores`);
    await page.getByRole("row", { name: /Corner shop .* 1 1 / }).waitFor();
    await page.getByLabel("Not visited for days").fill("45");
    await page.keyboard.press("Enter");
    await page.getByRole("row", { name: /Corner shop/ }).waitFor({ state: "detached" });
    await page.getByRole("row", { name: /Kiosk/ }).waitFor();
    await page.getByLabel("Id or name").fill("corner");
    await page.keyboard.press("Enter");
    await page.getByText("No store is like that.").waitFor();
    await page.goto(`${url}/stores/S1`);
    await page.getByRole("img", { name: "1 day with a visit in the last year" }).waitFor();
  });

  it("shows what the client itself calls a visit and an image", async (t) => {
    const { host, url, page } = await setup(t);
    const image = { url: `http://${host.name}/good/1`, external_id: "IMG-7", metadata: { shelf: "3" } };
    const jobId = await submit(url, [image], { external_id: "round-2" });
    await page.goto(`${url}/jobs/${jobId}?tab=images`);
    await page.getByText("IMG-7 · shelf: 3").waitFor();
    for (const tab of ["visits", "sheet"]) {
      await page.goto(`${url}/jobs/${jobId}?tab=${tab}`);
      await page.getByText("round-2").waitFor();
    }
  });

  it("has its content in a tab that was opened out of sight, and asks for nothing there", async (t) => {
    const { host, url, page } = await setup(t);
    const jobId = await submit(url, [`http://${host.name}/good/1`]);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.clock.install();
    await page.addInitScript("Object.defineProperty(document, 'hidden', { get: () => !globalThis.isSeen });");
    const see = (isSeen: boolean) =>
      page.evaluate(`globalThis.isSeen = ${isSeen}; document.dispatchEvent(new Event("visibilitychange"))`);

    await page.goto(`${url}/jobs/${jobId}`);
    await page.getByRole("heading", { name: `Job ${jobId}` }).waitFor();
    await page.locator(".live.paused").waitFor();
    await see(true);
    await page.locator(".live.live").waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: "Running jobs" }).waitFor();
    await see(false);
    await page.clock.runFor(6_000);
    await page.locator(".live.paused").waitFor();
    asked.splice(0);
    await page.clock.runFor(60_000);
    assert.deepEqual(asked, []);
    await see(true);
    await page.locator(".live.live").waitFor();
  });

  it("shows what failed while more and more fails, also where the answer takes its time", async (t) => {
    const { host, url, page } = await setup(t);
    // The first is there at once, any other only when it was looked at what the page shows in the meantime.
    const looked = Promise.withResolvers<void>();
    let answers = 0;
    await page.route("**/failures", async (route) => {
      answers += 1;
      if (answers > 1) await looked.promise;
      // The page may have given it up by then.
      await route.continue().catch(() => {});
    });
    const drips = Array.from({ length: 120 }, (_, no) => `http://${host.name}/drip/${no}`);
    const jobId = await submit(url, [...drips, `http://${host.name}/never/1`]);
    await page.goto(`${url}/jobs/${jobId}`);
    const heading = page.getByRole("heading", { name: /failed images?$/ });
    await heading.waitFor();
    await page.getByText(/that failed just now$/).waitFor();
    assert.ok(Number.parseInt(await heading.innerText(), 10) < drips.length);
    const figures = ["[role=tab] b", "#job-part h2", ".tree > li > .group .number", ".tree > .quiet"];
    const [onTab, inHeading, grouped = 0, justNow = 0] = (await page.evaluate(
      `${JSON.stringify(figures)}.map((place) => Number(/\\d+/.exec(document.querySelector(place)?.textContent)?.[0] ?? 0))`,
    )) as number[];
    assert.deepEqual([onTab, grouped + justNow], [inHeading, inHeading]);
    looked.resolve();
    host.dripOut();
    await page.getByText(`${drips.length} failed images`).waitFor();
  });

  it("adds a webhook, shows its secret once, and what became of a ping", async (t) => {
    const { host, url, page } = await setup(t);
    await page.goto(`${url}/webhooks`);
    await page.getByText("Nobody is told of the ends of jobs.").waitFor();
    await page.getByLabel("A new endpoint").fill(`http://${host.name}/hook`);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText(/^The secret, shown this once: whsec_/).waitFor();
    await page.getByRole("button", { name: "Ping" }).click();
    await page.getByRole("link", { name: "ping delivery" }).waitFor();
    await page.getByRole("button", { name: "Remove …" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
    await page.getByText("Nobody is told of the ends of jobs.").waitFor();
  });

  it("adds an alert, shows its state and quiet hours, and tries it; a chat has no secret", async (t) => {
    const { host, url, page } = await setup(t);
    await page.goto(`${url}/webhooks`);
    await page.getByLabel("A new endpoint").fill(`http://${host.name}/hook`);
    await page.getByLabel("Told as").selectOption("slack");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("cell", { name: "Slack message" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "New secret" }).count(), 0);
    await page.getByLabel("A new alert").fill("Long queues");
    await page.getByLabel("Tells when").selectOption("backlog");
    await page.getByLabel("… images").fill("500");
    await page.getByLabel("Quiet from").fill("22:00");
    await page.getByLabel("to", { exact: true }).fill("07:00");
    await page.getByRole("button", { name: "Add alert" }).click();
    await page.getByText("The backlog is above: 500 images").waitFor();
    await page.getByText("22:00–07:00").waitFor();
    await page.getByRole("button", { name: "Test" }).click();
    await page.getByText("A message of Long queues is on its way to 1; how it went is told below.").waitFor();
    await page.getByRole("link", { name: "alert.test delivery" }).waitFor();
    await page
      .getByRole("row", { name: /Long queues/ })
      .getByRole("button", { name: "Switch off" })
      .click();
    await page
      .getByRole("row", { name: /Long queues/ })
      .getByText("off", { exact: true })
      .waitFor();
  });

  it("can be used with the keyboard alone", async (t) => {
    const { host, url, page } = await setup(t);
    const jobId = await submit(url, [`http://${host.name}/later/1`]);
    await page.goto(url);
    await page.keyboard.press("Tab");
    await focused(page, "Skip to the page");
    for (let tabs = 0; tabs < 3; tabs += 1) await page.keyboard.press("Tab");
    await focused(page, "Jobs");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Jobs" }).waitFor();
    await page.waitForFunction("document.activeElement.id === 'main'");
    await page.keyboard.press("Tab");
    await focused(page, "Submit a job");

    await page.goto(`${url}/jobs/${jobId}`);
    await page.locator(".head .mark", { hasText: "failed" }).waitFor();
    await page.getByRole("tab", { name: /Failures/ }).focus();
    await page.keyboard.press("ArrowRight");
    await focused(page, "Images");
    await page.getByRole("tabpanel", { name: "Images" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("button", { name: "Retry 1 image …" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Retry 1 image?" }).waitFor();
    await page.keyboard.press("Tab");
    await focused(page, "Retry 1 image");
    await page.keyboard.press("Enter");
    await page.getByText("run 2").waitFor();
  });

  it("says what is not there", async (t) => {
    const { url, page } = await setup(t, { missing: true });
    for (const [path, heading, sentence] of [
      ["/jobs/999", "Job 999", "there is no job 999"],
      ["/jobs/seven", "Nothing here", "There is no page at /jobs/seven."],
      ["/stores/S7", "Store S7", 'there is no store "S7"'],
    ] as const) {
      await page.goto(url + path);
      await page.getByRole("heading", { name: heading }).waitFor();
      await page.getByText(sentence).first().waitFor();
    }
  });

  it("says that it is not live while the service is away, and is live again when it is back", async (t) => {
    const { url, page, errors } = await setup(t);
    await page.goto(url);
    await page.locator(".live.live").waitFor();
    await page.route("**/api/v1/events", (route) => route.abort());
    await page.reload();
    await page.getByText("not live, connecting …").waitFor();
    // The browser notes it as well.
    assert.match(errors.splice(0).join(), /ERR_FAILED/);
    await page.unroute("**/api/v1/events");
    await page.reload();
    await page.locator(".live.live").waitFor();
  });
});

describe("the dashboard's files", () => {
  it("weigh at most 80 kB as they are sent", () => {
    const files = readdirSync(BUILT, { recursive: true, withFileTypes: true }).filter(
      (file) => file.isFile() && !/\.(?:br|gz)$/.test(file.name),
    );
    const bytes = files.map((file) => gzipSync(readFileSync(`${file.parentPath}/${file.name}`)).length);
    const total = bytes.reduce((sum, size) => sum + size, 0);
    assert.ok(files.length >= 4 && total <= 80_000, `${total} bytes`);
  });
});
