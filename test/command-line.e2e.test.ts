import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, it, type TestContext } from "node:test";
import { aPng } from "../src/testing/image-bytes.ts";
import { type ImageHost, startImageHost } from "../src/testing/image-host.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import {
  aDataDir,
  createEnding,
  type Environment,
  quickSettings,
  runCommand,
  startService,
} from "./storewalk-process.ts";

const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\n";
/** Which nobody has submitted. */
const NO_JOB = "999999";
const ending = createEnding();
let host: ImageHost;
/** One service for all: each test looks at the jobs that it submitted itself. */
let settings: Environment;
let url: string;

before(async () => {
  host = await startImageHost({
    "/good.png": { kind: "file", bytes: aPng({ width: 30, height: 20 }) },
    "/formula.png": { kind: "status", status: 403 },
    "/slow.png": { kind: "hang" },
  });
  settings = quickSettings(ending, { stores: STORES, host: host.host });
  const address = await startService(ending, settings).ready;
  assert.ok(address);
  url = address;
});
after(async () => {
  await ending.end();
  await host.close();
});

const run = (...args: readonly string[]) => runCommand([...args, "--url", url]);
const submit = (urls: readonly string[], ...args: readonly string[]) =>
  runCommand(["submit", "-", "--url", url, ...args], { stdin: aJob(urls) });

/** Submits a job and returns its number. */
async function submitted(urls: readonly string[], ...args: readonly string[]): Promise<string> {
  const { stdout } = await submit(urls, ...args);
  return stdout.split("\n", 1)[0] ?? "";
}

function aJob(urls: readonly string[]): string {
  return JSON.stringify({ count: 1, visits: [{ store_id: "S1", image_url: urls, visit_time: "2024-05-01" }] });
}

describe("storewalk submit", () => {
  it("prints the job's number and nothing else on standard output", async () => {
    const { code, stdout, stderr } = await submit([host.url("/good.png")]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\d+\n$/);
    assert.match(stderr, new RegExp(`Watch it with: .*watch ${stdout}`));
  });

  it("exits with 0 when every image was measured, and with 1 when some failed, saying why", async () => {
    const good = await submit([host.url("/good.png")], "--watch", "--json");
    assert.equal(good.code, 0, good.stderr);
    assert.equal(JSON.parse(good.stdout).status, "completed");
    const bad = await submit([host.url("/good.png"), host.url("/absent.png")], "--watch");
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /1 of 2 images measured, 1 failed/);
    assert.match(bad.stderr, /1 × not_found/);
    assert.match(bad.stderr, /^\d+\/2 images, \d failed, .*\/s/m);
  });

  it("takes a file by its ending", async (t) => {
    const file = join(aDataDir(t), "job.csv");
    writeFileSync(file, `store_id,image_url,visit_time\nS1,${host.url("/good.png")},2024-05-01\n`);
    assert.equal((await run("submit", file, "--watch")).code, 0);
  });

  it("lists everything that is wrong with a job and exits with 65", async () => {
    const { code, stdout, stderr } = await submit(["", ""]);
    assert.deepEqual([code, stdout], [65, ""]);
    assert.match(
      stderr,
      /^storewalk: 2 things are wrong:\n {2}visits\[0\]\.image_url\[0\]: must be a non-empty string[^\n]*\n {2}visits\[0\]\.image_url\[1\]: [^\n]*\n$/,
    );
  });

  it("says once what is wrong with a job as a whole", async (t) => {
    const file = join(aDataDir(t), "job.json");
    writeFileSync(file, "{");
    const { code, stderr } = await run("submit", file);
    assert.equal(code, 65);
    assert.match(stderr, /^storewalk: broken JSON[^\n]*\n$/);
  });

  it("says that a file is missing (66) and that no service answers (69)", async () => {
    const missing = await runCommand(["submit", "/nowhere/job.json"]);
    assert.deepEqual([missing.code, missing.stderr], [66, "storewalk: there is no file /nowhere/job.json\n"]);
    const away = await runCommand(["submit", "-", "--url", "http://127.0.0.1:1"], { stdin: "{}" });
    assert.equal(away.code, 69);
    assert.match(away.stderr, /no Storewalk answers at http:\/\/127\.0\.0\.1:1; start it with/);
  });

  it("sends the photos of a folder with their submission", async (t) => {
    const folder = aDataDir(t);
    mkdirSync(join(folder, "shelf"));
    writeFileSync(join(folder, "shelf", "1.png"), aPng({ width: 30, height: 20 }));
    writeFileSync(join(folder, ".hidden"), "not sent");
    const csv = join(aDataDir(t), "visits.csv");
    writeFileSync(csv, "store_id,image_url,visit_time\nS1,file:shelf/1.png,2026-01-05\n");
    const sent = await run("submit", csv, "--photos", folder, "--watch");
    const { stdout } = await run("results", sent.stdout.split("\n", 1)[0] ?? "");
    assert.match(stdout, /"image_url":"upload:[^"]*\/shelf\/1\.png".*"perimeter":100/);
    assert.match(sent.stderr, /1 of 1 images measured/);
    const missing = await run("submit", csv, "--photos", join(folder, "nowhere"));
    assert.deepEqual(
      [missing.code, missing.stderr],
      [66, `storewalk: there is no folder ${join(folder, "nowhere")}\n`],
    );
  });

  it("does not take another program for the service", async (t) => {
    const stranger = createServer((_request, response) => response.end("<h1>hello</h1>")).listen(0, "127.0.0.1");
    t.after(() => stranger.close());
    await once(stranger, "listening");
    const { port } = stranger.address() as AddressInfo;
    const { code, stderr } = await runCommand(["status", "1", "--url", `http://127.0.0.1:${port}`]);
    assert.equal(code, 69);
    assert.match(stderr, /is not Storewalk/);
  });
});

