/** Photos behind a login, at the dashboard, in a real browser over the real program: credentials kept, tried, set anew and forgotten, and seen by nobody. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { guardedRoute, TOKEN } from "../src/testing/guarded-host.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { startImageHost } from "../src/testing/image-host.ts";
import { CHROMIUM, findProgram } from "../src/testing/test-services.ts";
import { launchChromium } from "./launch-chromium.ts";
import { aLedgerOf, startService } from "./storewalk-process.ts";

const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);

describe("the dashboard's page of hosts", { skip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  async function setup(t: TestContext) {
    const host = await startImageHost({ "/1.png": guardedRoute(aPng({ width: 30, height: 20 })) });
    t.after(() => host.close());
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    t.after(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(CHROMIUM.patienceMs);
    const url = await startService(t, {
      STOREWALK_PORT: "0",
      ...aLedgerOf(t),
      STOREWALK_ALLOW_HOSTS: host.host,
      STOREWALK_GPU_LATENCY_MS: "0",
    }).ready;
    assert.ok(url);
    await page.goto(`${url}/hosts`);
    return { host, url, page };
  }

  it("keeps credentials, tries a photo with them, sets them anew and forgets them", async (t) => {
    const { host, url, page } = await setup(t);
    const tryPhoto = async (answer: string) => {
      await page.getByLabel("The URL of one photo").fill(host.url("/1.png"));
      await page.getByRole("button", { name: "Test" }).click();
      await page.getByText(answer).waitFor();
    };
    await page.getByText("Nothing is saved.").waitFor();
    await tryPhoto("127.0.0.1 answered 401 Unauthorized");
    await page.getByText("No credentials are saved for it.").waitFor();

    await page.getByLabel("Host or bucket").fill(host.host);
    await page.getByLabel("Value").fill(TOKEN);
    await page.getByLabel(/may go over http/).check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("rowheader", { name: host.host }).waitFor();
    assert.equal(await page.getByLabel("Value").inputValue(), "");
    await tryPhoto("png, 30 × 20 pixels.");
    await page.getByText(`Asked as saved for ${host.host}, sending Authorization.`).waitFor();

    await page.getByRole("button", { name: "Replace" }).click();
    await page.getByRole("heading", { name: `Replace: ${host.host}` }).waitFor();
    await page.getByLabel("What it wants to see").selectOption("Name and password");
    await page.getByLabel("Name", { exact: true }).fill("ann");
    await page.getByRole("textbox", { name: "Password" }).fill("correct horse");
    await page.getByRole("button", { name: "Replace" }).last().click();
    await page.getByRole("heading", { name: "Add credentials" }).waitFor();
    await tryPhoto("it was asked with the credentials for");
    const login = host.asked("/1.png").at(-1)?.authorization?.replace("Basic ", "") ?? "";
    assert.equal(Buffer.from(login, "base64").toString(), "ann:correct horse");

    const kept = await (await fetch(`${url}/api/v1/hosts/access`)).text();
    for (const text of [kept, await page.content()]) assert.doesNotMatch(text, /s3cr3t|correct horse/);
    await page.getByRole("button", { name: "Delete …" }).click();
    await page.getByRole("button", { name: "Delete them" }).click();
    await page.getByText("Nothing is saved.").waitFor();
  });

  it("asks a bucket's pattern for what a bucket needs, and says what the service refuses", async (t) => {
    const { url, page } = await setup(t);
    const pattern = page.getByLabel("Host or bucket");
    await pattern.fill("s3://photos/in");
    await page.getByLabel("Access key id").fill("AKIAEXAMPLE");
    await page.getByLabel("Secret access key").fill("s3cr3t-of-the-bucket");
    await page.getByLabel("Endpoint").fill("http://minio.example:9000");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("endpoint must begin with https:// unless over_http is true").waitFor();
    await page.getByLabel("Endpoint").fill("https://minio.example:9000");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("key AKIAEXAMPLE").waitFor();
    await pattern.fill("az://photos");
    await page.getByRole("textbox", { name: "Account" }).fill("acme");
    await page.getByLabel("Signed by").selectOption("a shared access signature");
    await page.getByRole("textbox", { name: "Signature" }).fill("sv=1&sig=abcdefgh");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("signature of acme").waitFor();
    const kept = await (await fetch(`${url}/api/v1/hosts/access`)).text();
    const patterns = [...kept.matchAll(/"pattern":"([^"]*)"/g)].map(([, text]) => text);
    assert.deepEqual(patterns, ["az://photos", "s3://photos/in"]);
  });
});
