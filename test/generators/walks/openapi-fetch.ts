/** The main walk with types of openapi-typescript and its client. Compiled and run by generated-clients.test.ts; prints what it saw. */
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Job = components["schemas"]["Job"];
type Problem = components["schemas"]["Problem"];

const [address = "", ...urls] = process.argv.slice(2);
const { GET, POST } = createClient<paths>({ baseUrl: address });

function given<T>({ data, error }: { data?: T; error?: Problem | undefined }): T {
  if (data === undefined) throw new Error(error?.detail ?? "no answer");
  return data;
}

async function whenOver(id: number): Promise<Job> {
  for (;;) {
    const job = given(await GET("/api/v1/jobs/{id}", { params: { path: { id } } }));
    if (job.finished_at !== null) return job;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

const visits = [{ store_id: "S1", image_url: urls, visit_time: "2024-05-31T10:00:00Z" }];
const made = given(await POST("/api/v1/jobs", { params: { query: { priority: 7 } }, body: { count: 1, visits } }));
if (!("job_id" in made)) throw new Error("a job was submitted, and none was made");
const params = { path: { id: made.job_id } };
const job = await whenOver(made.job_id);
const images = given(await GET("/api/v1/jobs/{id}/images", { params }));
const failures = given(await GET("/api/v1/jobs/{id}/failures", { params }));
const report = await GET("/api/v1/jobs/{id}/results", { params, parseAs: "text" });
const retried = given(await POST("/api/v1/jobs/{id}/retry", { params, body: { codes: ["not_found"] } }));
const missing = await GET("/api/v1/jobs/{id}", { params: { path: { id: 77 } } });
await whenOver(made.job_id);

console.log(
  JSON.stringify({
    priority: made.priority,
    status: job.status,
    // Lists may come as CSV too: what was asked for is JSON.
    perimeters: typeof images === "string" ? [] : images.data.map(({ perimeter }) => perimeter),
    failed: typeof failures === "string" ? [] : failures.groups.map(({ code, images: count }) => `${count} ${code}`),
    lines: String(report.data).trim().split("\n").length,
    run: retried.run,
    problem: missing.error?.code,
  }),
);
