import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { StatusReply } from "../src/http/schemas.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { type ImageHost, startImageHost } from "../src/testing/image-host.ts";
import { aDataDir, aLedgerOf, PROGRAM, runCommand, startService } from "./storewalk-process.ts";

const IMAGES = 400;
const JOBS = Type.Object({ data: Type.Array(Type.Object({ job_id: Type.Integer(), external_id: Type.String() })) });

async function aHost(t: TestContext): Promise<ImageHost> {
  const host = await startImageHost({});
  for (let image = 0; image < IMAGES; image++) {
    host.route(`/${image}.png`, { kind: "file", bytes: aPng({ width: image + 1, height: 1 }) });
  }
  t.after(() => host.close());
  return host;
}

function settingsFor(t: TestContext, host: ImageHost, more: Record<string, string> = {}) {
  return { STOREWALK_PORT: "0", ...aLedgerOf(t), STOREWALK_ALLOW_HOSTS: host.host, ...more };
}

async function submit(address: string, host: ImageHost): Promise<void> {
  const image_url = Array.from({ length: IMAGES }, (_, image) => host.url(`/${image}.png`));
  const body = JSON.stringify({ count: 1, visits: [{ store_id: "S1", visit_time: "2024-05-01", image_url }] });
  const headers = { "content-type": "application/json" };
  assert.equal((await fetch(`${address}/api/submit`, { method: "POST", headers, body })).status, 201);
}

async function statusOf(address: string): Promise<StatusReply> {
  return Value.Parse(StatusReply, await (await fetch(`${address}/api/status?jobid=1`)).json());
}

describe("storewalk serve", () => {
  it("stops calmly at SIGTERM and goes on at the next start without repeating what was recorded", async (t) => {
    const host = await aHost(t);
    const settings = settingsFor(t, host, {
      STOREWALK_GPU_DEVICES: "1",
      STOREWALK_GPU_STREAMS: "8",
      STOREWALK_GPU_LATENCY_MS: "50-150",
    });
    const first = startService(t, settings);
    const address = await first.ready;
    assert.ok(address);
    await submit(address, host);
    // 400 images on 8 places take some 5 s; the stop's grace is longer, so what is fetched by then is recorded.
    await host.askedTimes("/50.png", 1);
    first.process.kill("SIGTERM");
    const [code] = await once(first.process, "exit");
    assert.equal(code, 0);

    const second = startService(t, { ...settings, STOREWALK_GPU_LATENCY_MS: "0" });
    const again = await second.ready;
    assert.ok(again);
    const watched = await runCommand(["watch", "1", "--url", again]);
    assert.equal(watched.code, 0, watched.stderr);
    assert.deepEqual((await statusOf(again)).counts, {
      visits: 1,
      images: IMAGES,
      done: IMAGES,
      succeeded: IMAGES,
      failed: 0,
    });
  });

  it("does not share its data folder with a second service", async (t) => {
    const host = await aHost(t);
    const settings = settingsFor(t, host);
    assert.ok(await startService(t, settings).ready);
    const second = await runCommand(["serve"], { settings });
    assert.notEqual(second.code, 0);
    assert.match(second.stderr, /is in use by another storewalk service; stop it, or choose another folder/);
    assert.doesNotMatch(second.stderr, /\n\s+at /);
  });

  it("imports the configured store master at its first start", async (t) => {
    const settings = {
      STOREWALK_PORT: "0",
      STOREWALK_DATA_DIR: aDataDir(t),
      STOREWALK_STORE_MASTER: new URL("../examples/store_master.csv", import.meta.url).pathname,
    };
    const address = await startService(t, settings).ready;
    assert.equal((await fetch(`${address}/api/visits?storeid=RP04944`)).status, 200);
  });

  it("says which port is taken", async (t) => {
    const host = await aHost(t);
    const address = await startService(t, settingsFor(t, host)).ready;
    assert.ok(address);
    const { port } = new URL(address);
    const second = await runCommand(["serve"], { settings: { STOREWALK_PORT: port, STOREWALK_DATA_DIR: aDataDir(t) } });
    assert.equal(second.code, 78);
    assert.match(second.stderr, /another program listens there.*--port/);
  });

  it("says what is wrong with an address on which it cannot listen", async (t) => {
    // Without keys another machine's address would be refused for that.
    const settings = { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: aDataDir(t), STOREWALK_AUTH: "off" };
    // 192.0.2.0/24 is kept for examples (RFC 5737): no machine has such an address.
    for (const host of ["999.1.1.1", "192.0.2.1"]) {
      const { code, stderr } = await runCommand(["serve", "--host", host], { settings });
      assert.equal(code, 78, stderr);
      assert.match(stderr, /^storewalk: the service cannot listen on [^\n]*--host[^\n]*\n$/);
      assert.ok(stderr.includes(host), stderr);
    }
  });

  it("says that its data folder cannot be used", async (t) => {
    const folder = aDataDir(t);
    const file = join(folder, "file");
    writeFileSync(file, "");
    const unwritable = join(folder, "unwritable");
    mkdirSync(join(unwritable, "service.lock"), { recursive: true });
    // The kernel answers "no such file" to a folder in /proc, which Node's recursive mkdir would try for ever.
    for (const dataDir of [file, join(file, "below"), unwritable, ...(existsSync("/proc") ? ["/proc/x"] : [])]) {
      const settings = { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: dataDir };
      const { code, stderr } = await runCommand(["serve"], { settings });
      assert.equal(code, 78, stderr);
      assert.match(stderr, /^storewalk: the data folder [^\n]* cannot be written: [^\n]*--data-dir\n$/);
      assert.doesNotMatch(stderr, /\bE[A-Z]{3,}\b/);
    }
  });

  it("ends when the store master that it was given is missing or refused", async (t) => {
    const settings = { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: aDataDir(t) };
    const missing = await runCommand(["serve", "--store-master", "/nowhere.csv"], { settings });
    assert.deepEqual([missing.code, missing.stderr], [66, "storewalk: there is no file /nowhere.csv\n"]);
    const refused = await runCommand(["serve", "--store-master", fileURLToPath(import.meta.url)], { settings });
    assert.equal(refused.code, 65, refused.stderr);
  });
});

