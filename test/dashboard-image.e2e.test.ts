/** One thing by itself at the dashboard, in a real browser over the real program: an image with its history, a delivery with its attempts. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { aPng } from "../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { axeFindings, DESK_AND_PHONE } from "./axe.ts";
import { launchChromium } from "./launch-chromium.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { createEnding, type Ending, quickSettings, startService } from "./storewalk-process.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);
const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\n";

/** Gives one picture; what is under /gone is missing. The first message to /hook is refused, those after it are taken. */
async function startHost(t: Ending): Promise<string> {
  const picture = aPng({ width: 600, height: 400 });
  let messages = 0;
  return await startLoopbackServer(t, (request, response) => {
    request.resume();
    if (request.url === "/hook" && messages++ === 0) response.writeHead(503).end("busy,\n come later");
    else if (request.url === "/hook") response.writeHead(200).end("thank you");
    else if (request.url?.startsWith("/gone")) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png", "content-length": picture.length }).end(picture);
  });
}

describe("the dashboard, of one thing", { skip }, () => {
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

  /** A page that may use the clipboard; any error in its console fails the test. */
  async function setup(t: TestContext): Promise<Page> {
    const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    t.after(async () => {
      await context.close();
      assert.deepEqual(errors, []);
    });
    return page;
  }

  async function send(path: string, type: string, body: string): Promise<Record<string, unknown>> {
    const answer = await fetch(url + path, { method: "POST", headers: { "content-type": type }, body });
    assert.ok(answer.ok, `${path} answered ${answer.status}`);
    return JSON.parse(await answer.text());
  }

  /** Image 0 is measured, image 1 is missing. Resolves with the job's number when it is over. */
  async function aJob(page: Page): Promise<number> {
    const image_url = [{ url: `http://${host}/1.png`, external_id: "shelf-left" }, `http://${host}/gone/2.png`];
    const visits = [{ store_id: "S1", visit_time: "2026-01-05T10:00:00Z", image_url, metadata: { agent: "Ada" } }];
    const { job_id: job } = await send("/api/v1/jobs", "application/json", JSON.stringify({ count: 1, visits }));
    await page.goto(`${url}/jobs/${job}`);
    await page.getByText("1 failed image", { exact: true }).waitFor();
    return Number(job);
  }

  /** What axe finds on each screen, and where the page is wider than it. */
  async function findings(page: Page): Promise<readonly string[]> {
    const found = await axeFindings(page, page.url(), DESK_AND_PHONE);
    await page.setViewportSize({ width: 1_200, height: 800 });
    return found;
  }

  it("goes from the list to an image, and shows its photo, where it is from and its result", async (t) => {
    const page = await setup(t);
    const job = await aJob(page);
    await page.goto(`${url}/jobs/${job}?tab=images`);
    const pictured = page.waitForResponse((answer) => answer.url().endsWith("/thumbnail?size=large"));
    await page.getByRole("rowheader", { name: "0" }).getByRole("link").click();
    await page.getByRole("heading", { name: `Image 0 of job ${job}` }).waitFor();
    const photo = page.getByRole("img", { name: `Image 0 of job ${job}, 600 × 400` });
    await photo.waitFor();
    assert.equal((await pictured).status(), 200);
    const facts = page.getByRole("region", { name: "Facts" });
    for (const fact of ["shelf-left", "600 × 400 pixels", "2,000 pixels", "png, ", "agent: Ada", "1 attempt"])
      await facts.getByText(fact).waitFor();
    await facts.getByRole("button", { name: "Copy" }).click();
    await facts.getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await page.evaluate("navigator.clipboard.readText()"), `http://${host}/1.png`);
    await facts.getByRole("link", { name: "visit 0" }).waitFor();
    assert.deepEqual(await findings(page), []);
    await facts.getByRole("link", { name: "S1" }).click();
    await page.getByRole("heading", { name: "Corner shop S1" }).waitFor();
    await page.getByRole("link", { name: `Image 0 of job ${job}` }).click();
    await photo.waitFor();
  });

  it("goes from a failure to its image, and shows why it failed, from where it was fetched then, and its result when it came", async (t) => {
    const page = await setup(t);
    const job = await aJob(page);
    await page.getByRole("button", { name: /^Stores of 127\.0\.0\.1/ }).click();
    assert.equal(
      await page.getByRole("link", { name: "1 image" }).last().getAttribute("href"),
      `/jobs/${job}/images/1`,
    );
    await page.goto(`${url}/jobs/${job}?tab=sheet`);
    await page.getByRole("link", { name: "not_found" }).click();
    await page.getByRole("heading", { name: `Image 1 of job ${job}` }).waitFor();
    await page.locator(".frame", { hasText: "answered 404 Not Found" }).waitFor();
    assert.deepEqual(await findings(page), []);
    await send(`/api/v1/jobs/${job}/retry`, "text/csv", `image,url\n1,http://${host}/2.png\n`);
    await page.getByRole("row", { name: /^now .* measured .*http:\/\/.*\/2\.png/ }).waitFor();
    await page.getByRole("row", { name: /^run 1 .* not_found .*404 Not Found.*\/gone\/2\.png/ }).waitFor();
    assert.deepEqual(await findings(page), []);
    await page.getByRole("link", { name: "← Image 0" }).click();
    await page.getByRole("heading", { name: `Image 0 of job ${job}` }).waitFor();
  });

  it("shows what was sent to a webhook and every answer, and warns of an endpoint to which nothing would be sent", async (t) => {
    const page = await setup(t);
    await page.goto(`${url}/webhooks`);
    const add = async (address: string) => {
      await page.getByLabel("A new endpoint").fill(address);
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.getByRole("button", { name: "I have kept it" }).click();
    };
    await add("http://10.1.2.3/hook");
    await page.getByText("10.1.2.3 is not a host on the public internet").waitFor();
    await add(`http://${host}/hook`);
    await page.getByText("10.1.2.3 is not a host").waitFor({ state: "detached" });
    await page
      .getByRole("row", { name: new RegExp(host) })
      .getByRole("button", { name: "Ping" })
      .click();
    await page.getByRole("link", { name: "ping delivery" }).click();
    await page.locator("pre", { hasText: '"type": "ping"' }).waitFor();
    await page.getByRole("row", { name: /^1 .* ms 503 busy, come later/ }).waitFor();
    await page.getByText("retrying, 1 of 10").waitFor();
    assert.deepEqual(await findings(page), []);
    // The second attempt comes some seconds later, by itself.
    await page.getByRole("row", { name: /^2 .* ms 200 thank you/ }).waitFor();
    await page.locator(".head .mark", { hasText: "delivered" }).waitFor();
    const [, before] = /(\d+)$/.exec(page.url()) ?? [];
    await page.getByRole("button", { name: "Send again" }).click();
    await page.waitForURL(`${url}/webhooks/deliveries/${Number(before) + 1}`);
    await page.getByRole("row", { name: /^1 .* ms 200 thank you/ }).waitFor();
  });
});
