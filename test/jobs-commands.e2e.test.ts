/** The commands for jobs, images, stores, webhooks, profiles and completion, over the real program. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { aPng } from "../src/testing/image-bytes.ts";
import { type ImageHost, startImageHost } from "../src/testing/image-host.ts";
import { aDataDir, createEnding, type Ending, quickSettings, runCommand, startService } from "./storewalk-process.ts";

/** The query of a URL that was signed for a minute, long ago. */
const EXPIRED = "X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=0";
const STORES = "store_id,store_name,area_code\nS1,Corner shop,7100015\n";
type Started = Awaited<ReturnType<typeof aService>>;
const ending = createEnding();
let host: ImageHost;
let shared: Started;

before(async () => {
  host = await startImageHost({
    "/good.png": { kind: "file", bytes: aPng({ width: 30, height: 20 }) },
    "/forbidden.png": { kind: "status", status: 403 },
    "/slow.png": { kind: "hang" },
    "/expired.png": { kind: "status", status: 403 },
  });
  shared = await aService(ending);
});
after(async () => {
  await ending.end();
  await host.close();
});

async function aService(t: Ending) {
  const settings = quickSettings(t, { stores: STORES, host: host.host });
  const url = await startService(t, settings).ready;
  assert.ok(url);
  return { settings, url };
}

/** The commands at a service: at that of all tests, unless a test wants to be alone with its jobs. */
function setup(t: TestContext, service: Started = shared) {
  const { url } = service;
  const settings = { ...service.settings, XDG_CONFIG_HOME: aDataDir(t) };
  const run = async (...args: readonly string[]) => await runCommand([...args, "--url", url], { settings });
  const printed = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const submit = (paths: readonly string[], ...args: readonly string[]) => {
    const visits = [{ store_id: "S1", image_url: paths.map(host.url), visit_time: "2026-01-05" }];
    return runCommand(["submit", "-", "--url", url, ...args], {
      stdin: JSON.stringify({ count: 1, visits }),
      settings,
    });
  };
  /** Submits a job, waits for its end and returns its number. */
  const ended = async (...paths: readonly string[]) => (await submit(paths, "--watch")).stdout.split("\n", 1)[0] ?? "";
  return { settings, url, run, printed, submit, ended };
}

