/**
 * Ten times the submissions that the service can take, a thousand sockets that never finish their request and a thousand pollers, during a large
 * job: what a healthy client still gets, what memory it takes, and whether every accepted image comes out right.
 *
 *     npm run test:overload
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { type CrowdReport, startCrowd } from "./crowd-plan.ts";
import { startHealthyClient } from "./healthy-client.ts";
import { shownMb, shownMs } from "./latencies.ts";
import { type AcceptedJob, assertRight, awaitEnd, readStatus, submissionOf } from "./numbered-images.ts";
import { createEnds, type Ends, startLoadedService, startLoadHost } from "./processes.ts";

export type OverloadPlan = {
  /** Of the job that everybody looks at. */
  readonly jobImages: number;
  readonly pollers: number;
  readonly slowSockets: number;
  /** How much more is sent than was accepted when nothing else went on. */
  readonly times: number;
  readonly imagesASubmit: number;
  readonly capacityMs: number;
  /** For how long the crowd stays; the large job may take longer. */
  readonly ms: number;
  /** The high-water mark. */
  readonly maxBacklogImages: number;
  readonly say: (line: string) => void;
};

const AT_A_TIME = 16;

export async function overload(plan: OverloadPlan): Promise<void> {
  const ends = createEnds();
  try {
    await run(plan, ends);
  } finally {
    await ends.end();
  }
}

async function run(plan: OverloadPlan, ends: Ends): Promise<void> {
  const { say, jobImages, pollers, slowSockets, imagesASubmit } = plan;
  const host = await startLoadHost(ends, false);
  const service = await startLoadedService(ends, host, {
    STOREWALK_GPU_LATENCY_MS: "0",
    STOREWALK_MAX_BACKLOG_IMAGES: String(plan.maxBacklogImages),
  });
  const { address } = service;
  const agent = new Agent({ connections: AT_A_TIME });
  ends.add(() => agent.destroy());

  const warmedAt = performance.now();
  const warmUp = await submitInTurn(agent, address, host, plan);
  const capacity = warmUp.length / ((performance.now() - warmedAt) / 1_000);
  say(`capacity: ${capacity.toFixed(0)} submissions of ${imagesASubmit} images a second, ${AT_A_TIME} at a time`);
  for (const { jobId } of warmUp) await awaitEnd(agent, address, jobId);
  const quietRss = service.peakRss;

  const large = await submit(agent, address, host, "large", jobImages);
  const healthy = startHealthyClient(address, large.jobId, 100);
  const submitsPerSecond = plan.times * capacity;
  const crowdPlan = { address, host, jobId: large.jobId, pollers, slowSockets, deafReaders: 0 };
  const crowd = startCrowd(ends, { ...crowdPlan, submitsPerSecond, imagesASubmit });
  const startedAt = performance.now();
  await sleep(plan.ms);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { status, progress } = await readStatus(agent, address, large.jobId);
  await healthy.stop();
  const report = await crowd.stop();
  say(`large job when the crowd left: ${status}, ${(100 * progress).toFixed(0)} % of ${jobImages} images`);
  const jobs = [large, ...warmUp, ...report.accepted.map((job) => ({ ...job, isCancelled: false }))];
  let results = 0;
  for (const job of jobs) results += await assertRight(agent, address, job);

  sayCrowd(report, { ...plan, seconds, submitsPerSecond });
  say(`accepted: ${jobs.length} jobs, all ${results} results right, each once`);
  say(
    `service: at most ${shownMb(service.peakRss)} (${shownMb(quietRss)} before the crowd came), ${service.starts} start`,
  );
  say(`healthy client: ${shownMs(healthy.status)}, ${healthy.unanswered} unanswered`);
  say(
    `log: ${service.errors.length} lines of errors${service.errors.length > 0 ? `, the last ${service.errors.at(-1)}` : ""}`,
  );
  assert.equal(healthy.unanswered, 0, "a status read got no answer");
  assert.deepEqual([...healthy.refusals], [], "a status read was refused");
  assert.equal(service.errors.length, 0, service.errors.at(-1));
}

function sayCrowd(
  { sent, submitAnswers, pollAnswers, pollP50, pollP99, slowCut }: CrowdReport,
  { say, seconds, submitsPerSecond }: OverloadPlan & { readonly seconds: number; readonly submitsPerSecond: number },
): void {
  say(
    `crowd: ${seconds.toFixed(0)} s, ${submitsPerSecond.toFixed(0)} submissions a second wanted, ${(sent / seconds).toFixed(0)} sent`,
  );
  say(`submissions by answer: ${JSON.stringify(submitAnswers)}`);
  say(`polls by answer: ${JSON.stringify(pollAnswers)}, p50 ${Math.round(pollP50)} ms, p99 ${Math.round(pollP99)} ms`);
  say(`slow sockets: cut and opened again ${slowCut} times`);
}

async function submit(agent: Agent, address: string, host: string, tag: string, images: number): Promise<AcceptedJob> {
  const { statusCode, body } = await request(`${address}/api/submit`, {
    method: "POST",
    dispatcher: agent,
    headers: { "content-type": "application/x-ndjson" },
    body: submissionOf(host, tag, images),
  });
  const text = await body.text();
  assert.equal(statusCode, 201, text);
  return { jobId: JSON.parse(text).job_id, tag, images, isCancelled: false };
}

/** As many as the service takes from a few who wait for each answer; at most half of what it may have in line, which a quick machine reaches. */
async function submitInTurn(agent: Agent, address: string, host: string, plan: OverloadPlan) {
  const { capacityMs, imagesASubmit, maxBacklogImages } = plan;
  const until = performance.now() + capacityMs;
  let left = Math.floor(maxBacklogImages / 2 / imagesASubmit);
  const jobs: AcceptedJob[] = [];
  async function client(no: number): Promise<void> {
    for (let turn = 0; performance.now() < until && left > 0; turn += 1) {
      left -= 1;
      jobs.push(await submit(agent, address, host, `w${no}-${turn}`, imagesASubmit));
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, (_, no) => client(no)));
  return jobs;
}

if (import.meta.main) {
  await overload({
    jobImages: 100_000,
    pollers: 1_000,
    slowSockets: 1_000,
    times: 10,
    imagesASubmit: 20,
    capacityMs: 5_000,
    ms: 90_000,
    maxBacklogImages: 120_000,
    say: (line) => console.log(line),
  });
}
