/** The client's README, run as it is written, and the built client in a real browser: both against the real program with its demo. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { aPng } from "../../src/testing/image-bytes.ts";
import { CHROMIUM, findProgram } from "../../src/testing/test-services.ts";
import { launchChromium } from "../launch-chromium.ts";
import { aDataDir, aLedgerOf, startService } from "../storewalk-process.ts";

const CLIENT = new URL("../../sdk/src/client.ts", import.meta.url);
const README = readFileSync(new URL("../../sdk/README.md", import.meta.url), "utf8");
const STORES = "store_id,store_name,area_code\nS00339218,Corner shop,7100015\n";
const { skip } = findProgram(CHROMIUM.path, CHROMIUM.get);

const examples = [...README.matchAll(/## (.+)\n\n```ts\n([\s\S]*?)```/g)].map(([, title = "", code = ""]) => ({
  title,
  code,
}));

describe("the client's README", () => {
  it("has an example under each heading", () => assert.equal(examples.length, 4));

  it("runs as it is written, one example after the other", async (t) => {
    const png = aPng();
    const photos = createServer((request, response) => {
      if (request.url?.startsWith("/photos/")) response.writeHead(200, { "content-type": "image/png" }).end(png);
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(photos, "listening");
    t.after(() => photos.close());
    const { port } = photos.address() as AddressInfo;
    const settings = {
      STOREWALK_PORT: "0",
      ...aLedgerOf(t, STORES),
      STOREWALK_ALLOW_HOSTS: `127.0.0.1:${port}`,
      STOREWALK_GPU_LATENCY_MS: "1",
    };
    const url = await startService(t, settings).ready;
    assert.ok(url);
    const folder = aDataDir(t);
    const printed: string[] = [];
    for (const [no, { code }] of examples.entries()) {
      const file = join(folder, `example-${no}.ts`);
      const runnable = code
        .replaceAll('"@storewalk/client"', JSON.stringify(CLIENT.href))
        .replaceAll("http://127.0.0.1:8080", url)
        .replaceAll("127.0.0.1:8081", `127.0.0.1:${port}`);
      writeFileSync(file, runnable);
      const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file], { timeout: 600_000 });
      let [output, errors] = ["", ""];
      child.stdout.on("data", (data) => {
        output += data;
      });
      child.stderr.on("data", (data) => {
        errors += data;
      });
      const [exitCode] = await once(child, "close");
      assert.equal(exitCode, 0, errors);
      printed.push(output);
    }
    const [create = "", list = "", retry = "", webhook = ""] = printed;
    assert.match(create, /2 of 2\nfailed 1\n$/);
    assert.match(list, /^1 \{ not_found: 1 \}\n.*\/broken\/missing\.jpg not_found /);
    assert.equal(retry, "");
    assert.equal(webhook, "function\n");
  });
});

describe("the built client", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "storewalk-sdk-"));
    const repository = fileURLToPath(new URL("../../", import.meta.url));
    const tsc = join(repository, "node_modules/typescript/bin/tsc");
    const built = spawnSync(process.execPath, [tsc, "-p", join(repository, "sdk"), "--outDir", folder], {
      encoding: "utf8",
    });
    assert.equal(built.status, 0, built.stdout);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is JavaScript with types, and imports nothing but itself", () => {
    const files = readdirSync(folder);
    assert.ok(files.includes("client.js") && files.includes("client.d.ts"));
    for (const file of files.filter((name) => name.endsWith(".js"))) {
      const imports = [...readFileSync(join(folder, file), "utf8").matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
      assert.deepEqual(
        imports.filter((name) => !name?.startsWith("./")),
        [],
        file,
      );
    }
  });

  it("runs in a browser", { skip }, async (t) => {
    const service = await startService(t, { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: aDataDir(t) }).ready;
    assert.ok(service);
    // The page and the service under one origin, as a proxy in front of both would have it.
    const server = createServer(async (request, response) => {
      const path = request.url ?? "/";
      if (path === "/page") return void response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
      if (path.startsWith("/sdk/")) {
        const script = readFileSync(join(folder, path.slice(5)));
        return void response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      }
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      const answer = await fetch(service + path, {
        method: request.method ?? "GET",
        headers: { "content-type": request.headers["content-type"] ?? "application/json" },
        ...(pieces.length > 0 ? { body: Buffer.concat(pieces) } : {}),
      });
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
      response.end(Buffer.from(await answer.arrayBuffer()));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const browser = await launchChromium();
    t.after(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/page`);
    const seen = await page.evaluate(`(async () => {
      const { Storewalk, verifyWebhook } = await import("/sdk/client.js");
      const storewalk = new Storewalk({ baseUrl: location.origin });
      const job = await storewalk.jobs.create({ visits: [{ store_id: "S1", visit_time: "x", image_url: ["http://127.0.0.2/1"] }] });
      const ids = [];
      for await (const { job_id } of storewalk.jobs.list()) ids.push(job_id);
      const refused = await verifyWebhook("{}", { "webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "" }, "whsec_AAAA").catch((error) => error.name);
      return { created: job.job_id, ids, refused };
    })()`);
    assert.deepEqual(seen, { created: 1, ids: [1], refused: "WebhookRefused" });
  });
});