describe("storewalk watch", () => {
  it("stops watching at Ctrl-C, says that the job goes on, and the job does", async () => {
    const job = await submitted([host.url("/slow.png")]);
    let presses = 0;
    const watched = await runCommand(["watch", job, "--url", url], {
      onStderr: (text, child) => {
        if (text.includes("0/1 images") && presses++ === 0) child.kill("SIGINT");
      },
    });
    assert.equal(watched.code, 130);
    assert.match(watched.stderr, new RegExp(`Stopped watching; job ${job} goes on`));
    assert.equal(JSON.parse((await run("status", job, "--json")).stdout).status, "ongoing");
  });

  it("exits with 2 for a job that was cancelled", async () => {
    const job = await submitted([host.url("/slow.png")]);
    await fetch(`${url}/api/v1/jobs/${job}/cancel`, { method: "POST" });
    assert.equal((await run("watch", job)).code, 2);
  });

  it("says that there is no such job", async () => {
    const { code, stderr } = await run("watch", NO_JOB);
    assert.deepEqual([code, stderr], [65, `storewalk: there is no job ${NO_JOB}\n`]);
  });
});

describe("storewalk results", () => {
  it("prints every result as NDJSON, JSON or CSV, or only the failed ones", async () => {
    const job = await submitted([host.url("/good.png"), host.url("/absent.png")], "--watch");
    const ndjson = (await run("results", job)).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      ndjson.map(({ outcome, perimeter, code }) => [outcome, perimeter, code]),
      [
        ["measured", 100, null],
        ["failed", null, "not_found"],
      ],
    );
    assert.deepEqual(JSON.parse((await run("results", job, "--format", "json")).stdout), ndjson);
    const csv = (await run("results", job, "--failed", "--format", "csv")).stdout.trimEnd().split("\n");
    assert.match(
      csv[0] ?? "",
      /^store_id,image_url,visit_time,external_id,metadata,visit_external_id,visit_metadata,job_id,image,visit,outcome,/,
    );
    assert.match(csv[1] ?? "", new RegExp(`^S1,http:.*absent\\.png,[^,]*,,,,,${job},1,0,failed,`));
    assert.equal(csv.length, 2);
  });

  it("prints an empty list for a job without failures", async () => {
    const job = await submitted([host.url("/good.png")], "--watch");
    assert.deepEqual(JSON.parse((await run("results", job, "--failed", "--format", "json")).stdout), []);
  });
});