describe("storewalk jobs", () => {
  it("lists jobs as a table, JSON or NDJSON, narrowed by filters", async (t) => {
    const { printed, submit } = setup(t, await aService(t));
    await submit(["/good.png"], "--watch");
    await submit(["/forbidden.png"], "--watch");
    const [head, second, first] = (await printed("jobs", "list")).split("\n");
    assert.match(head ?? "", /^JOB {2}STATUS +IMAGES/);
    assert.match(second ?? "", /^2 +failed +1 +1 +1 +1 +- /);
    assert.match(first ?? "", /^1 +completed/);
    assert.ok((await printed("jobs", "list")).split("\n").every((line) => line.length <= 80));
    assert.deepEqual(
      JSON.parse(await printed("jobs", "list", "--status", "failed", "--json")).map(
        (job: { job_id: number }) => job.job_id,
      ),
      [2],
    );
    assert.equal((await printed("jobs", "list", "--limit", "1", "--ndjson")).trim().split("\n").length, 1);
    assert.deepEqual(JSON.parse(await printed("jobs", "list", "--store", "S9", "--json")), []);
  });

  it("are submitted with their options beside the file, and listed by day", async (t) => {
    const { printed, submit } = setup(t, await aService(t));
    const labels = ["--external-id", "week-7", "--metadata", "by=Ann", "round=a=b"];
    await submit(["/good.png"], "--watch", "--priority", "9", ...labels);
    const [job] = JSON.parse(await printed("jobs", "list", "--json"));
    assert.deepEqual([job.external_id, job.metadata, job.priority], ["week-7", { by: "Ann", round: "a=b" }, 9]);
    const today = job.created_at.slice(0, 10);
    const ids = async (...args: readonly string[]) =>
      JSON.parse(await printed("jobs", "list", "--json", ...args)).map((found: { job_id: number }) => found.job_id);
    assert.deepEqual(await ids("--from", today, "--to", today), [1]);
    assert.deepEqual(await ids("--to", "2026-01-05"), []);
    assert.deepEqual(await ids("--from", "2999-12-31"), []);
    const refused = await submit(["/good.png"], "--metadata", "by");
    assert.deepEqual([refused.code, /--label cannot be "by": it must be KEY=VALUE/.test(refused.stderr)], [64, true]);
  });

  it("are only checked with --dry-run", async (t) => {
    const { printed, run, settings } = setup(t);
    const before = await printed("jobs", "list", "--json");
    const [good, bad] = ["good.csv", "bad.csv"].map((name) => join(settings.XDG_CONFIG_HOME, name));
    assert.ok(good && bad);
    writeFileSync(good, `store_id,image_url,visit_time\nS1,${host.url("/good.png")},2026-01-05\n`);
    writeFileSync(bad, "store_id,image_url,visit_time\nS1,,2026-01-05\n");
    assert.equal(JSON.parse(await printed("submit", good, "--dry-run", "--json")).would_be_accepted, true);
    const refused = await run("submit", bad, "--dry-run");
    assert.equal(refused.code, 65);
    assert.match(
      refused.stderr,
      /^line 2, image_url: must be a non-empty string, got ""\nIt would be refused for 1 problem\./m,
    );
    assert.equal(await printed("jobs", "list", "--json"), before);
  });

  it("shows, pauses, resumes and cancels a job", async (t) => {
    const { printed, submit, run } = setup(t);
    const job = (await submit(["/slow.png"])).stdout.trim();
    assert.match(await printed("jobs", "get", job), /^status +ongoing$/m);
    assert.match(await printed("jobs", "pause", job), /^status +paused$/m);
    assert.match(await printed("jobs", "resume", job), /^status +ongoing$/m);
    assert.equal(JSON.parse(await printed("jobs", "cancel", job, "--json")).status, "cancelled");
    const again = await run("jobs", "pause", job);
    const refusal = `storewalk: job ${job} is cancelled already and cannot be paused\n`;
    assert.deepEqual([again.code, again.stderr], [65, refusal]);
    const missing = await run("jobs", "get", "999999");
    assert.deepEqual([missing.code, missing.stderr], [65, "storewalk: there is no job 999999\n"]);
  });

  it("retries failed images, by code or host, and exports the report", async (t) => {
    const { printed, ended, run, settings } = setup(t);
    const job = await ended("/good.png", "/forbidden.png");
    assert.equal((await run("jobs", "retry", job)).code, 64);
    const none = await run("jobs", "retry", job, "--failed", "--code", "timeout");
    assert.match(none.stderr, /no failed image that is meant/);
    assert.match(
      await printed("jobs", "retry", job, "--failed", "--code", "forbidden", "--host", host.host),
      /^run +2$/m,
    );
    assert.equal((await run("jobs", "watch", job)).code, 1);
    const file = join(settings.XDG_CONFIG_HOME, "failed.csv");
    await printed("jobs", "export", job, "--failed", "--output", file);
    assert.match(readFileSync(file, "utf8"), /forbidden\.png/);
    assert.match(await printed("jobs", "export", job, "--format", "ndjson"), /"outcome":"measured"/);
  });
});

