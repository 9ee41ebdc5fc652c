/**
 * `npm run bench -- wire`: what the transport costs. The service end to end, a bare undici loop that makes the same two Range requests, and the
 * wire alone, one after the other in each round on the same photos; rates, and the processor time of all threads. BENCH_OLD names the folder of an
 * older checkout to run beside it. BENCH_CASES="44 KB" runs the case of that name, or those whose name has it in it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Certificate, createCertificate } from "../../src/testing/certificate.ts";
import { LARGE_PHOTO, type PhotoSize, SMALL_PHOTO } from "../camera-photo.ts";
import { awaitCompletion, median, type Service, startService, submitImages, timed } from "../parts.ts";
import { cpuMsOf } from "./cpu-time.ts";
import { type Measured, runLoop } from "./loop.ts";
import { type Photos, startPhotos } from "./photos.ts";

type Case = {
  readonly name: string;
  readonly size: PhotoSize;
  readonly isTls: boolean;
  readonly roundTripMs: number;
  readonly images: number;
  readonly threads: readonly number[];
};

const CASES: readonly Case[] = [
  // So many that a round takes some seconds: one of a second says little, as V8 compiles for the first 30,000 images.
  { name: "1.4 MB", size: LARGE_PHOTO, isTls: false, roundTripMs: 0, images: 30_000, threads: [1, 2] },
  { name: "44 KB", size: SMALL_PHOTO, isTls: false, roundTripMs: 0, images: 30_000, threads: [1, 2] },
  { name: "1.4 MB over TLS", size: LARGE_PHOTO, isTls: true, roundTripMs: 0, images: 3_000, threads: [1] },
  { name: "1.4 MB at 40 ms", size: LARGE_PHOTO, isTls: false, roundTripMs: 40, images: 3_000, threads: [1] },
  { name: "1.4 MB at 150 ms", size: LARGE_PHOTO, isTls: false, roundTripMs: 150, images: 1_500, threads: [1] },
];
const ROUNDS = 5;
const CONNECTIONS = 64;
/** What the service asked of a JPEG before it learnt: its first 64 KB and its tail. */
const TWO_REQUESTS = ["bytes=0-65535", "bytes=-4096"];
const LEARNT_REQUESTS = ["bytes=0-32767", "bytes=-4096"];
const OLD = process.env.BENCH_OLD;
const ONLY = process.env.BENCH_CASES ?? "";

type Runner = { readonly name: string; readonly run: () => Promise<Measured>; readonly stop: () => Promise<void> };

function loop(
  name: string,
  script: string,
  ranges: readonly string[],
  photos: Photos,
  { images }: Case,
  ca: string | null,
): Runner {
  const order = { address: photos.address, images, ranges, connections: CONNECTIONS };
  return { name, run: () => runLoop(script, order, ca), stop: async () => {} };
}

/** With as many connections over all threads as the loops have; at a distance with its defaults. */
async function service(
  name: string,
  threads: number,
  script: URL | undefined,
  photos: Photos,
  each: Case,
  ca: string | null,
): Promise<Runner> {
  const connections = String(CONNECTIONS / threads);
  const limits = { STOREWALK_CONNECTIONS: connections, STOREWALK_CONNECTIONS_PER_HOST: connections };
  const running: Service = await startService(
    photos,
    {
      STOREWALK_GPU_LATENCY_MS: "0",
      // Others may use the machine as well: the bench waits where a client would be told to come again.
      STOREWALK_MAX_LAG_MS: "0",
      STOREWALK_WORKER_THREADS: String(threads),
      ...(each.roundTripMs === 0 ? limits : {}),
      ...(ca === null ? {} : { NODE_EXTRA_CA_CERTS: ca }),
    },
    script,
  );
  await awaitCompletion(running, await submitImages(running, photos, each.images / 2), 50);
  return {
    name: threads === 1 ? name : `${name}, ${threads} threads`,
    async run() {
      const cpuMs = cpuMsOf(running.pid);
      const ms = await timed(async () =>
        awaitCompletion(running, await submitImages(running, photos, each.images), 50),
      );
      return { imagesPerS: (each.images / ms) * 1_000, cpuUs: ((cpuMsOf(running.pid) - cpuMs) / each.images) * 1_000 };
    },
    stop: running.stop,
  };
}

async function runCase(each: Case, say: (line: string) => void, tls: Certificate, caFile: string): Promise<void> {
  const ca = each.isTls ? caFile : null;
  const photos = await startPhotos({ ...each, tls: each.isTls ? tls : null });
  const runners = [
    loop("bare undici loop", "../bare-loop.ts", TWO_REQUESTS, photos, each, ca),
    loop("bare wire loop", "./bare-wire-loop.ts", LEARNT_REQUESTS, photos, each, ca),
  ];
  for (const threads of each.threads) {
    runners.push(await service("service", threads, undefined, photos, each, ca));
    if (OLD !== undefined) {
      const script = pathToFileURL(join(OLD, "bench/service.ts"));
      runners.push(await service("older service", threads, script, photos, each, ca));
    }
  }
  const measured = new Map<string, (Measured & { readonly requests: number; readonly bytes: number })[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, run } of runners) {
      const before = await photos.count();
      const result = await run();
      const after = await photos.count();
      const per = (count: number) => count / each.images;
      const counts = { requests: per(after.requests - before.requests), bytes: per(after.bytes - before.bytes) };
      measured.set(name, [...(measured.get(name) ?? []), { ...result, ...counts }]);
    }
  }
  for (const { stop } of runners) await stop();
  photos.stop();
  const of = (name: string, key: keyof Measured) => median((measured.get(name) ?? []).map((one) => one[key]));
  const bare = of("bare undici loop", "imagesPerS");
  const distance = each.roundTripMs === 0 ? "" : ` (a delay line in user space, ${each.roundTripMs} ms, 1 Gbit/s)`;
  say(`wire: ${each.images} photos of ${each.name}${distance}, medians of ${ROUNDS} rounds`);
  for (const [name, rounds] of measured) {
    const [last] = rounds.slice(-1);
    const rate = of(name, "imagesPerS");
    // A loop's warm-up is counted by the host as well.
    const share = name.startsWith("bare") ? 1.25 : 1;
    say(
      `    ${name.padEnd(26)} ${rate.toFixed(0).padStart(6)}/s, ${(rate / bare).toFixed(2)} × the undici loop, ${of(name, "cpuUs").toFixed(0).padStart(5)} µs CPU an image, ${((last?.requests ?? 0) / share).toFixed(2)} requests, ${((last?.bytes ?? 0) / share / 1_024).toFixed(1)} KB`,
    );
  }
}

export async function wireBench(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
  const tls = createCertificate([], ["127.0.0.1"]);
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, tls.cert);
  const named = CASES.filter(({ name }) => name === ONLY);
  const chosen = named.length > 0 ? named : CASES.filter(({ name }) => name.includes(ONLY));
  for (const each of chosen) await runCase(each, say, tls, caFile);
  rmSync(folder, { recursive: true });
}
