/** The reference of the API in a real browser: for people who see it badly or use no mouse, in both themes and on a phone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../src/testing/http-service.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { axeFindings, EVERY_SCREEN } from "./axe.ts";
import { launchChromium } from "./launch-chromium.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);

describe("the reference of the API", { skip }, () => {
  it("has no finding of axe, and nothing sideways", async (t) => {
    const { address } = await startHttpService(t);
    const browser = await launchChromium();
    t.after(() => browser.close());
    const page = await browser.newPage();
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${address}/docs`);
    assert.deepEqual(await axeFindings(page, "/docs", EVERY_SCREEN), []);
    const icon = await page.locator("link[rel=icon]").getAttribute("href");
    assert.equal((await fetch(new URL(icon ?? "", address))).status, 200);
    // A browser without a window does not ask for it.
    assert.deepEqual([...new Set(asked).add("/icon.svg")].toSorted(), ["/docs", "/icon.svg"]);
  });
});
