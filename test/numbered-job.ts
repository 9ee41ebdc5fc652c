/**
 * A job whose every result shows to which image it belongs, and an outside poller that sees it grow: what crash and fault tests
 * judge a service by. Image n is a PNG of width 1 + n mod 1,000; every 97th is missing. Loopback only.
 */
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { StatusReply, SubmitReply } from "../src/http/schemas.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import type { Ending } from "./storewalk-process.ts";

const IMAGES_A_VISIT = 20;
const POLL_MS = 20;
/** Of one look at the status. Generous, for a busy machine: it ends those that hang. */
const READ_MS = 60_000;

const ResultLine = Type.Object({
  image: Type.Integer(),
  width: Type.Union([Type.Integer(), Type.Null()]),
  code: Type.Union([Type.String(), Type.Null()]),
});

const SummedReply = Type.Object({
  pending: Type.Integer(),
  total: Type.Object({
    visits: Type.Integer(),
    images: Type.Integer(),
    failed: Type.Integer(),
    causes: Type.Record(Type.String(), Type.Integer()),
  }),
});

const isMissing = (image: number) => image % 97 === 0;
const widthOf = (image: number) => 1 + (image % 1_000);
export const missingAmong = (images: number) => Math.ceil(images / 97);

/** Serves the images; returns its address. */
export async function startNumberedHost(t: Ending): Promise<string> {
  const host = await startLoopbackServer(t, (request, response) => {
    const image = Number(request.url?.slice(1, -".png".length));
    if (isMissing(image)) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "image/png" }).end(aPng({ width: widthOf(image), height: 1 }));
  });
  return `http://${host}`;
}

/** Submits a job of so many images, a multiple of 20, and returns its id. */
export async function submitNumbered(address: string, host: string, images: number): Promise<number> {
  const lines = Array.from({ length: images / IMAGES_A_VISIT }, (_, visit) => {
    const image_url = Array.from({ length: IMAGES_A_VISIT }, (_, no) => `${host}/${visit * IMAGES_A_VISIT + no}.png`);
    return `${JSON.stringify({ store_id: "S1", visit_time: "2024-05-01", image_url })}\n`;
  });
  const response = await fetch(`${address}/api/submit`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: lines.join(""),
  });
  const text = await response.text();
  assert.equal(response.status, 201, text);
  return Value.Parse(SubmitReply, JSON.parse(text)).job_id;
}

export async function readStatus(address: string, jobId: number): Promise<StatusReply> {
  const response = await fetch(`${address}/api/status?jobid=${jobId}`, { signal: AbortSignal.timeout(READ_MS) });
  return Value.Parse(StatusReply, await response.json());
}

export type Poller = {
  /** Resolves once so many images have a result, or the job is over. */
  reached(images: number): Promise<void>;
  /** Resolves to the falls of progress that it saw: none, if the promise is kept. */
  stop(): Promise<readonly string[]>;
  /** Images with a result, as last seen. */
  readonly last: number;
};

/** Looks at the job from outside, at each of the addresses in turn, through every restart, until it is stopped or the test ends. */
export function startPoller(t: Ending, addresses: readonly string[], jobId: number): Poller {
  const stopping = new AbortController();
  const waiting = new Set<{ readonly images: number; readonly resolve: () => void }>();
  const falls: string[] = [];
  let last = 0;
  let over = false;

  async function look(address: string): Promise<void> {
    const reply = await readStatus(address, jobId).catch(() => null);
    if (!reply) return;
    const { done, succeeded, failed } = reply.counts;
    if (done < last || succeeded + failed !== done) falls.push(`${last} → ${JSON.stringify(reply.counts)}`);
    last = done;
    over = reply.status !== "ongoing";
    for (const waiter of waiting) if (over || done >= waiter.images) waiter.resolve();
  }

  async function poll(): Promise<void> {
    for (let round = 0; !stopping.signal.aborted; round++) {
      await look(addresses[round % addresses.length] ?? "");
      await sleep(POLL_MS);
    }
  }

  const polling = poll();
  t.after(() => stopping.abort());
  return {
    async reached(images) {
      if (over || last >= images) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiter = { images, resolve };
      waiting.add(waiter);
      await promise;
      waiting.delete(waiter);
    },
    async stop() {
      stopping.abort();
      await polling;
      return falls;
    },
    get last() {
      return last;
    },
  };
}

/** Waits for the job's end, then compares counts and every single result with what must be. */
export async function assertFinishedRight(address: string, jobId: number, images: number): Promise<void> {
  const status = await awaitEnd(address, jobId);
  const missing = missingAmong(images);
  assert.deepEqual(status.counts, {
    visits: images / IMAGES_A_VISIT,
    images,
    done: images,
    succeeded: images - missing,
    failed: missing,
  });
  assert.deepEqual(status.failures_by_code, { not_found: missing });
  let no = 0;
  for await (const { image, width, code } of readResults(address, jobId)) {
    const [wantedWidth, wantedCode] = isMissing(no) ? [null, "not_found"] : [widthOf(no), null];
    const isRight = image === no && width === wantedWidth && code === wantedCode;
    assert.ok(isRight, `row ${no}: image ${image}, width ${width}, code ${code}`);
    no += 1;
  }
  assert.equal(no, images);
}

/** Waits until everything is added up; the job is the only one of its ledger. */
export async function assertSummedRight(address: string, images: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${address}/api/v1/insight?of=all&by=day&from=2024-05-01&to=2024-05-01`);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    const { pending, total } = Value.Parse(SummedReply, JSON.parse(text));
    if (pending === 0) {
      const failed = missingAmong(images);
      const visits = images / IMAGES_A_VISIT;
      assert.partialDeepStrictEqual(total, { visits, images, failed });
      assert.deepEqual(total.causes, { not_found: failed });
      return;
    }
    await sleep(100);
  }
}

/** Line by line: a million of them are no text that fits. As a client must that is told to try again. */
async function* readResults(address: string, jobId: number) {
  let response = await fetch(`${address}/api/v1/jobs/${jobId}/results`);
  while (response.status === 503) {
    await response.text();
    await sleep(1_000 * Number(response.headers.get("retry-after")));
    response = await fetch(`${address}/api/v1/jobs/${jobId}/results`);
  }
  assert.equal(response.status, 200);
  assert.ok(response.body);
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    yield Value.Parse(ResultLine, JSON.parse(line));
  }
}

export async function awaitEnd(address: string, jobId: number): Promise<StatusReply> {
  for (;;) {
    const status = await readStatus(address, jobId).catch(() => null);
    if (status && status.status !== "ongoing") return status;
    await sleep(100);
  }
}
