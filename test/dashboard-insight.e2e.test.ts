/** A manager of field operations at the dashboard, in a real browser over the real program: from a week of an area to its photos. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { addDays, mondayOf } from "../src/domain/calendar.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { axeFindings, DESK_AND_PHONE } from "./axe.ts";
import { launchChromium } from "./launch-chromium.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { createEnding, type Ending, quickSettings, startService } from "./storewalk-process.ts";

const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS2,Kiosk,7100016\n";
const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);
const TODAY = new Date().toISOString().slice(0, 10);
const LAST_WEEK = addDays(mondayOf(TODAY), -5);

/** Serves pictures, a list of one visit for each day, and nothing under `/gone`. */
async function startHost(t: Ending): Promise<string> {
  const picture = aPng({ width: 30, height: 20 });
  return await startLoopbackServer(t, (request, response) => {
    if (request.url?.startsWith("/visits-")) {
      const day = request.url.slice("/visits-".length, -".csv".length);
      response.end(`store_id,image_url,visit_time\nS2,http://${request.headers.host}/a/9.png,${day}\n`);
    } else if (request.url?.startsWith("/gone")) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png", "content-length": picture.length }).end(picture);
  });
}

describe("the dashboard, to a manager of field operations", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  let url = "";
  let host = "";
  before(async () => {
    browser = await launchChromium();
    host = await startHost(ending);
    const settings = quickSettings(ending, { stores: STORES, host });
    url = (await startService(ending, settings).ready) ?? "";
    const photos = (folder: string, images: number) =>
      Array.from({ length: images }, (_, no) => `http://${host}/${folder}/${no}.png`);
    const visits = [
      { store_id: "S1", visit_time: LAST_WEEK, image_url: [...photos("a", 2), ...photos("gone", 1)] },
      { store_id: "S2", visit_time: LAST_WEEK, image_url: photos("b", 4) },
      { store_id: "S1", visit_time: TODAY, image_url: photos("c", 1) },
    ].map((visit) => ({ ...visit, metadata: { agent: "Asha Rao" } }));
    await fetch(`${url}/api/v1/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ count: visits.length, visits }),
    });
    await summed(8);
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  /** Waits until so many images are in the sums. */
  async function summed(images: number): Promise<void> {
    for (;;) {
      const response = await fetch(`${url}/api/v1/insight?of=all`);
      const { total } = (await response.json()) as { readonly total: { readonly images: number } };
      if (total.images === images) return;
    }
  }

  async function open(t: TestContext, path: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    t.after(async () => {
      await page.close();
      assert.deepEqual(errors, []);
    });
    await page.goto(url + path);
    return page;
  }

  it("keeps how fast images came, as a chart and a table, whoever loads the page anew", async (t) => {
    const page = await open(t, "/");
    const table = page.getByText("As a table");
    await page.getByText("The first results of the last ten minutes are coming in.").or(table).waitFor();
    // The ten seconds in which they came are over.
    await table.waitFor();
    await page.reload();
    await table.click();
    await page.getByRole("columnheader", { name: "10 seconds until" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "CSV" }).click();
    assert.equal((await download).suggestedFilename(), "throughput.csv");
    assert.equal(await page.getByText("Nothing has run in the last ten minutes.").count(), 0);
  });

  it("drills down from a cell of the heat map to the images", async (t) => {
    const page = await open(t, "/insight");
    const week = mondayOf(LAST_WEEK);
    await page.getByRole("link", { name: `3 of 7100015 in week ${week}: 3` }).click();
    await page.getByRole("heading", { name: "Images of all jobs" }).waitFor();
    const rows = page.locator("tbody tr");
    await page.getByText("not_found").waitFor();
    assert.equal(await rows.count(), 3);
    const query = new URL(page.url()).searchParams;
    assert.deepEqual(
      ["area", "from", "to"].map((name) => query.get(name)),
      ["7100015", week, addDays(week, 6)],
    );
    await page.getByLabel("Outcome").selectOption("failed");
    await rows.nth(1).waitFor({ state: "detached" });
    // None is shown until the next answer is there.
    await rows.first().waitFor();
    assert.equal(await rows.count(), 1);
  });

  it("goes from an area to its stores and back, and shows causes and agents", async (t) => {
    const page = await open(t, "/insight");
    await page.getByRole("link", { name: "7100016", exact: true }).first().click();
    await page.getByRole("link", { name: "S2", exact: true }).first().waitFor();
    await page.getByRole("link", { name: "All areas" }).click();
    await page.getByLabel("Rows").selectOption("agent");
    await page.getByRole("link", { name: "Asha Rao" }).first().waitFor();
    await page.getByRole("link", { name: "not_found" }).click();
    await page.getByRole("heading", { name: /^not_found by agent and week/ }).waitFor();
  });

  it("exports what it shows", async (t) => {
    const page = await open(t, "/insight?of=store");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export CSV" }).click();
    assert.match((await download).suggestedFilename(), /^insight-store-.*\.csv$/);
    const workbook = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export XLSX" }).click();
    assert.match((await workbook).suggestedFilename(), /^insight-store-.*\.xlsx$/);
  });

  it("shows a store's latest photos by visit", async (t) => {
    const page = await open(t, "/stores/S1");
    await page.getByRole("heading", { name: "Latest photos" }).waitFor();
    const visits = page.locator("section.visit");
    assert.equal(await visits.count(), 2);
    await visits.first().locator(`time[title="${TODAY}"]`).waitFor();
    assert.match(await visits.last().innerText(), /not_found/);
  });

  it("lets a job repeat, runs it now, and shows what became of it", async (t) => {
    const page = await open(t, "/jobs");
    await page.getByRole("link", { name: "Schedules" }).click();
    await page.getByLabel("Name").fill("Monday visits");
    await page.getByLabel("Time zone").fill("Asia/Kolkata");
    await page.getByLabel("Manifest; {date}").fill(`http://${host}/visits-{date}.csv`);
    await page.getByRole("button", { name: "Add schedule" }).click();
    await page.getByRole("rowheader", { name: /Monday visits/ }).waitFor();
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByRole("link", { name: /^Job \d+$/ }).click();
    await page.waitForURL(/\/jobs\/\d+$/);
  });

  it("keeps a file for a job that repeats, and takes another in its place", async (t) => {
    const page = await open(t, "/schedules");
    const csv = (name: string, photo: string) => {
      const line = `S1,http://${host}/a/${photo}.png,{date}`;
      return { name, mimeType: "text/csv", buffer: Buffer.from(`store_id,image_url,visit_time\n${line}\n`) };
    };
    await page.getByLabel("Name").fill("From a file");
    await page.getByLabel("Where the visits come from").selectOption("file");
    await page.getByLabel("Choose a file").setInputFiles(csv("week.csv", "1"));
    await page.getByRole("button", { name: "Add schedule" }).click();
    const row = page.getByRole("row", { name: /From a file/ });
    await row.getByText("week.csv").waitFor();
    await row.getByRole("button", { name: "Run now" }).click();
    await row.getByRole("link", { name: /^Job \d+$/ }).waitFor();
    await row.getByRole("button", { name: "Another source" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Take this one" }).click();
    await dialog.getByText("Write the manifest's URL first.").waitFor();
    await dialog.getByLabel("Where the visits come from").selectOption("file");
    await dialog.getByLabel("Choose a file").setInputFiles(csv("better.csv", "2"));
    await dialog.getByRole("button", { name: "Take this one" }).click();
    await row.getByText("better.csv").waitFor();
  });

  it("says that there is nothing where nobody was", async (t) => {
    const page = await open(t, "/insight?from=2001-01-01&to=2001-02-01");
    await page.getByText("No visit from 1 Jan 2001 to 4 Feb 2001.").waitFor();
  });

  it("can be used by everybody: axe finds nothing, in light and dark, on a phone too, and nothing is wider than the page", async (t) => {
    const page = await open(t, "/insight");
    for (const path of [
      "/insight",
      "/insight?of=agent&by=day&measure=failed_share",
      "/images",
      "/stores/S1",
      "/schedules",
    ]) {
      await page.goto(url + path);
      await page.locator("table:visible, section.visit").first().waitFor();
      assert.deepEqual(await axeFindings(page, path, DESK_AND_PHONE), []);
    }
  });
});
