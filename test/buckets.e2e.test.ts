/** Photos in buckets of real emulators, over the real program: credentials are kept, a prefix is looked at, becomes a job, and is measured. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openBucket } from "../src/buckets/bucket.ts";
import { createBucketMemory } from "../src/buckets/bucket-memory.ts";
import { createBucketRequests } from "../src/pipeline/fetch/bucket-requests.ts";
import { createGuard } from "../src/pipeline/fetch/guard.ts";
import { systemClock } from "../src/process/clock.ts";
import { AZURITE, type Azurite, startAzurite } from "../src/testing/azurite.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { S3_EMULATOR, type S3Emulator, startS3Emulator } from "../src/testing/s3-emulator.ts";
import { callAt } from "./call-service.ts";
import { aDataDir, type Ending, quickSettings, runCommand, startService } from "./storewalk-process.ts";

const KEYS = [
  "in/S1/2026-11-26/shelf 1.png",
  "in/S1/2026-11-27/50% off+.png",
  "in/S1/2026-11-27/Kühlregal.PNG",
  "in/notes.txt",
];

async function fill(
  { access, bucket, host }: S3Emulator | Azurite,
  scheme: "s3" | "az",
  t: Ending,
  keys: readonly string[] = KEYS,
): Promise<void> {
  const requests = createBucketRequests(createGuard({ allowHosts: [host] }), { keptConnections: true });
  t.after(() => requests.close());
  const opened = openBucket({
    access,
    bucket: { scheme, bucket },
    memory: createBucketMemory(),
    send: requests.send,
    clock: systemClock,
    random: Math.random,
  });
  const photo = aPng({ width: 30, height: 20 });
  const path = join(aDataDir(t), "photo.png");
  writeFileSync(path, photo);
  for (const key of keys) await opened.put(key, { path, bytes: photo.length });
}

/** How the emulator's credentials are typed. */
function typed({ access }: S3Emulator | Azurite): readonly string[] {
  const endpoint = ["--endpoint", access.endpoint ?? "", "--over-http"];
  return access.kind === "s3"
    ? ["--access-key-id", access.accessKeyId, "--secret-access-key", access.secretAccessKey, ...endpoint]
    : ["--account", access.account, "--account-key", access.secret, ...endpoint];
}

