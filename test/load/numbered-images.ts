/** What every image under load must come to, known by its number alone, and the check of a job against it. */
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { type Agent, request } from "undici";
import { StatusReply } from "../../src/http/schemas.ts";

export const IMAGES_A_VISIT = 20;
export const isMissing = (image: number) => image % 97 === 0;
export const widthOf = (image: number) => 1 + (image % 1_000);
const missingAmong = (images: number) => Math.ceil(images / 97);

const ResultLine = Type.Object({
  image: Type.Integer(),
  image_url: Type.String(),
  width: Type.Union([Type.Integer(), Type.Null()]),
  code: Type.Union([Type.String(), Type.Null()]),
});

/** A submission as NDJSON; `tag` makes its images its own. */
export function submissionOf(host: string, tag: string, images: number): string {
  const lines = Array.from({ length: Math.ceil(images / IMAGES_A_VISIT) }, (_, visit) => {
    const first = visit * IMAGES_A_VISIT;
    const count = Math.min(IMAGES_A_VISIT, images - first);
    const image_url = Array.from({ length: count }, (_, no) => `${host}/${tag}/${first + no}.png`);
    return `${JSON.stringify({ store_id: "S1", visit_time: "2026-05-01", image_url })}\n`;
  });
  return lines.join("");
}

/** A service that is being killed and started again, or is behind, answers later: null is asked again. */
export async function patiently<T>(ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof assert.AssertionError) throw error;
      return null;
    });
    if (answer !== null) return answer;
    await sleep(200);
  }
}

export async function readStatus(agent: Agent, address: string, jobId: number): Promise<StatusReply> {
  return await patiently(async () => {
    const { statusCode, body } = await request(`${address}/api/status?jobid=${jobId}`, { dispatcher: agent });
    const text = await body.text();
    if (statusCode === 503) return null;
    assert.equal(statusCode, 200, text);
    return Value.Parse(StatusReply, JSON.parse(text));
  });
}

export async function awaitEnd(agent: Agent, address: string, jobId: number): Promise<StatusReply> {
  for (;;) {
    const status = await readStatus(agent, address, jobId);
    if (status.status !== "ongoing") return status;
    await sleep(250);
  }
}

export type AcceptedJob = {
  readonly jobId: number;
  readonly tag: string;
  readonly images: number;
  readonly isCancelled: boolean;
};

/** Compares a job that is over with what it must be, result for result. Returns the number of its results. */
export async function assertRight(agent: Agent, address: string, job: AcceptedJob): Promise<number> {
  const { jobId, images, isCancelled } = job;
  const { counts, status } = await awaitEnd(agent, address, jobId);
  const results = await patiently(async () => await readResults(agent, address, job));
  assert.equal(counts.images, images, `job ${jobId}`);
  assert.equal(counts.done, results, `job ${jobId} counts other results than it has`);
  assert.equal(counts.succeeded + counts.failed, counts.done);
  if (isCancelled) assert.equal(status, "cancelled");
  else assert.deepEqual([results, counts.failed], [images, missingAmong(images)], `job ${jobId}`);
  return results;
}

async function readResults(agent: Agent, address: string, { jobId, tag }: AcceptedJob): Promise<number | null> {
  const { statusCode, body } = await request(`${address}/api/v1/jobs/${jobId}/results`, { dispatcher: agent });
  if (statusCode === 503) {
    await body.dump();
    return null;
  }
  assert.equal(statusCode, 200);
  return await countRight(body, jobId, tag);
}

async function countRight(body: Readable, jobId: number, tag: string): Promise<number> {
  let last = -1;
  let results = 0;
  for await (const line of createInterface({ input: body })) {
    const { image, image_url: url, width, code } = Value.Parse(ResultLine, JSON.parse(line));
    assert.ok(image > last, `job ${jobId} has image ${image} twice, or out of turn`);
    const wanted = isMissing(image) ? [null, "not_found"] : [widthOf(image), null];
    assert.deepEqual([width, code], wanted, `job ${jobId}, image ${image}`);
    assert.ok(url.endsWith(`/${tag}/${image}.png`), `job ${jobId}, image ${image} is ${url}`);
    last = image;
    results += 1;
  }
  return results;
}
