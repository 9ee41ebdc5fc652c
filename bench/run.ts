/**
 * `npm run bench [-- a b …]`: Storewalk's five ratios, each against a baseline of the same run. Prints, judges nothing: these machines are noisy.
 * Takes about five minutes; what it prints last goes into docs/performance.md.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { createRandom } from "../src/pipeline/gpu/random.ts";
import { fleetFairnessBench } from "./fleet-fairness.ts";
import { insightBench } from "./insight.ts";
import { inspectionBench } from "./inspection.ts";
import {
  awaitCompletion,
  cancelJob,
  type Host,
  median,
  quantile,
  readStatus,
  startHost,
  startService,
  submitImages,
  timed,
} from "./parts.ts";
import { patienceBench } from "./patience.ts";
import { peersBench } from "./peers/peers-bench.ts";
import { startBench } from "./start.ts";
import { truthIndexBench } from "./truth-index.ts";
import { wireBench } from "./wire/wire-bench.ts";

const ROUNDS = 3;
const CONNECTIONS = 64;
/** What the service asks of a JPEG whose header fits into the first piece: that piece and the tail. */
const RANGES = ["bytes=0-65535", "bytes=-4096"];
const NO_GPU = { STOREWALK_GPU_LATENCY_MS: "0" };

const say = (line: string) => console.log(line);
const perSecond = (images: number, ms: number) => Math.round((images / ms) * 1_000);
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

async function bareLoop(host: Host, images: number, ranges: readonly string[]): Promise<number> {
  const child = fork(new URL("./bare-loop.ts", import.meta.url));
  child.send({ address: host.address, images, ranges, connections: CONNECTIONS });
  const [message] = await once(child, "message");
  child.disconnect();
  return Value.Parse(Type.Object({ ms: Type.Number() }), message).ms;
}

/** The service's rate with so many pipeline threads, which share the loop's number of connections. */
async function serviceRates(host: Host, images: number, threads: number): Promise<readonly number[]> {
  const connections = String(CONNECTIONS / threads);
  const service = await startService(host, {
    STOREWALK_GPU_LATENCY_MS: "0",
    STOREWALK_WORKER_THREADS: String(threads),
    STOREWALK_CONNECTIONS: connections,
    STOREWALK_CONNECTIONS_PER_HOST: connections,
  });
  await awaitCompletion(service, await submitImages(service, host, 4_000), 50);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const jobId = await submitImages(service, host, images);
    rates.push(perSecond(images, await timed(() => awaitCompletion(service, jobId, 50))));
  }
  await service.stop();
  return rates;
}

async function loopRates(host: Host, images: number, ranges: readonly string[]): Promise<readonly number[]> {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rates.push(perSecond(images, await bareLoop(host, images, ranges)));
  return rates;
}

async function throughput(host: Host): Promise<void> {
  const images = 20_000;
  const bare = median(await loopRates(host, images, RANGES));
  const whole = median(await loopRates(host, 2_000, [""]));
  const size = (host.bytes / 2 ** 20).toFixed(1);
  say(`(a) end to end with durable results, GPU wait off, ${images} images of ${size} MB, medians of ${ROUNDS}`);
  say(`    bare Range loop ${bare}/s · bare loop of whole bodies ${whole}/s`);
  for (const threads of [1, 2]) {
    const own = median(await serviceRates(host, images, threads));
    const ratios = `${(own / bare).toFixed(2)} (aim ≥ 0.85) · to whole bodies ${(own / whole).toFixed(2)}`;
    say(
      `    storewalk with ${threads} pipeline thread${threads > 1 ? "s" : ""} ${own}/s: ratio to the bare Range loop ${ratios}`,
    );
  }
}

async function makespan(host: Host): Promise<void> {
  const images = 10_000;
  const seed = 7;
  const places = 256;
  const service = await startService(host, { STOREWALK_GPU_SEED: String(seed), STOREWALK_WORKER_THREADS: "1" });
  const random = createRandom(seed);
  let waitMs = 0;
  for (let image = 0; image < images; image++) waitMs += 100 + random() * 300;
  const jobId = await submitImages(service, host, images);
  const ms = await timed(() => awaitCompletion(service, jobId, 20));
  await service.stop();
  const ideal = waitMs / places;
  say(
    `(b) GPU on, ${images} images on ${places} places: ${(ms / 1_000).toFixed(2)} s, ideal Σwait/places ${(ideal / 1_000).toFixed(2)} s`,
  );
  say(`    ratio ${(ms / ideal).toFixed(3)} (aim ≤ 1.05)`);
}