describe("storewalk results of a service that dies", () => {
  for (const format of ["ndjson", "csv", "json"]) {
    it(`says so in a sentence and exits with 69, as ${format}`, async (t) => {
      const sending = await aServiceSending(t, (response) => {
        response.write(`${'{"job_id":1,"image":0,"outcome":"measured"}\n'.repeat(1_000)}{"job_id":1,"im`);
        setTimeout(() => response.destroy(), 200);
      });
      const { code, stdout, stderr } = await runCommand(["results", "1", "--format", format, "--url", sending]);
      assert.equal(code, 69, stderr);
      assert.match(stderr, /^storewalk: the service at \S+ broke off in the middle of the results; [^\n]+\n$/);
      assert.ok(stdout.length > 10_000);
    });
  }
});

/** Stands in for a service whose results never end, or break off. */
async function aServiceSending(t: TestContext, send: (response: ServerResponse) => void): Promise<string> {
  return `http://${await startLoopbackServer(t, (_request, response) => send(response))}`;
}

async function* endlessRows(): AsyncIterable<string> {
  for (let image = 0; ; image++) yield `{"job_id":1,"image":${image},"outcome":"measured"}\n`.repeat(100);
}

describe("storewalk's standard output", () => {
  it("may be closed by its reader at any time: the command stops without a word", async (t) => {
    const endless = await aServiceSending(t, (response) => {
      Readable.from(endlessRows()).pipe(response);
    });
    for (const format of ["ndjson", "csv", "json"]) {
      const into = "| head -1 > /dev/null";
      const { code, stderr } = await runCommand(["results", "1", "--format", format, "--url", endless], { into });
      assert.deepEqual([code, stderr], [0, ""], format);
    }
  });

  it("may be closed before anything is written", async () => {
    const job = await submitted([host.url("/good.png")], "--watch");
    for (const args of [["status", job, "--url", url], ["watch", job, "--url", url], ["doctor"], ["--help"]]) {
      const { code, stderr } = await runCommand(args, { settings, into: "| true" });
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      assert.doesNotMatch(stderr, /EPIPE|\n\s+at /);
    }
  });

  it("is missed with a sentence and 74 when the disk is full", { skip: !existsSync("/dev/full") }, async (t) => {
    const endless = await aServiceSending(t, (response) => {
      Readable.from(endlessRows()).pipe(response);
    });
    for (const args of [["doctor"], ["--help"], ["results", "1", "--url", endless]]) {
      const { code, stderr } = await runCommand(args, {
        settings: { STOREWALK_DATA_DIR: aDataDir(t) },
        into: "> /dev/full",
      });
      assert.equal(code, 74, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, /^storewalk: standard output cannot be written: ENOSPC[^\n]*\n$/);
    }
  });
});

describe("storewalk stores import", () => {
  it("imports into the ledger beside a running service, and refuses a bad file by its lines", async () => {
    const more = await runCommand(["stores", "import", "-"], { settings, stdin: `${STORES}S2,New,7100016\n` });
    assert.match(more.stderr, /1 store added, 0 changed, 1 unchanged/);
    assert.equal((await fetch(`${url}/api/visits?storeid=S2`)).status, 200);
    const bad = await runCommand(["stores", "import", "-"], { settings, stdin: `${STORES}S1,Other,1\nS3\n` });
    assert.equal(bad.code, 65);
    assert.match(
      bad.stderr,
      /nothing has changed:\n {2}line 3: store S1 stands in line 2.*\n {2}line 4: the row is too short/,
    );
    assert.equal((await submit([host.url("/good.png")], "--watch")).code, 0);
  });
});

