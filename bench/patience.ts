/**
 * `npm run bench -- patience`: hosts that refuse, are slow or are gone, against what they can bear and against runs without them. Real servers
 * on loopback; where nginx is not there its part is left out with a loud line. BENCH_CASES="dead" runs the cases whose name (refusing, nginx,
 * dead, slow) has that in it.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { NGINX, startNginx } from "../src/testing/nginx.ts";
import { startRefusingHost } from "../src/testing/refusing-host.ts";
import { findProgram } from "../src/testing/test-services.ts";
import {
  cancelJob,
  type Host,
  median,
  readStatus,
  type Service,
  type Status,
  startService,
  submitImages,
  timed,
} from "./parts.ts";
import { cpuMsOf } from "./wire/cpu-time.ts";

const ONLY = process.env.BENCH_CASES ?? "";
const say = (line: string) => console.log(line);
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const ANY_PORT = { STOREWALK_ALLOW_HOSTS: "127.0.0.1", STOREWALK_WORKER_THREADS: "1" };
const NO_GPU = { ...ANY_PORT, STOREWALK_GPU_LATENCY_MS: "0" };

/** Until its end. */
async function runJob(service: Service, host: Pick<Host, "address">, images: number) {
  let jobId = 0;
  let status: Status = { status: "ongoing", counts: { done: 0, succeeded: 0 } };
  const ms = await timed(async () => {
    jobId = await submitImages(service, asHost(host.address), images);
    while (status.status === "ongoing") {
      await sleep(20);
      status = await readStatus(service, jobId);
    }
  });
  return { jobId, ms, measured: status.counts.succeeded };
}

const asHost = (address: string): Host => ({ address, bytes: 0, stop: () => {} });

async function withService<T>(settings: Readonly<Record<string, string>>, work: (service: Service) => Promise<T>) {
  const service = await startService(asHost("http://127.0.0.1:1"), settings);
  try {
    return await work(service);
  } finally {
    await service.stop();
  }
}

async function refusingHosts(photo: Uint8Array): Promise<void> {
  for (const [atATime, images] of [
    [20, 2_000],
    [5, 500],
  ] as const) {
    for (const status of [503, 429] as const) {
      const host = await startRefusingHost({ atATime, status, answerMs: 100, photo });
      const { ms, measured } = await withService(NO_GPU, (service) => runJob(service, asHost(host.url("")), images));
      const requests = host.served + host.refused;
      // A photo may take more than one request: the host is judged by what it had to serve.
      const ideal = (host.served * 100) / atATime;
      await host.close();
      say(
        `    ${atATime} at a time, ${status}: ${percent(measured / images)} of ${images} measured in ${seconds(ms)}, ratio ${(ms / ideal).toFixed(2)}, refused ${percent(host.refused / requests)} of requests`,
      );
    }
  }
}

/** What a run takes beside others' trouble against what it takes without: one after the other, so often. */
const PAIRS = 4;
const spread = (values: readonly number[]) => `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;

const LIMITED = `limit_req zone=all burst=20 nodelay;`;
const named = (status: number) =>
  `error_page ${status} = @busy; } location @busy { add_header Retry-After 2 always; return ${status};`;

async function nginxHosts(photo: Uint8Array): Promise<void> {
  if (findProgram(NGINX.path, NGINX.get).skip) return;
  const http = `limit_req_zone $binary_remote_addr zone=all:1m rate=20r/s; limit_conn_zone $binary_remote_addr zone=one:1m;`;
  for (const [name, location, images] of [
    ["limit_req 20 r/s burst=20 nodelay, 503", LIMITED, 300],
    ["the same, 429", `${LIMITED} limit_req_status 429;`, 300],
    ["the same, 503 and Retry-After: 2", `${LIMITED} ${named(503)}`, 300],
    ["the same, 429 and Retry-After: 2", `${LIMITED} limit_req_status 429; ${named(429)}`, 300],
    ["limit_req 20 r/s without burst, 503", "limit_req zone=all;", 300],
    ["the same without burst, 429", "limit_req zone=all; limit_req_status 429;", 300],
    ["limit_conn 10", "limit_conn one 10; limit_rate 1k;", 100],
  ] as const) {
    const host = await startNginx({ http, location, photo });
    const { ms, measured } = await withService(NO_GPU, (service) =>
      runJob(service, asHost(host.url("/photo.jpg?")), images),
    );
    const { served, refused } = await host.answers();
    const burst = location.includes("burst") ? 20 : 0;
    const ideal = name === "limit_conn 10" ? await patientClient(host, images) : ((served - burst) / 20) * 1_000;
    await host.close();
    say(
      `    ${name}: ${percent(measured / images)} of ${images} measured in ${seconds(ms)}, ratio ${(ms / ideal).toFixed(2)} to a patient client's ${seconds(ideal)}, refused ${percent(refused / (served + refused))} of requests`,
    );
  }
}

/** Ten at a time, as the host allows. */
async function patientClient(host: { readonly url: (path: string) => string }, images: number): Promise<number> {
  let next = 0;
  return await timed(() =>
    Promise.all(
      Array.from({ length: 10 }, async () => {
        while (next < images) await (await fetch(host.url(`/photo.jpg?${next++}`))).arrayBuffer();
      }),
    ),
  );
}

