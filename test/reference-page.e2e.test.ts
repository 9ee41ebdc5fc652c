/** The reference of the API in a real browser: for people who see it badly or use no mouse, in both themes and on a phone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startHttpService } from "../src/testing/http-service.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { axeFindings } from "./axe.ts";
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
    for (const width of [1440, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${address}/docs`);
        assert.deepEqual(await axeFindings(page), [], `${width} ${colorScheme}`);
        const wide = Number(await page.evaluate("document.documentElement.scrollWidth"));
        assert.ok(wide <= width, `it is ${wide} pixels wide at ${width}`);
      }
    }
    assert.deepEqual([...new Set(asked)].toSorted(), ["/docs", "/icon.svg"]);
  });
});
