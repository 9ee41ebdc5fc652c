/** Keys at the dashboard, in a real browser over the real program: the first key, signing in, and what a read-only key leaves to do. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { launchChromium } from "./launch-chromium.ts";
import { aDataDir, runCommand, startService } from "./storewalk-process.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);

describe("the dashboard of a service with keys", { skip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  async function setup(t: TestContext) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    t.after(() => context.close());
    const settings = { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: aDataDir(t), STOREWALK_GPU_LATENCY_MS: "0" };
    const url = await startService(t, settings).ready;
    assert.ok(url);
    return { url, page, context, settings };
  }

  it("makes the first key, stays signed in with it, and lets a read-only one see but change nothing", async (t) => {
    const { url, page, settings } = await setup(t);
    await page.goto(`${url}/keys`);
    await page.getByText("No key is asked for").waitFor();
    await page.getByLabel("Name").fill("boss");
    await page.getByRole("button", { name: "Create key" }).click();
    const secret = page.locator(".secret");
    await secret.waitFor();
    const first = (await secret.textContent()) ?? "";
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    assert.equal((await fetch(`${url}/api/v1/jobs`)).status, 401);

    const job = JSON.stringify({
      count: 1,
      visits: [{ store_id: "nowhere", image_url: ["http://127.0.0.1:9/1.jpg"], visit_time: "2026-01-05" }],
    });
    const submitted = await runCommand(["submit", "-", "--format", "json", "--url", url, "--watch"], {
      settings: { ...settings, STOREWALK_API_KEY: first },
      stdin: job,
    });
    assert.equal(submitted.code, 1, submitted.stderr);

    await page.getByLabel("Name").fill("reader");
    await page.getByLabel("Role").selectOption("Read only");
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByRole("row", { name: /^reader/ }).waitFor();
    await page.waitForFunction(`document.querySelector(".secret").textContent !== "${first}"`);
    const reader = (await secret.textContent()) ?? "";
    await page.getByRole("cell", { name: "Create job", exact: true }).waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").fill(reader.slice(0, -1));
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("the API key is misspelt, or not whole").waitFor();
    await page.getByLabel("API key").fill(reader);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Your key may not see this page").waitFor();
    assert.equal(await page.getByRole("link", { name: "Submit", exact: true }).count(), 0);
    await page.goto(`${url}/jobs/1`);
    await page.getByText("unknown_store").first().waitFor();
    assert.equal(await page.getByRole("button", { name: /Retry|Cancel|Pause/ }).count(), 0);
    // A page's own script cannot read the cookie.
    assert.equal(await page.evaluate("document.cookie"), "");
  });

  it("stays signed in when an answer of before the first key comes late, and shows the key", async (t) => {
    const { url, page } = await setup(t);
    await page.goto(`${url}/keys`);
    await page.getByText("No key is asked for").waitFor();
    const asked = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    await page.route("**/api/v1/session", async (route) => {
      if (route.request().method() === "POST") {
        await asked.promise;
        return await route.continue();
      }
      const response = await route.fetch();
      asked.resolve();
      await late.promise;
      await route.fulfill({ response });
    });
    await page.getByLabel("Name").fill("boss");
    const signingIn = page.waitForRequest((request) => request.method() === "POST" && /session$/.test(request.url()));
    await page.getByRole("button", { name: "Create key" }).click();
    await signingIn;
    // Refused, as a key is needed by now and nobody is signed in yet: the page asks who looks at it.
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    const answered = page.waitForResponse((response) => /session$/.test(response.url()));
    late.resolve();
    await (await answered).finished();
    await page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))");
    assert.equal(await page.getByRole("button", { name: "Sign in" }).count(), 0);
    await page.getByRole("link", { name: "Keys", exact: true }).click();
    assert.match((await page.locator(".secret").textContent()) ?? "", /^swk_live_/);
  });

  it("asks to sign in again when the key is revoked", async (t) => {
    const { url, page, settings } = await setup(t);
    const made = await runCommand(["keys", "create", "--name", "till"], { settings });
    const { stdout: list } = await runCommand(["keys", "list", "--json"], { settings });
    const [key] = JSON.parse(list) as [{ id: string }];
    await page.goto(url);
    await page.getByLabel("API key").fill(made.stdout.trim());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator(".live.live").waitFor();
    assert.equal((await runCommand(["keys", "revoke", key.id], { settings })).code, 0);
    // The service has noticed at most two seconds later, and the page when it asks for its figures the next time.
    await page.getByLabel("API key").waitFor();
  });
});
