/** A supervisor at the dashboard, in a real browser over the real program: photos used again are found, looked at, and decided about. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { isObject } from "../src/intake/text-rules.ts";
import { aShelf, lit, mirrored } from "../src/testing/grey-pictures.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import type { GreyPicture } from "../src/truth/grey-picture.ts";
import { axeFindings, DESK_AND_PHONE } from "./axe.ts";
import { launchChromium } from "./launch-chromium.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { awaitEnd } from "./numbered-job.ts";
import { createEnding, type Ending, quickSettings, startService } from "./storewalk-process.ts";

const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS2,Kiosk,7100016\n";
const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);

const jpeg = ({ width, height, pixels }: GreyPicture): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg()
    .toBuffer();

/** `/7/shelf.jpg` is a shelf of its own, `/7/mirrored.jpg` the same mirrored, `/7/other.jpg` another one, `/7/dark.jpg` a third one in the dark. */
async function startHost(t: Ending): Promise<string> {
  const pictureOf: Readonly<Record<string, (seed: number) => GreyPicture>> = {
    shelf: (seed) => aShelf(seed),
    mirrored: (seed) => mirrored(aShelf(seed)),
    other: (seed) => aShelf(seed + 1_000),
    dark: (seed) => lit(aShelf(seed + 500), 0.2, 0),
  };
  return await startLoopbackServer(t, (request, response) => {
    const [, seed = "", name = ""] = /^\/(\d+)\/(\w+)\.jpg$/.exec(request.url ?? "") ?? [];
    const picture = pictureOf[name]?.(Number(seed));
    if (!picture) return void response.writeHead(404).end();
    jpeg(picture).then(
      (bytes) => response.writeHead(200, { "content-type": "image/jpeg", "content-length": bytes.length }).end(bytes),
      (error: Error) => response.destroy(error),
    );
  });
}

