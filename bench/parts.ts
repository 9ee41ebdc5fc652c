/** Starts the bench's processes and speaks to the service as a client would. Everything on loopback, everything ends with the bench. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { Agent, request } from "undici";

export type Host = { readonly address: string; readonly bytes: number; stop(): void };
export type Reading = { readonly p99Ms: number; readonly maxMs: number; readonly peakRss: number };
export type Service = {
  readonly address: string;
  readonly pid: number | undefined;
  /** Starts a new measurement; returns the memory in use. */
  reset(): Promise<number>;
  measure(): Promise<Reading>;
  stop(): Promise<void>;
};
export type Status = {
  readonly status: string;
  readonly counts: { readonly done: number; readonly succeeded: number };
};

const HostReady = Type.Object({ address: Type.String(), bytes: Type.Number() });
const ServiceReady = Type.Object({ address: Type.String() });
const ServiceReset = Type.Object({ rss: Type.Number() });
const ServiceReading = Type.Object({ p99Ms: Type.Number(), maxMs: Type.Number(), peakRss: Type.Number() });
const Accepted = Type.Object({ job_id: Type.Number() });
const StatusReply = Type.Object({
  status: Type.String(),
  counts: Type.Object({ done: Type.Number(), succeeded: Type.Number() }),
});

async function heard<T extends Type.TSchema>(child: ChildProcess, schema: T): Promise<Type.Static<T>> {
  const [message] = await once(child, "message");
  return Value.Parse(schema, message);
}

function startChild(script: string | URL, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(new URL(script, import.meta.url), {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...process.env, ...env },
  });
}

export async function startHost(script = "./image-host.ts"): Promise<Host> {
  const child = startChild(script);
  const { address, bytes } = await heard(child, HostReady);
  return { address, bytes, stop: () => child.disconnect() };
}

/** A service with a ledger of its own; `settings` are added to its environment. `script` may be that of another checkout. */
export async function startService(
  host: Pick<Host, "address">,
  settings: Readonly<Record<string, string>>,
  script: string | URL = "./service.ts",
): Promise<Service> {
  const dataDir = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
  const child = startChild(script, {
    STOREWALK_PORT: "0",
    STOREWALK_DATA_DIR: dataDir,
    STOREWALK_ALLOW_HOSTS: new URL(host.address).host,
    ...settings,
  });
  const { address } = await heard(child, ServiceReady);
  return {
    address,
    pid: child.pid,
    async reset() {
      child.send("reset");
      return (await heard(child, ServiceReset)).rss;
    },
    async measure() {
      child.send("measure");
      return await heard(child, ServiceReading);
    },
    async stop() {
      child.disconnect();
      await once(child, "exit");
      rmSync(dataDir, { recursive: true });
    },
  };
}

const agent = new Agent({ headersTimeout: 600_000 });

export type BodyFormat = "ndjson" | "json";
const CONTENT_TYPE = { ndjson: "application/x-ndjson", json: "application/json" } as const;

/** Submits visits of ten images each and returns the job's id. */
export async function submitImages(
  service: Pick<Service, "address">,
  host: Pick<Host, "address">,
  images: number,
  format: BodyFormat = "ndjson",
  storeId = "B1",
): Promise<number> {
  const { statusCode, body } = await request(`${service.address}/api/submit`, {
    dispatcher: agent,
    method: "POST",
    headers: { "content-type": CONTENT_TYPE[format] },
    body: Readable.from(format === "ndjson" ? visitLines(host, images, storeId) : oneBody(host, images, storeId)),
  });
  if (statusCode !== 201) throw new Error(`the submission was refused: ${await body.text()}`);
  return Value.Parse(Accepted, await body.json()).job_id;
}

const IMAGES_A_VISIT = 10;

function* visitLines(host: Pick<Host, "address">, images: number, storeId: string): Iterable<string> {
  for (let first = 0; first < images; first += IMAGES_A_VISIT) {
    const urls = Array.from(
      { length: Math.min(IMAGES_A_VISIT, images - first) },
      (_, no) => `${host.address}/${first + no}.jpg`,
    );
    yield `${JSON.stringify({ store_id: storeId, visit_time: "2026-01-05T09:00:00Z", image_url: urls })}\n`;
  }
}

function* oneBody(host: Pick<Host, "address">, images: number, storeId: string): Iterable<string> {
  yield `{"count":${Math.ceil(images / IMAGES_A_VISIT)},"visits":[`;
  let separator = "";
  for (const line of visitLines(host, images, storeId)) {
    yield separator + line;
    separator = ",";
  }
  yield "]}";
}

export async function readStatus(service: Pick<Service, "address">, jobId: number): Promise<Status> {
  const { body } = await request(`${service.address}/api/status?jobid=${jobId}`, { dispatcher: agent });
  return Value.Parse(StatusReply, await body.json());
}

/** Waits for the job's end and returns its images; throws unless every one was measured. */
export async function awaitCompletion(service: Pick<Service, "address">, jobId: number, pollMs: number): Promise<void> {
  for (;;) {
    const { status, counts } = await readStatus(service, jobId);
    if (status === "completed") return;
    if (status !== "ongoing") throw new Error(`job ${jobId} is ${status} with ${counts.succeeded} measured images`);
    await sleep(pollMs);
  }
}

export async function cancelJob(service: Pick<Service, "address">, jobId: number): Promise<void> {
  const { body } = await request(`${service.address}/api/v1/jobs/${jobId}/cancel`, {
    dispatcher: agent,
    method: "POST",
  });
  await body.dump();
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
