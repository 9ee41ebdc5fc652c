/**
 * Mixed faults for as long as asked: images that fail, hang and break off at first, submissions broken off, sent again and cancelled, jobs retried,
 * slow senders, readers that do not read, and kill -9 of the service again and again. At the end every accepted job is checked, result for result.
 *
 *     npm run test:soak -- [MINUTES] [SEED]
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { startCrowd } from "./crowd-plan.ts";
import { startHealthyClient } from "./healthy-client.ts";
import { shownMb, shownMs } from "./latencies.ts";
import { assertRight, awaitEnd, patiently, submissionOf } from "./numbered-images.ts";
import { createEnds, type Ends, type LoadedService, startLoadedService, startLoadHost } from "./processes.ts";
import { type Random, runSoakClient, type SoakTally } from "./soak-jobs.ts";

export type SoakPlan = {
  readonly ms: number;
  readonly seed: number;
  readonly clients: number;
  readonly slowSockets: number;
  readonly deafReaders: number;
  readonly pollers: number;
  /** Between two deaths of the service, on average. */
  readonly killEveryMs: number;
  readonly say: (line: string) => void;
};

const SAY_MS = 60_000;

function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export async function soak(plan: SoakPlan): Promise<void> {
  const ends = createEnds();
  try {
    await run(plan, ends);
  } finally {
    await ends.end();
  }
}

async function run(plan: SoakPlan, ends: Ends): Promise<void> {
  const { say } = plan;
  const host = await startLoadHost(ends, true);
  const service = await startLoadedService(ends, host, {
    STOREWALK_GPU_LATENCY_MS: "5-20",
    STOREWALK_HEADERS_MS: "1000",
    STOREWALK_BODY_IDLE_MS: "1000",
  });
  const { address } = service;
  const agent = new Agent({ connections: 64 });
  ends.add(() => agent.destroy());
  const random = createRandom(plan.seed);
  const until = performance.now() + plan.ms;
  const isOver = () => performance.now() > until;
  const tally: SoakTally = { accepted: [], done: {}, resultsChecked: 0 };
  const first = await firstJob(agent, address, host);
  const healthy = startHealthyClient(address, first, 100);
  const { pollers, slowSockets, deafReaders } = plan;
  const nobodySubmits = { submitsPerSecond: 0, imagesASubmit: 0 };
  const crowd = startCrowd(ends, { address, host, jobId: first, pollers, slowSockets, deafReaders, ...nobodySubmits });

  const clients = Array.from({ length: plan.clients }, (_, client) =>
    runSoakClient({
      address,
      host,
      agent,
      random: createRandom(plan.seed + client),
      tally,
      name: `s${client}`,
      isOver,
    }),
  );
  const killing = killAgain(service, plan.killEveryMs, random, isOver);
  const talking = setInterval(() => say(progressLine(tally, service)), SAY_MS);
  ends.add(() => clearInterval(talking));
  await Promise.all([...clients, killing]);

  await healthy.stop();
  const { slowCut, pollAnswers } = await crowd.stop();
  const results = await checkAll(agent, service, first, tally);
  say(`jobs: ${tally.accepted.length} accepted, ${JSON.stringify(tally.done)}`);
  say(`results: ${results} right, each once; ${tally.resultsChecked} of them were right when their job ended, too`);
  say(
    `service: started ${service.starts} times, at most ${shownMb(service.peakRss)}, at the end ${shownMb(service.rss)}`,
  );
  say(`healthy client: ${shownMs(healthy.status)}, ${healthy.unanswered} unanswered while it was away`);
  say(`healthy client's refusals: ${JSON.stringify(Object.fromEntries(healthy.refusals))}`);
  say(`crowd: ${slowCut} slow sockets were cut, polls answered ${JSON.stringify(pollAnswers)}`);
  say(
    `log: ${service.errors.length} lines of errors${service.errors.length > 0 ? `, the last ${service.errors.at(-1)}` : ""}`,
  );
}

/** The one that everybody looks at. */
async function firstJob(agent: Agent, address: string, host: string): Promise<number> {
  const jobId = await patiently(async () => {
    const { statusCode, body } = await request(`${address}/api/submit`, {
      method: "POST",
      dispatcher: agent,
      headers: { "content-type": "application/x-ndjson" },
      body: submissionOf(host, "first", 20),
    });
    const text = await body.text();
    if (statusCode === 503) return null;
    assert.equal(statusCode, 201, text);
    return JSON.parse(text).job_id;
  });
  await awaitEnd(agent, address, jobId);
  return jobId;
}

async function killAgain(service: LoadedService, everyMs: number, random: Random, isOver: () => boolean) {
  for (;;) {
    await sleep(everyMs * (0.5 + random()));
    if (isOver()) return;
    await service.crash();
  }
}

/** Nothing lost: each accepted job is right. Nothing twice: there is no other job. */
async function checkAll(agent: Agent, { address }: LoadedService, first: number, tally: SoakTally): Promise<number> {
  let results = 0;
  for (const job of tally.accepted) results += await assertRight(agent, address, job);
  const wanted = [first, ...tally.accepted.map(({ jobId }) => jobId)].toSorted((a, b) => a - b);
  assert.deepEqual(await allJobs(agent, address), wanted, "the service has other jobs than it accepted");
  return results;
}

async function allJobs(agent: Agent, address: string): Promise<readonly number[]> {
  const ids: number[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await request(`${address}/api/v1/jobs?limit=100${query}`, { dispatcher: agent });
    const page = JSON.parse(await body.text());
    ids.push(...page.data.map(({ job_id: id }: { readonly job_id: number }) => id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids.toSorted((a, b) => a - b);
}

function progressLine(tally: SoakTally, service: LoadedService): string {
  const { accepted, resultsChecked } = tally;
  return `  … ${accepted.length} jobs, ${resultsChecked} results checked, ${service.starts} starts, ${shownMb(service.rss)}`;
}

if (import.meta.main) {
  const [minutes = "20", seed = "1"] = process.argv.slice(2);
  const say = (line: string) => console.log(line);
  say(`soak of ${minutes} minutes, seed ${seed}`);
  await soak({
    ms: Number(minutes) * 60_000,
    seed: Number(seed),
    clients: 6,
    slowSockets: 200,
    deafReaders: 20,
    pollers: 100,
    killEveryMs: 45_000,
    say,
  });
}