for (const { scheme, start, skip } of [
  { scheme: "s3", start: startS3Emulator, skip: S3_EMULATOR.skip },
  { scheme: "az", start: startAzurite, skip: AZURITE.skip },
] as const) {
  describe(`photos in a bucket of ${scheme}://`, { skip }, () => {
    it("are listed into a job by a pattern, after a look at it, and measured", async (t) => {
      const emulator = await start();
      t.after(() => emulator.close());
      await fill(emulator, scheme, t);
      const settings = quickSettings(t, { host: emulator.host });
      const url = await startService(t, settings).ready;
      assert.ok(url);
      const run = (...args: readonly string[]) => runCommand([...args, "--url", url], { settings });
      const from = `${scheme}://${emulator.bucket}/in/`;
      const submit = ["submit", "--from", from, "--visits", "{store}/{date}/{name}.png"];

      const without = await run(...submit, "--dry-run");
      assert.equal(without.code, 65, without.stderr);
      assert.match(without.stderr, /there are no credentials for .*"node \S*storewalk\.cjs hosts add/);

      const added = await run("hosts", "add", `${scheme}://${emulator.bucket}`, ...typed(emulator));
      assert.equal(added.code, 0, added.stderr);
      const look = await run(...submit, "--dry-run");
      assert.equal(look.code, 0, look.stderr);
      assert.match(look.stderr, /^S1 {2}2026-11-26 {2}shelf 1 {2}/m);
      assert.match(look.stderr, /1 of 4 keys are left out:\n {2}in\/notes\.txt: is not of this pattern/);
      assert.match(look.stderr, /It would be accepted: 2 visits, 3 images\. Nothing was submitted\./);

      const submitted = await run(...submit, "--watch");
      assert.equal(submitted.code, 0, submitted.stderr);
      const { stdout } = await run("results", "1", "--format", "csv");
      assert.equal(stdout.match(/,measured,/g)?.length, 3, stdout);
      assert.ok(stdout.includes(`${from}S1/2026-11-27/50% off+.png`), stdout);
    });

    it("are taken by a schedule, each once, and what came since by its next run", async (t) => {
      const emulator = await start();
      t.after(() => emulator.close());
      await fill(emulator, scheme, t);
      const settings = quickSettings(t, { host: emulator.host });
      const url = await startService(t, settings).ready;
      assert.ok(url);
      const run = async (...args: readonly string[]) => {
        const done = await runCommand([...args, "--url", url], { settings });
        assert.equal(done.code, 0, done.stderr);
        return done;
      };
      const from = `${scheme}://${emulator.bucket}/in/`;
      await run("hosts", "add", `${scheme}://${emulator.bucket}`, ...typed(emulator));
      const source = ["--from", from, "--visits", "{store}/{date}/{name}.png"];
      const tried = await run("schedules", "add", "nightly", "0 3 * * *", ...source, "--dry-run");
      assert.match(tried.stderr, /^S1 {2}2026-11-26 {2}shelf 1 {2}/m);
      assert.match(tried.stderr, /1 of 4 keys are left out:\n {2}in\/notes\.txt: is not of this pattern/);
      assert.match(tried.stderr, /It would be accepted: 2 visits, 3 images\. Nothing was submitted\./);
      assert.match((await run("schedules", "list")).stderr, /There are no schedules/);
      await run("schedules", "add", "nightly", "0 3 * * *", ...source);

      /** Runs it, and waits until that is noted. */
      async function outcomeOf(runs: number): Promise<readonly [string, number]> {
        await run("schedules", "run", "1");
        for (;;) {
          const { body } = await callAt(url ?? "", "GET", "/api/v1/schedules/1");
          const noted = body.runs as readonly { readonly outcome: string; readonly job_id: number | null }[];
          if (noted.length < runs) continue;
          const jobId = noted[0]?.job_id ?? null;
          if (jobId === null) return [noted[0]?.outcome ?? "", 0];
          const job = await callAt(url ?? "", "GET", `/api/v1/jobs/${jobId}`);
          return [noted[0]?.outcome ?? "", (job.body.counts as { readonly images: number }).images];
        }
      }
      assert.deepEqual(await outcomeOf(1), ["made", 3]);
      assert.deepEqual(await outcomeOf(2), ["nothing_new", 0]);
      assert.match((await run("schedules", "list")).stdout, /nothing_new/);
      const again = await run("schedules", "run", "1", "--dry-run");
      assert.match(again.stderr, /3 of the pattern, 0 to be taken/);
      assert.match(again.stderr, /Run now it would find nothing new/);
      await fill(emulator, scheme, t, ["in/S1/2026-11-28/later.png"]);
      assert.deepEqual(await outcomeOf(3), ["made", 1]);
      await run("schedules", "change", "1", ...source, "--everything");
      assert.deepEqual(await outcomeOf(4), ["made", 4]);
    });
  });
}

describe("storewalk submit", () => {
  it("wants a file or a bucket, and says what is about the other", async () => {
    for (const [args, sentence] of [
      [["submit"], /name one of the two: a file, or a bucket with --from/],
      [["submit", "a.csv", "--from", "s3://photos/"], /name one of the two/],
      [["submit", "--from", "s3://photos/"], /--from needs --visits/],
      [["submit", "a.csv", "--visits", "{store}/{date}"], /--visits is about a bucket/],
      [
        ["submit", "--from", "s3://photos/", "--visits", "{store}/{date}", "--photos", "x"],
        /--photos cannot stand beside --from/,
      ],
    ] as const) {
      const { code, stderr } = await runCommand([...args, "--url", "http://127.0.0.1:9"], { settings: {} });
      assert.equal(code, 64, stderr);
      assert.match(stderr, sentence);
    }
  });
});
