/**
 * Carries people's orders to give a host up from the ledger to the runs of this process: images that wait for it fail at once, those of later
 * chunks are not begun. An order is known only while its job runs here, as a retry takes it back. Must never fail an image that is asked for
 * just now: its own answer says more.
 */
import { hostOf } from "../domain/host-of.ts";
import type { ImageTask } from "../domain/job.ts";
import type { GivenUpHost, HostLedger } from "../ledger/port/host-ledger.ts";
import { neverAskedFor } from "../pipeline/fetch/retry.ts";
import type { Clock } from "../process/clock.ts";
import { startLoop } from "../process/loop.ts";
import type { RunResult } from "./judge.ts";
import type { ImageRun, RunImages } from "./worker.ts";

/** A person who decided waits for so long at most until something is seen of it. */
const LOOK_MS = 1_000;

/** Sentences by host, for each job that runs here. */
type Orders = Map<string, { readonly hosts: Map<string, string>; runs: number }>;

export type GivenUpHosts = {
  readonly runImages: RunImages;
  stop(): Promise<void>;
};

export function startGivenUpHosts(deps: {
  readonly ledger: Pick<HostLedger, "readGivenUpHosts">;
  readonly clock: Clock;
  readonly runImages: RunImages;
  /** Told once of each order for each lane. */
  readonly giveUp: (order: { readonly lane: string; readonly host: string; readonly sentence: string }) => void;
  readonly onError: (error: unknown) => void;
}): GivenUpHosts {
  const { clock } = deps;
  const lanes: Orders = new Map();

  function take({ jobId, host, sentence }: GivenUpHost): void {
    const lane = String(jobId);
    const known = lanes.get(lane);
    if (!known || known.hosts.get(host) === sentence) return;
    known.hosts.set(host, sentence);
    deps.giveUp({ lane, host, sentence });
  }

  const loop = startLoop({
    clock,
    pauseMs: LOOK_MS,
    onError: deps.onError,
    async round() {
      if (lanes.size === 0) return;
      // What is read of a job whose last run here is over meanwhile may be taken back by now.
      const asked = new Map(lanes);
      const orders = await deps.ledger.readGivenUpHosts(Array.from(asked.keys(), Number));
      for (const order of orders) {
        const lane = String(order.jobId);
        if (asked.get(lane) === lanes.get(lane)) take(order);
      }
    },
  });

  async function runImages(run: ImageRun, ...rest: ParametersAfterRun): ReturnType<RunImages> {
    const known = lanes.get(run.lane) ?? { hosts: new Map<string, string>(), runs: 0 };
    lanes.set(run.lane, known);
    known.runs += 1;
    try {
      const [onResults] = rest;
      const isGivenUp = ({ url }: ImageTask) => known.hosts.size > 0 && known.hosts.has(hostOf(url));
      const left = run.images.filter((image) => !isGivenUp(image));
      const failed = run.images.filter(isGivenUp);
      if (failed.length > 0) {
        onResults(failed.map(({ no, url }) => neverAsked(no, known.hosts.get(hostOf(url)) ?? "", clock.now())));
      }
      return left.length === 0 ? "finished" : await deps.runImages({ ...run, images: left }, ...rest);
    } finally {
      known.runs -= 1;
      if (known.runs === 0) lanes.delete(run.lane);
    }
  }

  return { runImages, stop: loop.stop };
}

type ParametersAfterRun = Parameters<RunImages> extends [ImageRun, ...infer Rest] ? Rest : never;

/** The result of an image whose host somebody gave up before it was asked for. */
export function neverAsked(no: number, sentence: string, finishedAt: number): RunResult {
  return {
    no,
    outcome: { kind: "failed", code: "host_unavailable", detail: neverAskedFor(sentence) },
    attempts: 0,
    fetchMs: null,
    inspected: null,
    finishedAt,
  };
}