async function deadHost(photo: Uint8Array): Promise<void> {
  const host = await startWell(photo, 5);
  const well = host.address;
  await withService(ANY_PORT, async (service) => {
    await runJob(service, asHost(well), 2_000);
    async function wellRun() {
      const cpuMs = cpuMsOf(service.pid);
      const { ms } = await runJob(service, asHost(well), 10_000);
      return { ms, cpuUs: (cpuMsOf(service.pid) - cpuMs) / 10 };
    }
    const alone: Awaited<ReturnType<typeof wellRun>>[] = [];
    const beside: typeof alone = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      alone.push(await wellRun());
      const dead = await submitImages(service, asHost(await nobody()), 3_000);
      beside.push(await wellRun());
      // What is left of it must not be felt by the next run alone.
      await cancelJob(service, dead);
      while ((await readStatus(service, dead)).status === "ongoing") await sleep(20);
    }
    const [a, b] = [median(alone.map(({ ms }) => ms)), median(beside.map(({ ms }) => ms))];
    const [cpu, cpuBeside] = [median(alone.map(({ cpuUs }) => cpuUs)), median(beside.map(({ cpuUs }) => cpuUs))];
    const ratios = beside.map(({ ms }, pair) => ms / (alone[pair]?.ms ?? Number.NaN));
    say(
      `    10,000 well images alone ${seconds(a)}, beside 3,000 of a dead host ${seconds(b)}: median ratio of ${PAIRS} pairs ${median(ratios).toFixed(2)} (${spread(ratios)}; aim ≤ 1.1), ${cpu.toFixed(0)} and ${cpuBeside.toFixed(0)} µs CPU an image`,
    );
  });
  await withService(ANY_PORT, async (service) => {
    const { jobId, ms } = await runJob(service, asHost(await nobody()), 100_000);
    const report = await fetch(`${service.address}/api/v1/jobs/${jobId}`);
    const { failures_by_code: causes } = (await report.json()) as { failures_by_code: unknown };
    say(`    100,000 images of a dead host: over after ${seconds(ms)} (aim ≤ 90 s), ${JSON.stringify(causes)}`);
  });
  host.stop();
}

/** An address where nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = addressOf(server);
  server.close();
  return address;
}

function addressOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server must listen on a port");
  return `http://127.0.0.1:${bound.port}`;
}

/** Answers after so long, on one of its paths or on all. */
async function startWell(photo: Uint8Array, answerMs: number) {
  let served = 0;
  const server = createServer((_request, response) => {
    setTimeout(() => {
      served += 1;
      response.writeHead(200, { "content-type": "image/jpeg", "content-length": photo.length }).end(photo);
    }, answerMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: addressOf(server),
    served: () => served,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function slowHost(photo: Uint8Array): Promise<void> {
  const well = await Promise.all(Array.from({ length: 9 }, () => startWell(photo, 5)));
  const slow = await startWell(photo, 2_000);
  await withService(ANY_PORT, async (service) => {
    await runJob(service, asHost(well[0]?.address ?? ""), 2_000);
    async function wellTime(withSlow: boolean): Promise<number> {
      const before = slow.served();
      const hosts = [...well, ...(withSlow ? [slow] : [])].map(({ address }) => address);
      return await timed(async () => {
        const jobId = await submitMixed(service, hosts, 1_000);
        for (;;) {
          const { counts } = await readStatus(service, jobId);
          if (counts.succeeded - (withSlow ? slow.served() - before : 0) >= 9_000) break;
          await sleep(20);
        }
        await cancelJob(service, jobId);
      });
    }
    const without: number[] = [];
    const beside: number[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      without.push(await wellTime(false));
      beside.push(await wellTime(true));
    }
    const [a, b] = [median(without), median(beside)];
    const ratios = beside.map((ms, pair) => ms / (without[pair] ?? Number.NaN));
    say(
      `    nine well hosts, 1,000 images each, in one job: ${seconds(a)}; with a tenth that takes 2 s an answer ${seconds(b)}: median ratio of ${PAIRS} pairs ${median(ratios).toFixed(2)} (${spread(ratios)}; aim ≤ 1.1)`,
    );
  });
  for (const host of [...well, slow]) host.stop();
}

/** One job with so many images of each host, in turns. */
async function submitMixed(service: Service, hosts: readonly string[], imagesEach: number): Promise<number> {
  const lines = Array.from({ length: imagesEach }, (_, no) =>
    JSON.stringify({
      store_id: "B1",
      visit_time: "2026-01-05T09:00:00Z",
      image_url: hosts.map((address) => `${address}/${no}.jpg`),
    }),
  );
  const answer = await fetch(`${service.address}/api/submit`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: `${lines.join("\n")}\n`,
  });
  const { job_id: jobId } = (await answer.json()) as { job_id: number };
  return jobId;
}

export async function patienceBench(): Promise<void> {
  const photo = await sharp({ create: { width: 640, height: 480, channels: 3, background: "#a50" } })
    .jpeg()
    .toBuffer();
  say("(patience) hosts that refuse, are slow or are gone");
  const cases: Readonly<Record<string, (photo: Uint8Array) => Promise<void>>> = {
    refusing: refusingHosts,
    nginx: nginxHosts,
    dead: deadHost,
    slow: slowHost,
  };
  for (const [name, run] of Object.entries(cases)) if (name.includes(ONLY)) await run(photo);
}
