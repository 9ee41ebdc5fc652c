/** The main walk with a client that @hey-api/openapi-ts wrote. Compiled and run by generated-clients.test.ts; prints what it saw. */
import { client } from "./hey-api/client.gen.js";
import { createJob, getFailures, getJob, getResults, listImages, retryJob } from "./hey-api/sdk.gen.js";
import type { Job } from "./hey-api/types.gen.js";

const [address = "", ...urls] = process.argv.slice(2);
client.setConfig({ baseUrl: address });
const throwOnError = true;

async function whenOver(id: number): Promise<Job> {
  for (;;) {
    const { data } = await getJob({ path: { id }, throwOnError });
    if (data.finished_at !== null) return data;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

const visits = [{ store_id: "S1", image_url: urls, visit_time: "2024-05-31T10:00:00Z" }];
const { data: made } = await createJob({ query: { priority: 7 }, body: { count: 1, visits }, throwOnError });
if (!("job_id" in made)) throw new Error("a job was submitted, and none was made");
const path = { id: made.job_id };
const job = await whenOver(made.job_id);
const { data: images } = await listImages({ path, throwOnError });
const { data: failures } = await getFailures({ path, throwOnError });
const { data: report } = await getResults({ path, parseAs: "text", throwOnError });
const { data: retried } = await retryJob({ path, body: { codes: ["not_found"] }, throwOnError });
const missing = await getJob({ path: { id: 77 } });
await whenOver(made.job_id);

console.log(
  JSON.stringify({
    priority: made.priority,
    status: job.status,
    perimeters: images.data.map(({ perimeter }) => perimeter),
    failed: failures.groups.map(({ code, images: count }) => `${count} ${code}`),
    lines: String(report).trim().split("\n").length,
    run: retried.run,
    problem: missing.error?.code,
  }),
);