describe("a job whose signed URLs all ran out", () => {
  it("is warned of, and finished with the report of failed images filled in", async (t) => {
    const { printed, submit, run, settings } = setup(t);
    const submitted = await submit([`/expired.png?${EXPIRED}`, `/expired.png?${EXPIRED}`], "--watch");
    const job = submitted.stdout.split("\n", 1)[0] ?? "";
    assert.match(
      submitted.stderr,
      /^warning: 2 images have signed URLs that ran out already, the first at 2020-01-01T00:01:00/m,
    );
    const file = join(settings.XDG_CONFIG_HOME, "fresh.csv");
    await printed("jobs", "export", job, "--failed", "--output", file);
    const [header = "", ...rows] = readFileSync(file, "utf8").trimEnd().split("\n");
    assert.ok(
      rows.every((row) => row.includes(",url_expired,")),
      rows.join("\n"),
    );
    const filled = (urls: readonly string[]) => [header, ...rows.map((row, at) => row + urls[at])].join("\n");
    writeFileSync(file, filled([host.url("/good.png"), "\0"]));
    const refused = await run("jobs", "retry", job, "--urls", file);
    assert.deepEqual([refused.code, /line 3, url: must not contain/.test(refused.stderr)], [65, true]);
    writeFileSync(file, filled([host.url("/good.png"), host.url("/good.png")]));
    assert.match(await printed("jobs", "retry", job, "--urls", file), /^run +2$/m);
    assert.equal((await run("jobs", "watch", job)).code, 0);
    assert.match(await printed("jobs", "get", job), /^status +completed$/m);
    const both = await run("jobs", "retry", job, "--failed", "--urls", file);
    assert.deepEqual([both.code, /cannot be used with/.test(both.stderr)], [64, true]);
  });
});

describe("a job to which visits are added", () => {
  it("opens again, and leaves out what it has", async (t) => {
    const { printed, ended, run, settings } = setup(t);
    const job = await ended("/good.png");
    const file = join(settings.XDG_CONFIG_HOME, "late.csv");
    writeFileSync(
      file,
      `store_id,image_url,visit_time,visit_external_id\nS1,${host.url("/good.png")},2026-01-06,late-1\n`,
    );
    const added = await run("jobs", "add", job, file);
    assert.equal(added.code, 0, added.stderr);
    assert.match(added.stderr, /^1 visit with 1 image was added\.$/m);
    assert.match(added.stdout, /^run +2$/m);
    assert.equal((await run("jobs", "watch", job)).code, 0);
    assert.match((await run("jobs", "add", job, file)).stderr, /^0 visits .* 1 visit was there already\.$/m);
    assert.match(await printed("jobs", "get", job), /^status +completed$/m);
    writeFileSync(file, "store_id,image_url,visit_time\nS1,,2026-01-06\n");
    const refused = await run("jobs", "add", job, file);
    assert.deepEqual([refused.code, /line 2, image_url/.test(refused.stderr)], [65, true]);
  });
});

describe("a job that is deleted", () => {
  it("is seen no more, listed among the deleted, and comes back whole", async (t) => {
    const { printed, ended, run } = setup(t);
    const job = await ended("/good.png");
    const deleted = await run("jobs", "delete", job);
    assert.equal(deleted.code, 0, deleted.stderr);
    assert.match(
      deleted.stderr,
      new RegExp(`^Job ${job} is deleted\\. Until then it comes back with: .*jobs restore ${job}$`, "m"),
    );
    assert.equal((await run("jobs", "get", job)).stderr, `storewalk: there is no job ${job}\n`);
    const listed: { job_id: number }[] = JSON.parse(await printed("jobs", "deleted", "--json"));
    assert.ok(listed.some(({ job_id: id }) => id === Number(job)));
    assert.match(await printed("jobs", "restore", job), /^status +completed$/m);
    assert.equal((await run("jobs", "restore", job)).stderr, `storewalk: there is no deleted job ${job}\n`);
  });
});

