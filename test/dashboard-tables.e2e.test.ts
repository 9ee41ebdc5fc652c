/** What a person does with spreadsheets and photos on the page, in a real browser over the real program. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { aPng } from "../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { textRows, workbook } from "../src/testing/workbook.ts";
import { launchChromium } from "./launch-chromium.ts";
import { aLedgerOf, createEnding, startService } from "./storewalk-process.ts";

const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\nS00339218,Kiosk,7100016\n";
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);
/** Where somebody wants to look at the pages. */
const PICTURES = process.env.DASHBOARD_PICTURES;

describe("tables on the dashboard", { skip }, () => {
  const ending = createEnding();
  let browser: Browser;
  /** For tests that leave stores and settings as they are. */
  let shared: string;
  before(async () => {
    browser = await launchChromium();
    shared = await aService();
  });
  after(async () => {
    await browser?.close();
    await ending.end();
  });

  async function aService(): Promise<string> {
    const settings = { STOREWALK_PORT: "0", ...aLedgerOf(ending, STORES) };
    return (await startService(ending, settings).ready) ?? assert.fail("the service must start");
  }

  /** A page on the service; any error in the page's console fails the test. */
  async function setup(t: TestContext, { alone = false } = {}) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    t.after(async () => {
      await page.close();
      assert.deepEqual(errors, []);
    });
    return { url: alone ? await aService() : shared, page, errors };
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  }

  async function jobShown(page: Page): Promise<number> {
    await page.waitForURL(/\/jobs\/\d+$/);
    return Number(page.url().split("/").at(-1));
  }

  async function visitsOf(url: string, jobId: number) {
    const answer = await fetch(`${url}/api/v1/jobs/${jobId}/visits`);
    const { data } = JSON.parse(await answer.text()) as {
      data: { store_id: string; visit_time: string; visit_date: string | null; counts: { images: number } }[];
    };
    return data.map(({ store_id, visit_time, visit_date }) => [store_id, visit_time, visit_date]);
  }

  it("folds the filters of a list away on a phone, and says how many of them are set", async (t) => {
    const { url, page } = await setup(t);
    await page.goto(`${url}/images?store=S1&flag=dark`);
    const store = page.getByRole("searchbox", { name: "Store" });
    await store.waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByText("Filters, 2 set").waitFor();
    assert.equal(await store.isVisible(), false);
    await page.getByText("Filters, 2 set").click();
    await store.fill("");
    await store.press("Enter");
    await page.getByText("Filters, 1 set").waitFor();
    assert.equal(await store.isVisible(), true, "they stay open for whoever changes them");
  });

  it("asks which column of a workbook is which, and in which order its dates are, and then takes it", async (t) => {
    const { url, page } = await setup(t, { alone: true });
    const rows = [
      ["Markt", "Foto", "Besuch am", "Notiz"],
      ["S1", "http://127.0.0.1:9/1.jpg", "20/11/2026 10:30", "a"],
      ["S1", "http://127.0.0.1:9/2.jpg", "03/12/2026 11:00", "b"],
    ];
    await page.goto(`${url}/submit`);
    await picture(page, "submit");
    const buffer = await workbook({ rows: textRows(rows) });
    await page.locator("input[accept*=csv]").setInputFiles({ name: "Besuche.xlsx", mimeType: XLSX, buffer });
    await page.getByText("Which column is which?").waitFor();
    await page.getByText("missing: store_id, image_url, visit_time", { exact: false }).waitFor();
    await picture(page, "column-chooser");
    for (const [label, header] of [
      ["Store", "Markt"],
      ["Link to the photo", "Foto"],
      ["Time of the visit", "Besuch am"],
    ] as const) {
      await page.getByRole("combobox", { name: label, exact: true }).selectOption(header);
      // Each choice has the table read again.
      await page.getByText("Reading …").waitFor({ state: "detached" });
    }
    await page.getByText("2 visits with 2 images can be submitted").waitFor();
    await page.getByText("2 dates like 20/11/2026 10:30: in which order are they?").waitFor();
    await picture(page, "date-order");
    await page.getByText("day, month, year").click();
    await page.getByText("may be a date").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Read all my dates so, in every submission" }).click();
    await page.getByText("Kept for every submission.").waitFor();
    await page.getByRole("button", { name: "Submit 2 images" }).click();
    const jobId = await jobShown(page);
    assert.deepEqual(await visitsOf(url, jobId), [
      ["S1", "20/11/2026 10:30", "2026-11-20"],
      ["S1", "03/12/2026 11:00", "2026-12-03"],
    ]);
    const times = await fetch(`${url}/api/v1/submission/times`);
    assert.deepEqual(JSON.parse(await times.text()), { dates: "dmy", time_zone: null });
  });

  it("finds the visits of a folder of photos by their names, and leaves out by name what is named otherwise", async (t) => {
    const { url, page } = await setup(t);
    const file = (name: string, width: number) => ({
      name,
      mimeType: "image/png",
      buffer: Buffer.from(aPng({ width, height: 20 })),
    });
    await page.goto(`${url}/submit`);
    await page
      .locator("input[accept*=csv]")
      .setInputFiles([
        file("S00339218_2026-11-20_2.png", 40),
        file("S00339218_2026-11-20_1.png", 30),
        file("S1_20261121_1.png", 50),
        file("IMG_0007.png", 60),
        file("S1_20261399_1.png", 70),
      ]);
    await page.getByText("5 photos chosen").waitFor();
    await page.getByText("2 photos left out, not named STORE_DATE_n: IMG_0007.png, S1_20261399_1.png").waitFor();
    await page.getByRole("button", { name: "Check 2 visits" }).click();
    await page.getByText("2 visits with 3 images can be submitted").waitFor();
    await picture(page, "named-photos");
    await page.getByRole("button", { name: "Submit 3 images" }).click();
    const jobId = await jobShown(page);
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
    assert.deepEqual(await visitsOf(url, jobId), [
      ["S00339218", "2026-11-20", "2026-11-20"],
      ["S1", "2026-11-21", "2026-11-21"],
    ]);
    const answer = await fetch(`${url}/api/v1/jobs/${jobId}/images`);
    const { data } = JSON.parse(await answer.text()) as { data: { perimeter: number }[] };
    assert.deepEqual(
      data.map(({ perimeter }) => perimeter),
      [100, 120, 140],
    );
  });

  it("takes photos together with the table that names them", async (t) => {
    const { url, page } = await setup(t);
    await page.goto(`${url}/submit`);
    await page.locator("input[accept*=csv]").setInputFiles([
      {
        name: "visits.csv",
        mimeType: "text/csv",
        buffer: Buffer.from("Shop;Photo;Date\nS1;file:shelf.png;2026-11-20\n"),
      },
      { name: "shelf.png", mimeType: "image/png", buffer: Buffer.from(aPng({ width: 30, height: 20 })) },
    ]);
    await page.getByText("1 visit with 1 image can be submitted").waitFor();
    await page.getByRole("button", { name: "Submit 1 image" }).click();
    await jobShown(page);
    await page.locator(".head .mark", { hasText: "completed" }).waitFor();
  });

  it("says what it cannot take", async (t) => {
    const { url, page } = await setup(t);
    await page.goto(`${url}/submit`);
    const input = page.locator("input[accept*=csv]");
    await input.setInputFiles({ name: "notes.docx", mimeType: "", buffer: Buffer.from("x") });
    await page.getByText("notes.docx must be an .xlsx, .csv, .json or .ndjson file, or photos").waitFor();
    await input.setInputFiles(
      ["a.csv", "b.csv"].map((name) => ({ name, mimeType: "text/csv", buffer: Buffer.from("x") })),
    );
    await page.getByText("one list of visits at a time: a.csv, b.csv").waitFor();
  });

  it("asks which column of a store master is which, lists what is wrong with it, and then imports it", async (t) => {
    const { url, page, errors } = await setup(t, { alone: true });
    await page.goto(`${url}/stores`);
    const input = page.locator("input[accept*=xlsx]");
    const rows = [
      ["Markt", "Bezeichnung", "Gebiet"],
      ["S1", "Corner shop & bar", "7100015"],
    ];
    await input.setInputFiles({
      name: "Märkte.xlsx",
      mimeType: XLSX,
      buffer: await workbook({ rows: textRows(rows) }),
    });
    await page.getByText("Märkte.xlsx has 1 problem; nothing was imported.").waitFor();
    await page.getByText("Which column is which?").waitFor();
    await picture(page, "store-column-chooser");
    for (const [label, header] of [
      ["Store", "Markt"],
      ["Name", "Bezeichnung"],
      ["Area", "Gebiet"],
    ] as const) {
      await page.getByRole("combobox", { name: label, exact: true }).selectOption(header);
      await page.getByText("is being read …").waitFor({ state: "detached" });
    }
    await page.getByText("Märkte.xlsx: 0 added, 1 changed, 0 closed, 0 reopened, 0 unchanged.").waitFor();
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("Imported: 0 added, 1 changed").waitFor();
    const answer = await fetch(`${url}/api/v1/stores/S1`);
    assert.match(await answer.text(), /"store_name":"Corner shop & bar"/);
    const faulty = Buffer.from("store_id,store_name,area_code\n,x,1\nS1,a,1\nS1,b,1\n");
    await input.setInputFiles({ name: "faulty.csv", mimeType: "text/csv", buffer: faulty });
    await page.getByRole("cell", { name: "line 2" }).waitFor();
    await page.getByRole("cell", { name: "line 4" }).waitFor();
    // Chromium itself reports each answer 400 there.
    assert.ok(
      errors.every((error) => error.includes("400")),
      errors.join(),
    );
    errors.splice(0);
  });

  it("shows what a whole new store master would close, closes it, and takes it back", async (t) => {
    const { url, page } = await setup(t, { alone: true });
    await page.goto(`${url}/stores`);
    await page.getByLabel("These are all stores").check();
    await page.locator("input[accept*=xlsx]").setInputFiles({
      name: "next-week.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("Store Code;Store Name;Area\nS1;Corner shop & café;7100015\nS9;New kiosk;7100015\n"),
    });
    await page.getByText("next-week.csv: 1 added, 1 changed, 1 closed, 0 reopened, 0 unchanged.").waitFor();
    await page.getByText("Corner shop → Corner shop & café").waitFor();
    await picture(page, "replace-diff");
    const closedStores = async () => {
      const answer = await fetch(`${url}/api/v1/stores?state=closed`);
      const { data } = JSON.parse(await answer.text()) as { data: { store_id: string }[] };
      return data.map(({ store_id }) => store_id);
    };
    assert.deepEqual(await closedStores(), []);
    await page.getByRole("button", { name: "Import, and close 1 store" }).click();
    await page.getByText("Imported: 1 added, 1 changed, 1 closed").waitFor();
    assert.deepEqual(await closedStores(), ["S00339218"]);
    await page.getByText(/^closed \d{1,2} \w+ \d{4}$/).waitFor();
    await picture(page, "replace-done");
    await page.getByRole("button", { name: "Undo …" }).click();
    await page.getByRole("dialog", { name: "Undo version 2?" }).waitFor();
    await page.getByRole("button", { name: "Undo it" }).click();
    await page.getByText("undo of 2").waitFor();
    assert.deepEqual(await closedStores(), []);
    await page.getByText(/^closed \d/).waitFor({ state: "detached" });
  });
});