describe("storewalk doctor", () => {
  it("finds nothing wrong with a running service", async () => {
    const port = new URL(url).port;
    const { code, stdout } = await runCommand(["doctor"], { settings: { ...settings, STOREWALK_PORT: port } });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✓ the store master has \d stores?/);
    assert.match(stdout, /✓ a Storewalk service is running at 127\.0\.0\.1/);
  });

  it("says when hosts cannot tell whom to write to, as data too", async (t) => {
    const own = { STOREWALK_DATA_DIR: aDataDir(t), STOREWALK_PORT: "0" };
    const without = await runCommand(["doctor"], { settings: own });
    assert.match(without.stdout, /^! STOREWALK_CONTACT is not set: hosts cannot tell whom to write to/m);
    const { stdout } = await runCommand(["doctor", "--json"], {
      settings: { ...own, STOREWALK_CONTACT: "photos@acme.example" },
    });
    const findings: { state: string; text: string }[] = JSON.parse(stdout);
    assert.ok(
      findings.some(({ state, text }) => state === "fine" && text.includes("photos@acme.example")),
      stdout,
    );
  });

  it("names each thing that is wrong and exits with 78", async (t) => {
    const dataDir = join(aDataDir(t), "file");
    writeFileSync(dataDir, "");
    const folder = await runCommand(["doctor"], { settings: { STOREWALK_DATA_DIR: dataDir, STOREWALK_PORT: "0" } });
    assert.equal(folder.code, 78);
    assert.match(folder.stdout, /✗ the data folder .* cannot be written/);
    const address = await runCommand(["doctor", "--host", "999.1.1.1"], {
      settings: { STOREWALK_DATA_DIR: aDataDir(t) },
    });
    assert.match(address.stdout, /✗ the service cannot listen on 999\.1\.1\.1:8080: [^\n]*--host\n/);
    const settings = { STOREWALK_PORT: "x", STOREWALK_LEASE_MS: "1", STOREWALK_PROT: "1" };
    const faults = await runCommand(["doctor"], { settings });
    assert.equal(faults.code, 78);
    assert.match(faults.stdout, /✗ STOREWALK_PORT must be/);
    assert.match(faults.stdout, /✗ STOREWALK_LEASE_MS must be/);
    assert.match(faults.stdout, /! STOREWALK_PROT is no setting/);
  });
});

describe("a data folder that the kernel lets nobody make", { skip: !existsSync("/proc") }, () => {
  it("is reported by doctor and by stores import, neither of which waits for ever", async () => {
    const settings = { STOREWALK_DATA_DIR: "/proc/x", STOREWALK_PORT: "0" };
    const doctor = await runCommand(["doctor"], { settings });
    assert.equal(doctor.code, 78, doctor.stderr);
    assert.match(doctor.stdout, /✗ the data folder \/proc\/x cannot be written/);
    const imported = await runCommand(["stores", "import", "-"], { settings, stdin: STORES });
    assert.equal(imported.code, 78, imported.stderr);
    assert.match(imported.stderr, /^storewalk: the data folder \/proc\/x cannot be written: [^\n]*\n$/);
  });
});

describe("storewalk", () => {
  it("exits with 64 for a command line that it does not understand, and says what it understands", async () => {
    for (const args of [
      ["sumbit"],
      ["watch", "0"],
      ["watch"],
      ["results", "1", "--format", "xml"],
      ["status", "1", "--url", "x"],
      ["status", "9999999999999999"],
      ["stores"],
      ["stores", "import"],
    ]) {
      const { code, stderr } = await runCommand(args);
      assert.equal(code, 64, `${args.join(" ")}: ${stderr}`);
      assert.notEqual(stderr, "");
    }
  });

  it("says once what is wrong, with the range that is meant, and where help is", async () => {
    const { stderr } = await runCommand(["submit", "visits.csv", "--priority", "-3"]);
    assert.match(
      stderr,
      /^storewalk: --priority cannot be "-3": it must be a whole number from 0 to 9\.\nSee: .*storewalk.* submit --help\n$/,
    );
    const unknown = await runCommand(["jobs", "gett"]);
    assert.match(unknown.stderr, /^storewalk: unknown command 'gett'\n\(Did you mean get\?\)\nSee: .* jobs --help\n$/);
  });

  it("tells its version, and loads nothing of the program to do so", async (t) => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    const folder = aDataDir(t);
    // Node lists there what it ran.
    const { stdout } = await runCommand(["--version"], { settings: { NODE_V8_COVERAGE: folder } });
    assert.equal(stdout, `${version}\n`);
    const [list = ""] = readdirSync(folder);
    const ran: { readonly result: readonly { readonly url: string }[] } = JSON.parse(
      readFileSync(join(folder, list), "utf8"),
    );
    const files = ran.result.flatMap(({ url }) => (url.startsWith("file:") ? [basename(url)] : []));
    assert.deepEqual(files.toSorted(), ["node-version.cjs", "storewalk.cjs"]);
  });

  it("reports every setting that cannot be used at once and exits with 78", async () => {
    const { code, stderr } = await runCommand(["serve", "--port", "x"], { settings: { STOREWALK_INTEGRITY: "half" } });
    assert.equal(code, 78);
    assert.match(stderr, /--port must be a whole number from 0 to 65535, got "x"/);
    assert.match(stderr, /STOREWALK_INTEGRITY must be one of/);
  });
});
