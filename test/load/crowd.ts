/**
 * Everybody else, a process of its own so that its work does not slow the healthy client down: pollers, sockets that send a request that never
 * ends, readers of events that do not read, and a flood of submissions at a fixed rate, whether or not the ones before were answered.
 * Told what to do by its one argument; sends a report when asked for it. Loopback only, and bounded in number.
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Value } from "typebox/value";
import { Agent, request } from "undici";
import { CrowdPlan, type CrowdReport } from "./crowd-plan.ts";
import { createLatencies } from "./latencies.ts";
import { submissionOf } from "./numbered-images.ts";

const MOST_OUTSTANDING = 1_000;
const POLL_MS = 1_000;
const TICK_MS = 20;

const plan = Value.Parse(CrowdPlan, JSON.parse(process.env.CROWD ?? "null"));
const { hostname, port } = new URL(plan.address);
const accepted: { jobId: number; tag: string; images: number }[] = [];
const submitAnswers: Record<string, number> = {};
const pollAnswers: Record<string, number> = {};
const polls = createLatencies();
let sent = 0;
let slowCut = 0;
let stopping = false;
const count = (answers: Record<string, number>, name: string) => {
  answers[name] = (answers[name] ?? 0) + 1;
};

async function poll(agent: Agent): Promise<void> {
  await sleep(Math.random() * POLL_MS);
  while (!stopping) {
    const askedAt = performance.now();
    try {
      const { statusCode, body } = await request(`${plan.address}/api/status?jobid=${plan.jobId}`, {
        dispatcher: agent,
      });
      await body.dump();
      count(pollAnswers, String(statusCode));
      polls.add(performance.now() - askedAt);
    } catch {
      count(pollAnswers, "none");
    }
    await sleep(Math.max(0, POLL_MS - (performance.now() - askedAt)));
  }
}

/** Opens again as soon as it is cut. */
function sendSlowly(): void {
  if (stopping) return;
  const socket = connect(Number(port), hostname);
  socket.write("POST /api/submit HTTP/1.1\r\nhost: localhost\r\n");
  socket.once("connect", () => socket.once("close", () => (slowCut += 1)));
  const drip = setInterval(() => socket.write("x-a: b\r\n"), 3_000);
  socket.on("data", () => {});
  socket.on("error", () => {});
  socket.once("close", () => {
    clearInterval(drip);
    setTimeout(sendSlowly, 200);
  });
}

function listenDeafly(): void {
  if (stopping) return;
  const socket = connect(Number(port), hostname);
  socket.write("GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n");
  socket.pause();
  socket.on("error", () => {});
  socket.once("close", () => setTimeout(listenDeafly, 1_000));
}

async function submit(agent: Agent, tag: string): Promise<void> {
  sent += 1;
  try {
    const { statusCode, body } = await request(`${plan.address}/api/submit`, {
      method: "POST",
      dispatcher: agent,
      headers: { "content-type": "application/x-ndjson" },
      body: submissionOf(plan.host, tag, plan.imagesASubmit),
    });
    const text = await body.text();
    count(submitAnswers, String(statusCode));
    if (statusCode === 201) accepted.push({ jobId: JSON.parse(text).job_id, tag, images: plan.imagesASubmit });
  } catch {
    count(submitAnswers, "none");
  }
}

async function flood(): Promise<void> {
  const agent = new Agent({ connections: MOST_OUTSTANDING, pipelining: 1 });
  const startedAt = performance.now();
  const outstanding = new Set<Promise<void>>();
  let due = 0;
  while (!stopping) {
    const wanted = Math.floor(((performance.now() - startedAt) / 1_000) * plan.submitsPerSecond);
    for (; due < wanted; due += 1) {
      if (outstanding.size >= MOST_OUTSTANDING) count(submitAnswers, "not sent");
      else {
        const one = submit(agent, `f${process.pid}-${due}`).finally(() => outstanding.delete(one));
        outstanding.add(one);
      }
    }
    await sleep(TICK_MS);
  }
  await Promise.all(outstanding);
}

const pollAgent = new Agent({ connections: Math.max(1, plan.pollers) });
const running = [
  ...Array.from({ length: plan.pollers }, () => poll(pollAgent)),
  ...(plan.submitsPerSecond > 0 ? [flood()] : []),
];
for (let socket = 0; socket < plan.slowSockets; socket += 1) sendSlowly();
for (let socket = 0; socket < plan.deafReaders; socket += 1) listenDeafly();

process.on("message", async () => {
  stopping = true;
  await Promise.all(running);
  const [pollP50, pollP99] = [polls.quantile(0.5), polls.quantile(0.99)];
  const report: CrowdReport = { accepted, sent, submitAnswers, pollAnswers, pollP50, pollP99, slowCut };
  process.send?.(report);
});
process.on("disconnect", () => process.exit());