async function intake(host: Host): Promise<void> {
  say("(c) submit until the durable 201, event-loop delay and memory of the service");
  const bodies = [
    ["ndjson", 10_000],
    ["ndjson", 100_000],
    ["json", 100_000],
    ["ndjson", 1_000_000],
  ] as const;
  for (const [format, images] of bodies) {
    const service = await startService(host, NO_GPU);
    await cancelJob(service, await submitImages(service, host, 1_000));
    const before = await service.reset();
    let jobId = 0;
    const ms = await timed(async () => {
      jobId = await submitImages(service, host, images, format);
    });
    const { p99Ms, maxMs, peakRss } = await service.measure();
    await cancelJob(service, jobId);
    await service.stop();
    say(
      `    ${String(images).padStart(9)} images as ${format.padEnd(6)}: ${(ms / 1_000).toFixed(2)} s (${perSecond(images, ms)}/s), delay p99 ${p99Ms.toFixed(1)} ms, longest ${maxMs.toFixed(1)} ms, RSS ${megabytes(before)} → ${megabytes(peakRss)} MB (+${megabytes(peakRss - before)}, aim ≤ 150)`,
    );
  }
}

async function statusLatency(host: Host): Promise<void> {
  const reads = 1_000;
  const service = await startService(host, {});
  const small = await submitImages(service, host, 1_000);
  await awaitCompletion(service, small, 50);
  async function latencies(jobId: number): Promise<readonly number[]> {
    const all: number[] = [];
    for (let read = 0; read < reads; read++) all.push(await timed(() => readStatus(service, jobId)));
    return all;
  }
  await latencies(small);
  const idle = await latencies(small);
  const large = await submitImages(service, host, 100_000);
  await latencies(large);
  const loaded = await latencies(large);
  await cancelJob(service, large);
  await service.stop();
  const line = (values: readonly number[]) =>
    `p50 ${quantile(values, 0.5).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms`;
  say(`(d) status reads: idle ${line(idle)} · while 100,000 images run ${line(loaded)}`);
  say(`    ratio of p99 ${(quantile(loaded, 0.99) / quantile(idle, 0.99)).toFixed(1)} (aim ≤ 5)`);
}

async function fairness(host: Host): Promise<void> {
  const service = await startService(host, {});
  const tenImages = () => timed(async () => awaitCompletion(service, await submitImages(service, host, 10), 10));
  const several = async () => {
    const all: number[] = [];
    for (let round = 0; round < 7; round++) all.push(await tenImages());
    return median(all);
  };
  await tenImages();
  const alone = await several();
  const large = await submitImages(service, host, 100_000);
  await tenImages();
  const beside = await several();
  const { status } = await readStatus(service, large);
  if (status !== "ongoing") throw new Error("the large job was over before the small ones were measured");
  await cancelJob(service, large);
  await service.stop();
  say(
    `(e) a job of 10 images: alone ${alone.toFixed(0)} ms · beside a job of 100,000 ${beside.toFixed(0)} ms, medians of 7`,
  );
  say(`    ratio ${(beside / alone).toFixed(2)} (aim ≤ 2)`);
}

const CASES = { a: throughput, b: makespan, c: intake, d: statusLatency, e: fairness } as const;
const { values, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: { base: { type: "string" }, rounds: { type: "string", default: "5" } },
});
/** Of the index of photos; a number among the names says otherwise. */
const photos = Number(chosen.find((name) => /^\d+$/.test(name)) ?? 1_000_000);

/** Longer ones with hosts of their own, run when they are named. */
const NAMED = {
  wire: () => wireBench(say),
  patience: () => patienceBench(),
  peers: () => peersBench(say),
  truth: () => inspectionBench(say, { base: values.base, rounds: Number(values.rounds) }),
  "truth-index": () => truthIndexBench(say, photos),
  "fleet-fairness": () => fleetFairnessBench(say),
  insight: () => insightBench(say, Number(chosen.find((name) => /^\d+$/.test(name)) ?? 10_000_000)),
  start: () => startBench(say, { base: values.base, rounds: Number(values.rounds) }),
} as const;

for (const [name, run] of Object.entries(NAMED)) if (chosen.includes(name)) await run();
const cases = Object.entries(CASES).filter(([name]) => chosen.length === 0 || chosen.includes(name));
if (cases.length > 0) {
  const host = await startHost();
  for (const [, run] of cases) await run(host);
  host.stop();
}