describe("the dashboard, to a supervisor", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  let service: { readonly host: string; readonly url: string };
  let seeds = 0;
  /** The job of the shelf that the last fraud shows again. */
  let earlierJob = 0;
  before(async () => {
    browser = await launchChromium();
    const host = await startHost(ending);
    const settings = quickSettings(ending, { stores: STORES, host });
    const url = await startService(ending, settings).ready;
    assert.ok(url);
    service = { host, url };
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  /** A page on the service; any error in the page's console fails the test. */
  async function setup(t: TestContext) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    t.after(async () => {
      await page.close();
      assert.deepEqual(errors, []);
    });
    return { ...service, page };
  }

  /** A visit of a store by an agent, with these photos of the shelf that is meant. */
  function aVisit(store_id: string, day: number, agent: string, ...names: string[]) {
    return {
      store_id,
      visit_time: `2026-03-0${day}T09:00:00Z`,
      image_url: names.map((name) => `http://${service.host}/${seeds}/${name}.jpg`),
      metadata: { agent: `${agent} ${seeds}` },
    };
  }

  /**
   * A shelf that was inspected before, mirrored in another store by another agent, and a dark photo: the last two of its three images are flagged.
   * In a job of its own, since of two photos in one job the one that happens to arrive later is the one used again.
   */
  async function aFraud() {
    seeds += 1;
    earlierJob = await inspected({ count: 1, visits: [aVisit("S1", 1, "Anna", "shelf")] });
    return { count: 2, visits: [aVisit("S1", 2, "Anna", "other"), aVisit("S2", 3, "Bela", "mirrored", "dark")] };
  }

  /** Resolves with the job's number when it is over. */
  async function inspected(job: object): Promise<number> {
    const answer = await fetch(`${service.url}/api/v1/jobs?inspect=full`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(job),
    });
    const body: unknown = await answer.json();
    assert.ok(isObject(body), `refused with ${answer.status}`);
    const jobId = Number(body.job_id);
    assert.equal((await awaitEnd(service.url, jobId)).status, "completed");
    return jobId;
  }

  const reused = (page: Page, jobId: number) => page.getByRole("article", { name: `image 1 of job ${jobId}` });

  it("submits a job for full inspection, sees the evidence, dismisses with a note, undoes, accepts, and has it in the report", async (t) => {
    const { url, page } = await setup(t);
    await page.goto(`${url}/submit`);
    await page.getByLabel("The submission").fill(JSON.stringify(await aFraud()));
    await page.getByLabel(/^Full/).check();
    await page.getByRole("button", { name: "Check it" }).click();
    await page.getByText("2 visits with 3 images can be submitted").waitFor();
    await page.getByRole("button", { name: "Submit 3 images" }).click();
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
    const jobId = Number(/\d+$/.exec(page.url().split("?")[0] ?? "")?.[0]);

    await page.getByRole("tab", { name: "Truth 2" }).click();
    await page.getByRole("button", { name: "used again 1" }).click();
    const photo = reused(page, jobId);
    await photo.getByText("mirrored").first().waitFor();
    await photo.getByText(/S1/).first().waitFor();
    await photo.getByText("should not happen by accident").waitFor();
    assert.equal(await page.getByRole("article").count(), 1);
    await photo.getByRole("button", { name: "Difference from the earlier photo" }).click();
    await photo.locator(".stage[aria-pressed=true] .above[style*=matrix3d]").waitFor();

    await photo.getByRole("button", { name: "Dismiss" }).click();
    await photo.getByLabel("Note").fill("same promotion");
    await page.keyboard.press("Enter");
    await photo.locator(".decision", { hasText: "dismissed same promotion" }).waitFor();
    await page.getByRole("tab", { name: "Truth 1" }).waitFor();
    await photo.getByRole("button", { name: "Undo" }).click();
    await photo.getByRole("button", { name: "Accept" }).click();
    await photo.locator(".decision", { hasText: "accepted" }).waitFor();

    await page.reload();
    await reused(page, jobId).locator(".decision", { hasText: "accepted" }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "NDJSON", exact: true }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\n");
    const report = lines.map((line): { flags: unknown; decision: unknown } => JSON.parse(line));
    assert.deepEqual(
      report.map(({ flags, decision }) => ({ flags, decision })),
      [
        { flags: [], decision: null },
        { flags: ["reused"], decision: "accepted" },
        { flags: ["dark"], decision: null },
      ],
    );
  });

  it("reviews by keys, keeps filters in the address, and takes back what was decided last", async (t) => {
    const jobId = await inspected(await aFraud());
    const { url, page } = await setup(t);
    await page.goto(`${url}/review`);
    await page.getByLabel("Field agent").fill(`Bela ${seeds}`);
    await page.keyboard.press("Enter");
    const others = page.locator("article", { hasNotText: `Bela ${seeds}` }).first();
    await others.waitFor({ state: "detached" });
    await page.reload();
    const dark = page.getByRole("article", { name: `image 2 of job ${jobId}` });
    await dark.focus();
    assert.equal(await others.count(), 0);
    await page.keyboard.press("j");
    await page.locator(`article[aria-label="image 1 of job ${jobId}"]:focus`).waitFor();
    await page.keyboard.press("k");
    await page.keyboard.press("a");
    await dark.locator(".decision", { hasText: "accepted" }).waitFor();
    await page.locator(`article[aria-label="image 1 of job ${jobId}"]:focus`).waitFor();
    await page.keyboard.press("u");
    await dark.getByRole("button", { name: "Accept" }).waitFor();

    await page.keyboard.press("x");
    await dark.getByRole("checkbox").check();
    await page.getByLabel("Note").fill("training day");
    await page.getByRole("button", { name: "Dismiss 2" }).click();
    await page.getByText("2 photos dismissed.").waitFor();
    await page.getByRole("button", { name: /^dismissed [1-9]/ }).click();
    await page.locator(".decision", { hasText: "training day" }).first().waitFor();
    assert.equal(await page.locator(".decision").count(), 2);
  });

  it("shows flags with words on the contact sheet, in the list of images and at the store", async (t) => {
    const jobId = await inspected(await aFraud());
    const { url, page } = await setup(t);
    await page.goto(`${url}/jobs/${jobId}?tab=sheet`);
    await page.locator("figure", { hasText: "used again" }).waitFor();
    await page.getByLabel("Flag").selectOption("dark");
    await page.locator(".sheet figure", { hasText: "used again" }).waitFor({ state: "detached" });
    await page.locator(".sheet figure", { hasText: "dark" }).waitFor();
    assert.equal(await page.locator(".sheet figure").count(), 1);
    await page.getByRole("tab", { name: "Images" }).click();
    await page.getByRole("row", { name: /^2 S2/ }).locator(".flag", { hasText: "dark" }).waitFor();
    await page.goto(`${url}/stores/S2`);
    await page.locator("figure", { hasText: "used again" }).first().waitFor();
    await page.getByRole("link", { name: "Review them" }).click();
    await page.getByRole("heading", { name: "Review" }).waitFor();
  });

  it("says by store and area how many visits are flagged, and how many photos another limit would flag", async (t) => {
    const jobId = await inspected(await aFraud());
    const { url, page } = await setup(t);
    await page.goto(`${url}/jobs/${jobId}?tab=truth&look=shares`);
    await page.getByText("1 of 2 visits have a flagged photo (50%)").waitFor();
    await page.getByRole("row", { name: /S2 Kiosk .*1 of 1 100%/ }).waitFor();
    await page.getByRole("button", { name: "Figures and limits" }).click();
    const figure = page.locator(".quality", { hasText: "dark_below" });
    await figure.getByText("flags 1 photo").waitFor();
    await figure.getByRole("slider").press("End");
    await figure.getByText(/flags [23] photos/).waitFor();
  });

  it("changes the rules of the tenant, and resets them", async (t) => {
    const { url, page } = await setup(t);
    await page.goto(`${url}/review/rules`);
    await page.getByText("These are the defaults.").waitFor();
    await page.getByLabel("Small below").fill("333");
    await page.getByRole("button", { name: "Save rules" }).click();
    await page.getByText("Kept.").waitFor();
    await page.reload();
    await page.getByText(/^Changed /).waitFor();
    assert.equal(await page.getByLabel("Small below").inputValue(), "333");
    await page.getByRole("button", { name: "Reset to defaults" }).click();
    // What was kept is read again after it is said to be kept.
    while ((await page.getByLabel("Small below").inputValue()) !== "200") await page.waitForTimeout(50);
  });

  it("says whether a photo was seen before", async (t) => {
    await inspected(await aFraud());
    const { url, page } = await setup(t);
    await page.goto(`${url}/review`);
    const buffer = await jpeg(mirrored(aShelf(seeds)));
    const drop = page.locator("input[type=file]");
    await drop.setInputFiles({ name: "found.jpg", mimeType: "image/jpeg", buffer });
    await page.getByText("Seen before: found.jpg.").waitFor();
    await page
      .locator(".seen-before")
      .getByRole("link", { name: `Image 0 of job ${earlierJob}` })
      .waitFor();
    await page.getByLabel("Or the photo's address").fill(`http://${service.host}/999/shelf.jpg`);
    await page.getByRole("button", { name: "Look for it" }).click();
    await page.getByText("No inspected photo shows what").waitFor();
  });

  it("has nothing that axe finds, and nothing wider than the page, on large and small screens, in the light and in the dark", async (t) => {
    const jobId = await inspected(await aFraud());
    const { url, page } = await setup(t);
    for (const [path, seen] of [
      ["/review", "article .stage"],
      ["/review/rules", ".case"],
      [`/jobs/${jobId}?tab=truth`, "article .stage"],
      [`/jobs/${jobId}?tab=truth&look=shares`, ".share-bar"],
      [`/jobs/${jobId}?tab=truth&look=figures`, ".histogram"],
      [`/jobs/${jobId}?tab=sheet`, ".sheet .flag"],
      [`/jobs/${jobId}?tab=images`, "td .flag"],
      ["/stores/S2", ".sheet .flag"],
      ["/submit", ".choices"],
    ] as const) {
      await page.goto(url + path);
      await page.locator(".live.live").waitFor();
      await page.locator(seen).first().waitFor();
      assert.deepEqual(await axeFindings(page, path, DESK_AND_PHONE), []);
    }
  });
});