describe("storewalk demo", () => {
  it("sends its jobs once, however often it is started", async (t) => {
    const settings = { STOREWALK_PORT: "0", STOREWALK_DATA_DIR: aDataDir(t), STOREWALK_GPU_LATENCY_MS: "0" };
    /** Runs it until it has nothing more to do. */
    const jobsAfterStart = async () => {
      const demo = startService(t, settings, PROGRAM, "demo");
      const { stderr } = demo.process;
      assert.ok(stderr);
      let said = "";
      for await (const data of stderr) {
        said += data;
        if (said.includes("Ctrl-C stops it.")) break;
      }
      const [, address] = /^storewalk is ready at (\S+),/m.exec(said) ?? [];
      assert.ok(address, said);
      const { data } = Value.Parse(JOBS, await (await fetch(`${address}/api/v1/jobs`)).json());
      demo.process.kill("SIGTERM");
      await once(demo.process, "exit");
      return data;
    };
    const first = await jobsAfterStart();
    assert.deepEqual(
      first.map(({ external_id: name }) => name),
      ["truth-sample", "sample"],
    );
    const again = await jobsAfterStart();
    assert.deepEqual(
      again.map(({ job_id: id }) => id),
      first.map(({ job_id: id }) => id),
    );
  });

  it("says that it needs a second port after the one that it was given", async (t) => {
    const { code, stderr } = await runCommand(["demo", "--port", "65535"], {
      settings: { STOREWALK_DATA_DIR: aDataDir(t) },
    });
    assert.equal(code, 78);
    assert.match(stderr, /--port must be at most 65534 for the demo, [^\n]*, got 65535\n$/);
  });

  it("ends when its port is taken, with the photo host that it had started already", async (t) => {
    const taken = createServer().listen(0, "127.0.0.1");
    t.after(() => taken.close());
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const settings = { STOREWALK_PORT: String(port), STOREWALK_DATA_DIR: aDataDir(t) };
    const { code, stderr } = await runCommand(["demo"], { settings });
    assert.equal(code, 78, stderr);
    assert.match(stderr, /another program listens there/);
  });
});