describe("storewalk images, stores and webhooks", () => {
  it("list images narrowed by filters", async (t) => {
    const { printed, ended } = setup(t);
    const job = await ended("/good.png", "/forbidden.png");
    assert.match(await printed("images", "list", job, "--outcome", "failed"), /^1 +S1 +failed +- +forbidden/m);
    assert.equal(JSON.parse(await printed("images", "list", job, "--code", "timeout", "--json")).length, 0);
  });

  it("look up stores, and show what an import would change", async (t) => {
    const { printed, settings } = setup(t);
    assert.match(await printed("stores", "lookup", "corner"), /^S1 +Corner shop +7100015/m);
    const csv = "store_id,store_name,area_code\nS1,Corner shop,99\nS2,Kiosk,99\n";
    const own = { ...settings, STOREWALK_DATA_DIR: aDataDir(t) };
    await runCommand(["stores", "import", "-"], { settings: own, stdin: STORES });
    const { stdout, stderr, code } = await runCommand(["stores", "import", "-", "--diff"], {
      settings: own,
      stdin: csv,
    });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "- S1  Corner shop  7100015\n+ S1  Corner shop  99\n+ S2  Kiosk  99\n");
    assert.match(stderr, /would add 1 store and change 1; 0 are unchanged\. Nothing was imported/);
    const again = await runCommand(["stores", "import", "-"], { settings: own, stdin: csv });
    assert.match(again.stderr, /1 store added, 1 changed/);
  });

  it("bring a store master to a service that is named", async (t) => {
    const { printed, run, settings } = setup(t, await aService(t));
    const file = join(settings.XDG_CONFIG_HOME, "stores.csv");
    writeFileSync(file, "store_id,store_name,area_code\nS1,Corner shop,99\nS2,Kiosk,99\n");
    const diff = await run("stores", "import", file, "--diff");
    assert.equal(diff.stdout, "- S1  Corner shop  7100015\n+ S1  Corner shop  99\n+ S2  Kiosk  99\n");
    assert.match(diff.stderr, /would add 1 store and change 1; 0 are unchanged\. Nothing was imported/);
    assert.match((await run("stores", "import", file)).stderr, /1 store added, 1 changed/);
    assert.match(await printed("stores", "lookup", "kiosk"), /^S2 +Kiosk +99/m);
    writeFileSync(file, Buffer.from("store_id,store_name,area_code\nS3,Caf\xe9,99\n", "latin1"));
    const other = await run("stores", "import", file);
    assert.deepEqual([other.code, /line 2: .*not UTF-8 and was read as Windows-1252/.test(other.stderr)], [0, true]);
  });

  it("add a webhook, test it, and tell what became of it once more", async (t) => {
    const { printed, run } = setup(t);
    assert.match(await printed("webhooks", "add", host.url("/good.png")), /^secret +whsec_/m);
    assert.match(await printed("webhooks", "list"), /^1 +yes +json +http/m);
    const tried = await run("webhooks", "test", "1");
    assert.deepEqual([tried.code, tried.stdout], [0, ""]);
    assert.match(tried.stderr, /^Message 1 is delivered to webhook 1: it answered 200\.$/m);
    const told = await printed("webhooks", "delivery", "1");
    assert.match(told, /^message +\{"type":"ping"/m);
    assert.match(told, /^ATTEMPT .*\n1 +\S+Z +\d+ +200 /m);
    await printed("webhooks", "replay", "1");
    assert.equal(JSON.parse(await printed("webhooks", "deliveries", "--webhook", "1", "--json")).length, 2);
    await printed("webhooks", "remove", "1");
    assert.deepEqual(JSON.parse(await printed("webhooks", "list", "--json")), []);
  });
});

