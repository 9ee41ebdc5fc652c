/**
 * `npm run bench:bucket -- [--keys N …]`: the service lists a prefix of so many keys into a job, in lists of 1,000 of a bucket on loopback. Time, and memory above
 * what it had before: it must not grow with the keys. Prints, judges nothing.
 */
import { parseArgs } from "node:util";
import { request } from "undici";
import { cancelJob, startHost, startService, timed } from "./parts.ts";

const { values } = parseArgs({ options: { keys: { type: "string", multiple: true, default: ["10000", "100000"] } } });
const shownMb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;

async function ask(
  address: string,
  path: string,
  body: object,
): Promise<{ readonly status: number; readonly text: string }> {
  const { statusCode, body: answer } = await request(address + path, {
    method: "POST",
    headersTimeout: 600_000,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: statusCode, text: await answer.text() };
}

for (const keys of values.keys) {
  process.env.BUCKET_KEYS = keys;
  const host = await startHost("./bucket-host.ts");
  // No worker takes an image: only the listing is measured.
  const service = await startService(host, { STOREWALK_MAX_LAG_MS: "0", STOREWALK_GPU_LATENCY_MS: "1" });
  const s3 = { access_key_id: "key", secret_access_key: "secret", endpoint: host.address, over_http: true };
  const kept = await ask(service.address, "/api/v1/hosts/credentials", { pattern: "s3://photos", s3 });
  if (kept.status !== 201) throw new Error(kept.text);
  const before = await service.reset();
  let jobId = 0;
  const ms = await timed(async () => {
    const source = { from: "s3://photos/visits/", visits: "{store}/{time}/{name}.jpg" };
    const { status, text } = await ask(service.address, "/api/v1/jobs/from-bucket", source);
    if (status !== 201) throw new Error(text);
    jobId = Number(/"job_id":(\d+)/.exec(text)?.[1]);
  });
  const { peakRss, p99Ms } = await service.measure();
  console.log(
    `${keys} keys: a job in ${(ms / 1_000).toFixed(1)} s, ${((1_000 * ms) / Number(keys)).toFixed(0)} µs a key; ${shownMb(before)} before, ${shownMb(peakRss)} at most; the event loop late by ${p99Ms.toFixed(0)} ms (p99)`,
  );
  await cancelJob(service, jobId);
  await service.stop();
  host.stop();
}
