/**
 * The internet of the test, inside its own network: a name server, canaries at every address, honest hosts at the public ones, and real services
 * among them. Nothing here knows the rule that is tested: what is public is a list.
 */
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { type Delivery, type Result, Storewalk } from "../../../sdk/src/client.ts";
import { aPng } from "../../../src/testing/image-bytes.ts";
import { aDataDir, type Ending, type Environment, startService } from "../../storewalk-process.ts";
import { type DnsServer, startDnsServer } from "./dns-server.ts";
import { type EveryAddress, listenEverywhere } from "./every-address.ts";
import { answerFor } from "./hostile-names.ts";
import { HONEST_V4, PUBLIC_ADDRESSES } from "./public-addresses.ts";

export const HONEST = `http://${HONEST_V4}`;
export const PHOTO = aPng({ width: 40, height: 30 });
const CALLBACK_SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const POLL_MS = 50;

export type World = Network & {
  readonly address: string;
  readonly storewalk: Storewalk;
};

export type Network = {
  readonly dns: DnsServer;
  readonly network: EveryAddress;
};

/** `locations` are the targets of the honest host's redirects, by number. */
export async function openNetwork(ending: Ending, locations: readonly string[]): Promise<Network> {
  const network = await listenEverywhere(PUBLIC_ADDRESSES, honestHost(locations));
  ending.after(() => network.close());
  const dns = await startDnsServer(answerFor);
  ending.after(() => dns.close());
  return { dns, network };
}

/** A real service in this network. Each image has one attempt, so that each code is that of the URL. */
export async function openService(ending: Ending, settings: Environment = {}) {
  const all: Environment = {
    STOREWALK_PORT: "0",
    STOREWALK_DATA_DIR: aDataDir(ending),
    STOREWALK_STORE_MASTER: fileURLToPath(new URL("../../../examples/store_master.csv", import.meta.url)),
    STOREWALK_WORKER_THREADS: "1",
    STOREWALK_GPU_LATENCY_MS: "0",
    STOREWALK_MAX_ATTEMPTS: "1",
    STOREWALK_CONNECT_MS: "10000",
    STOREWALK_CALLBACK_SECRET: CALLBACK_SECRET,
    // A proxy would reach every address for those who listened to it.
    NODE_USE_ENV_PROXY: "1",
    HTTP_PROXY: "http://10.99.0.1:8000",
    HTTPS_PROXY: "http://10.99.0.1:8000",
    ALL_PROXY: "http://10.99.0.1:8000",
    http_proxy: "http://10.99.0.1:8000",
    ...settings,
  };
  const address = await startService(ending, all).ready;
  assert.ok(address, "the service must start");
  return { address, storewalk: new Storewalk({ baseUrl: address }) };
}

/** `/photo.png`; `/to/302/7` redirects to the location 7; `/once/7` is a photo at first and redirects there from then on; POST anywhere. */
function honestHost(locations: readonly string[]) {
  const asked = new Map<string, number>();
  return (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? "";
    const before = asked.get(path) ?? 0;
    asked.set(path, before + 1);
    if (request.method === "POST" && path === "/hook") return response.writeHead(204).end();
    const [, status, to] = /^\/to\/(30\d)\/(\d+)$/.exec(path) ?? [];
    const [, once] = /^\/once\/(\d+)$/.exec(path) ?? [];
    const location = locations[Number(to ?? (before > 0 ? once : undefined))];
    if (location !== undefined) return response.writeHead(Number(status ?? 302), { location }).end();
    if (path === "/photo.png" || once !== undefined) return response.writeHead(200, PHOTO_HEADERS).end(PHOTO);
    return response.writeHead(404).end();
  };
}

const PHOTO_HEADERS = { "content-type": "image/png", "content-length": PHOTO.length };

type Photos = readonly { readonly name: string; readonly content: Blob }[];

/** Submits images as one job, and resolves with their results in order. */
export async function resultsOf(world: Pick<World, "storewalk">, urls: readonly string[], photos?: Photos) {
  return (await runJob(world, urls, photos)).results;
}

export async function runJob(
  { storewalk }: Pick<World, "storewalk">,
  urls: readonly string[],
  photos?: Photos,
): Promise<{ readonly jobId: number; readonly results: readonly Result[] }> {
  const { job_id: jobId } = await storewalk.jobs.create({ visits: [visitOf(urls)] }, photos ? { photos } : {});
  await storewalk.jobs.waitForCompletion(jobId);
  return { jobId, results: await Array.fromAsync(storewalk.jobs.results(jobId)) };
}

export function visitOf(urls: readonly string[]) {
  return { store_id: "S00339218", visit_time: "2026-01-05", image_url: [...urls] };
}

/** Resolves when so many deliveries of this kind were tried at least once. */
export async function triedDeliveries(
  { storewalk }: World,
  count: number,
  isMeant: (delivery: Delivery) => boolean,
): Promise<readonly Delivery[]> {
  for (;;) {
    const tried: Delivery[] = [];
    for await (const delivery of storewalk.deliveries.list({ limit: 200 })) {
      const { last_error: error, last_status: status } = delivery;
      if (isMeant(delivery) && (error !== null || status !== null)) tried.push(delivery);
    }
    if (tried.length === count) return tried;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The code that a delivery failed with; the status of an answer as an image's code would name it. */
export function codeOfDelivery({ last_error: error, last_status: status }: Delivery): string {
  if (error !== null) return error.slice(0, error.indexOf(":"));
  return status === 404 ? "not_found" : String(status);
}

/** What the service answers to who asks for a thumbnail: the picture's type, or why there is none. */
export async function thumbnailOf({ address }: Pick<World, "address">, job: number, image: number): Promise<string> {
  const answer = await fetch(`${address}/api/v1/jobs/${job}/images/${image}/thumbnail`);
  const body = await answer.text();
  if (answer.status === 200) return answer.headers.get("content-type") ?? "no type";
  const { code, detail }: { code?: string; detail?: string } = JSON.parse(body);
  return `${code}: ${detail}`;
}

/** Runs so many at a time. */
export async function inTurns<T>(items: readonly T[], atATime: number, run: (item: T) => Promise<void>): Promise<void> {
  const left = [...items.keys()];
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let no = left.shift(); no !== undefined; no = left.shift()) {
        const item = items[no];
        if (item !== undefined) await run(item);
      }
    }),
  );
}
