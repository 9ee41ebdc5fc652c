/** kill -9 of the real program while a schedule takes the photos of a bucket: each photo comes into one job, whenever it dies. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { type BucketRequest, refusalOf, startBucketHost } from "../src/testing/bucket-host.ts";
import { listAnswer } from "../src/testing/listed-bucket.ts";
import { callAt } from "./call-service.ts";
import { aLedgerOf, type Service, startService } from "./storewalk-process.ts";

const BUCKET = { from: "s3://photos/in/", visits: "{store}/{date}/{name}.jpg" };
const KEYS = 2_500;
const keyOf = (no: number) => `in/S1/2026-11-27/${String(no).padStart(5, "0")}.jpg`;

type Run = { readonly outcome: string; readonly job_id: number | null };

describe("a schedule of a bucket whose process is killed", () => {
  it("makes the job of each run once and takes each photo once, while pages come, at the last, and behind the seal", async (t) => {
    const now: { service: Service | null } = { service: null };
    const bucket = { keys: KEYS, lists: 0, killAt: 0 };
    const host = await startBucketHost((request: BucketRequest) => {
      if (!request.target.includes("list-type")) return refusalOf(404, "NoSuchKey");
      bucket.lists += 1;
      if (bucket.lists === bucket.killAt) now.service?.process.kill("SIGKILL");
      return listAnswer(request, { keys: bucket.keys, keyOf });
    });
    t.after(() => host.close());
    const settings = { STOREWALK_PORT: "0", ...aLedgerOf(t), STOREWALK_ALLOW_HOSTS: host.host };

    async function start(): Promise<string> {
      now.service = startService(t, settings);
      const url = await now.service.ready;
      assert.ok(url);
      return url;
    }
    const runs = async (url: string) => (await callAt(url, "GET", "/api/v1/schedules/1")).body.runs as readonly Run[];
    const jobs = async (url: string) =>
      (await callAt(url, "GET", "/api/v1/jobs")).body.data as readonly {
        readonly counts: { readonly images: number };
      }[];
    /** Asks until there are so many runs. */
    async function noted(url: string, count: number): Promise<readonly Run[]> {
      for (;;) {
        const found = await runs(url);
        if (found.length === count) return found;
      }
    }
    const runNow = (url: string) => callAt(url, "POST", "/api/v1/schedules/1/run");
    const died = async () => {
      const child = now.service?.process;
      if (child?.exitCode === null && child.signalCode === null) await once(child, "exit");
    };

    let url = await start();
    const { accessKeyId, secretAccessKey, endpoint } = host.access;
    const s3 = { access_key_id: accessKeyId, secret_access_key: secretAccessKey, endpoint, over_http: true };
    await callAt(url, "POST", "/api/v1/hosts/access", { pattern: "s3://photos", s3 });
    const made = await callAt(url, "POST", "/api/v1/schedules", { name: "in", cron: "0 6 1 1 *", source: BUCKET });
    assert.equal(made.status, 201, JSON.stringify(made.body));

    // While pages come, and with the last of them on its way: the next start makes the job.
    bucket.killAt = 2;
    await runNow(url);
    await died();
    bucket.killAt = bucket.lists + 3;
    url = await start();
    await died();
    url = await start();
    assert.partialDeepStrictEqual(await noted(url, 1), [{ outcome: "made" }]);
    assert.deepEqual(
      (await jobs(url)).map(({ counts }) => counts.images),
      [KEYS],
    );

    // As soon as the job of what is new can be seen: it is that of its run already.
    bucket.keys += 10;
    await runNow(url);
    while ((await jobs(url)).length < 2);
    now.service?.process.kill("SIGKILL");
    await died();
    url = await start();
    assert.deepEqual(
      (await noted(url, 2)).map(({ outcome }) => outcome),
      ["made", "made"],
    );
    await runNow(url);
    assert.partialDeepStrictEqual((await noted(url, 3))[0], { outcome: "nothing_new", job_id: null });
    assert.deepEqual(
      (await jobs(url)).map(({ counts }) => counts.images),
      [10, KEYS],
    );
  });
});
