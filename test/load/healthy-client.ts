/** A client as it should be, beside all the others: asks for a job's status again and again, and measures how long it waits. */
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { createLatencies, type Latencies } from "./latencies.ts";

export type HealthyClient = {
  readonly status: Latencies;
  /** Answers other than 200. */
  readonly refusals: ReadonlyMap<number, number>;
  /** Asked while the service was away. */
  readonly unanswered: number;
  stop(): Promise<void>;
};

/** Any other answer than one in time is no answer to a person. */
const GIVE_UP_MS = 30_000;

export function startHealthyClient(address: string, jobId: number, everyMs: number): HealthyClient {
  const agent = new Agent({ connections: 4, headersTimeout: GIVE_UP_MS, bodyTimeout: GIVE_UP_MS });
  const status = createLatencies();
  const refusals = new Map<number, number>();
  let unanswered = 0;
  let stopping = false;

  async function ask(): Promise<void> {
    const askedAt = performance.now();
    try {
      const { statusCode, body } = await request(`${address}/api/status?jobid=${jobId}`, { dispatcher: agent });
      await body.dump();
      status.add(performance.now() - askedAt);
      if (statusCode !== 200) refusals.set(statusCode, (refusals.get(statusCode) ?? 0) + 1);
    } catch {
      unanswered += 1;
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      await ask();
      await sleep(everyMs);
    }
  }

  const running = run();
  return {
    status,
    refusals,
    get unanswered() {
      return unanswered;
    },
    async stop() {
      stopping = true;
      await running;
      await agent.close();
    },
  };
}
