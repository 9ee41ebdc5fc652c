/**
 * One line of clients in a soak: job after job in the ways in which clients really send them, the service dying under them. Notes every job that was
 * accepted, for the check at the end.
 */
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, request } from "undici";
import { type AcceptedJob, assertRight, awaitEnd, submissionOf } from "./numbered-images.ts";

/** From 0 to below 1. */
export type Random = () => number;

const LEAST_IMAGES = 20;
const MOST_IMAGES = 600;

export type SoakTally = {
  readonly accepted: AcceptedJob[];
  /** By what was done. */
  readonly done: Record<string, number>;
  resultsChecked: number;
};

export async function runSoakClient(deps: {
  readonly address: string;
  readonly host: string;
  readonly agent: Agent;
  readonly random: Random;
  readonly tally: SoakTally;
  readonly name: string;
  readonly isOver: () => boolean;
}): Promise<void> {
  const { address, host, agent, random, tally } = deps;
  const note = (what: string) => {
    tally.done[what] = (tally.done[what] ?? 0) + 1;
  };

  /** Sends under one key until there is an answer: a service that dies in the middle may have taken it. */
  async function submit(body: string): Promise<number> {
    const key = randomUUID();
    for (;;) {
      const jobId = await sendOnce(body, key);
      if (jobId !== null) return jobId;
      note("sent again");
      await sleep(300);
    }
  }

  async function sendOnce(body: string, key: string): Promise<number | null> {
    try {
      const answer = await request(`${address}/api/v1/jobs`, {
        method: "POST",
        dispatcher: agent,
        headers: { "content-type": "application/x-ndjson", "idempotency-key": key },
        body,
      });
      const text = await answer.body.text();
      if (answer.statusCode === 201) return JSON.parse(text).job_id;
      // Running: of a sending that died with the service. The rest says itself to come again.
      if (![409, 503].includes(answer.statusCode)) throw new Error(`unexpected: ${answer.statusCode} ${text}`);
      return null;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("unexpected")) throw error;
      return null;
    }
  }

  /** Breaks off in the middle of its body: must leave nothing. */
  function abort(body: string): Promise<void> {
    const { hostname, port } = new URL(address);
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(Number(port), hostname, () => {
      const head = `POST /api/submit HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${body.length}\r\n\r\n`;
      socket.write(head + body.slice(0, body.length / 2), () => socket.resetAndDestroy());
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve());
    return promise;
  }

  /** Whether it was done; a service that is away does not count. */
  async function change(jobId: number, verb: string): Promise<boolean> {
    try {
      const { statusCode, body } = await request(`${address}/api/v1/jobs/${jobId}/${verb}`, {
        method: "POST",
        dispatcher: agent,
        ...(verb === "retry" ? { headers: { "content-type": "application/json" }, body: "{}" } : {}),
      });
      await body.dump();
      return statusCode < 300;
    } catch {
      return false;
    }
  }

  async function isCancelled(jobId: number): Promise<boolean> {
    await change(jobId, "cancel");
    return (await awaitEnd(agent, address, jobId)).status === "cancelled";
  }

  for (let no = 0; !deps.isOver(); no += 1) {
    const images = LEAST_IMAGES + Math.floor(random() * (MOST_IMAGES - LEAST_IMAGES));
    const tag = `${deps.name}-${no}`;
    const body = submissionOf(host, tag, images);
    if (random() < 0.3) {
      await abort(body);
      note("broken off");
    }
    const jobId = await submit(body);
    note("accepted");
    const isToCancel = random() < 0.1;
    const job = { jobId, tag, images, isCancelled: isToCancel && (await isCancelled(jobId)) };
    tally.accepted.push(job);
    if (job.isCancelled) note("cancelled");
    await awaitEnd(agent, address, jobId);
    if (!job.isCancelled && random() < 0.3 && (await change(jobId, "retry"))) note("retried");
    tally.resultsChecked += await assertRight(agent, address, job);
  }
}
