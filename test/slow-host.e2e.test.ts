/**
 * One host that answers nobody for now, beside well ones, in one job on two pipeline threads: the well ones do not feel it, and both threads
 * keep one pace for it. Judged by what came before what and by counts, never by time.
 */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Value } from "typebox/value";
import { SubmitReply } from "../src/http/schemas.ts";
import { aPng } from "../src/testing/image-bytes.ts";
import { startLoopbackServer } from "./loopback-server.ts";
import { awaitEnd, readStatus } from "./numbered-job.ts";
import { aLedgerOf, type Ending, startService } from "./storewalk-process.ts";

const PHOTO = aPng({ width: 4, height: 3 });
const WELL_HOSTS = 4;
/** More than the window of dispatch holds of one job when nothing is parked. */
const IMAGES_EACH = 3_000;
const FIRST_PLACES = 4;
const AT_A_TIME = 8;

/** Lets everybody wait until it is opened; from then on it serves so many at a time, in turn, and refuses the rest. */
async function startSlowHost(t: Ending) {
  const held: ServerResponse[] = [];
  let isOpen = false;
  let busy = 0;
  const counts = { asked: 0, served: 0, refused: 0, most: 0 };

  function serve(response: ServerResponse): void {
    busy += 1;
    counts.most = Math.max(counts.most, busy);
    setTimeout(() => {
      busy -= 1;
      counts.served += 1;
      response.end(PHOTO);
    }, 5);
  }

  const host = await startLoopbackServer(t, (_request, response) => {
    counts.asked += 1;
    if (!isOpen) held.push(response);
    else if (busy < AT_A_TIME) serve(response);
    else {
      counts.refused += 1;
      response.writeHead(503).end();
    }
  });
  return {
    host,
    counts,
    open() {
      isOpen = true;
      for (const response of held.splice(0)) serve(response);
    },
  };
}

async function submit(address: string, hosts: readonly string[]): Promise<number> {
  const lines = Array.from({ length: IMAGES_EACH }, (_, no) =>
    JSON.stringify({
      store_id: "S1",
      visit_time: "2026-01-05",
      image_url: hosts.map((host) => `http://${host}/${no}.png`),
    }),
  );
  const headers = { "content-type": "application/x-ndjson" };
  const response = await fetch(`${address}/api/submit`, { method: "POST", headers, body: lines.join("\n") });
  return Value.Parse(SubmitReply, await response.json()).job_id;
}

describe("a host that keeps everybody waiting", () => {
  it("is asked for by two threads no more than by one, holds no other host up, and loses no image", async (t) => {
    const slow = await startSlowHost(t);
    const well = await Promise.all(
      Array.from({ length: WELL_HOSTS }, () =>
        startLoopbackServer(t, (_request, response) => void response.end(PHOTO)),
      ),
    );
    const service = startService(t, {
      STOREWALK_PORT: "0",
      ...aLedgerOf(t),
      STOREWALK_ALLOW_HOSTS: "127.0.0.1",
      STOREWALK_GPU_LATENCY_MS: "0",
      STOREWALK_WORKER_THREADS: "2",
      // Nobody's patience ends before the well ones are through, on the busiest machine.
      STOREWALK_HEADERS_MS: "600000",
      STOREWALK_IMAGE_DEADLINE_MS: "600000",
    });
    const address = await service.ready;
    assert.ok(address);
    const jobId = await submit(address, [slow.host, ...well]);

    while ((await readStatus(address, jobId)).counts.succeeded < WELL_HOSTS * IMAGES_EACH) await sleep(50);
    assert.deepEqual(slow.counts, { asked: FIRST_PLACES, served: 0, refused: 0, most: 0 });

    slow.open();
    const status = await awaitEnd(address, jobId);
    assert.deepEqual([status.status, status.counts.succeeded], ["completed", (WELL_HOSTS + 1) * IMAGES_EACH]);
    const { served, refused, asked } = slow.counts;
    assert.deepEqual([served, asked], [IMAGES_EACH, IMAGES_EACH + refused]);
    assert.ok(refused > 0 && refused <= asked / 10, `${refused} of ${asked} refused`);
  });
});