describe("storewalk profiles", () => {
  it("keep a service's address for their owner only, and are used by name", async (t) => {
    const { url, settings } = setup(t);
    const run = (...args: readonly string[]) => runCommand(args, { settings });
    assert.equal((await run("profiles", "set", "here", url, "--api-key", "k")).code, 0);
    const path = join(settings.XDG_CONFIG_HOME, "storewalk", "profiles.json");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const listed = await run("jobs", "list", "--profile", "here", "--json");
    assert.deepEqual([listed.code, Array.isArray(JSON.parse(listed.stdout))], [0, true]);
    assert.match((await run("profiles", "list")).stdout, /^here +http.+ yes$/m);
    const unknown = await run("jobs", "list", "--profile", "there");
    assert.deepEqual([unknown.code, /known: here/.test(unknown.stderr)], [64, true]);
    await run("profiles", "remove", "here");
    assert.match((await run("profiles", "list", "--json")).stdout, /^\[\]/);
    writeFileSync(path, "{");
    assert.equal((await run("profiles", "list")).code, 78);
  });

  it("leave --url the last word, and say where nobody answers", async (t) => {
    const settings = { XDG_CONFIG_HOME: aDataDir(t) };
    await runCommand(["profiles", "set", "gone", "http://127.0.0.1:9"], { settings });
    const { code, stderr } = await runCommand(["jobs", "list", "--profile", "gone"], { settings });
    assert.equal(code, 69);
    assert.match(stderr, /no Storewalk answers at http:\/\/127\.0\.0\.1:9/);
    const bad = await runCommand(["jobs", "list", "--profile", "gone", "--url", "nonsense"], { settings });
    assert.equal(bad.code, 64);
  });
});

describe("storewalk completion", () => {
  function completed(script: string, words: readonly string[]): readonly string[] {
    const program = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})\nCOMP_CWORD=${words.length - 1}\n_storewalk\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", program], { encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.trim().split("\n");
  }

  it("completes commands, their commands and flags in bash", async () => {
    const { stdout: script } = await runCommand(["completion", "bash"]);
    assert.deepEqual(completed(script, ["storewalk", "we"]), ["webhooks"]);
    assert.deepEqual(completed(script, ["storewalk", "jobs", "re"]), ["resume", "retry", "restore"]);
    assert.deepEqual(completed(script, ["storewalk", "jobs", "retry", "7", "--co"]), ["--code"]);
  });

  it("completes what may stand behind a flag, and leaves files to the shell", async () => {
    const { stdout: script } = await runCommand(["completion", "bash"]);
    assert.deepEqual(completed(script, ["storewalk", "jobs", "export", "7", "--format", "x"]), ["xlsx"]);
    assert.deepEqual(completed(script, ["storewalk", "jobs", "retry", "7", "--code", "url_"]), ["url_expired"]);
    assert.deepEqual(completed(script, ["storewalk", "completion", "z"]), ["zsh"]);
    assert.deepEqual(completed(script, ["storewalk", "jobs", "list", "--status", "c"]), ["completed", "cancelled"]);
    assert.deepEqual(completed(script, ["storewalk", "submit", "visits.csv", "--photos", ""]), [""]);
    // An empty answer leaves the place to the names of files.
    for (const typed of [
      ["submit", ""],
      ["submit", "vis"],
      ["stores", "import", ""],
      ["truth", "similar", ""],
    ])
      assert.deepEqual(completed(script, ["storewalk", ...typed]), [""], typed.join(" "));
    assert.deepEqual(completed(script, ["storewalk", "submit", "--na"]), ["--name"]);
    const { stdout: fish } = await runCommand(["completion", "fish"]);
    assert.match(fish, /seen_subcommand_from export" -l format -r -f -a "ndjson csv json/);
    assert.match(fish, /seen_subcommand_from submit" -l photos -r -F/);
  });

  it("prints scripts for zsh and fish too, and refuses other shells", async () => {
    assert.match((await runCommand(["completion", "zsh"])).stdout, /^#compdef storewalk/);
    assert.match(
      (await runCommand(["completion", "fish"])).stdout,
      /complete -c storewalk .*seen_subcommand_from webhooks/,
    );
    const fish = (await runCommand(["completion", "fish"])).stdout.split("\n");
    const lineOf = (condition: string) => fish.find((line) => line.includes(`-n "${condition}"`)) ?? "";
    assert.match(lineOf("__fish_use_subcommand"), /^complete -c storewalk -f /);
    // A command that wants a file is offered files.
    assert.match(lineOf("__fish_seen_subcommand_from submit"), /^complete -c storewalk -n /);
    assert.equal((await runCommand(["completion", "tcsh"])).code, 64);
  });
});
