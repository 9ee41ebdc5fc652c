/**
 * `npm run bench:fresh-urls -- [--images N] [--format csv|xlsx]`: a job of which all images ran out gets a fresh URL for each, in the embedded ledger: how long it takes,
 * memory and event-loop delay of the service meanwhile. Prints, judges nothing. A million images take some three minutes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Agent, request } from "undici";
import { NO_LABELS } from "../src/domain/labels.ts";
import type { Ledger } from "../src/ledger/port/ledger.ts";
import { openThreadedLedger } from "../src/ledger/sqlite/threaded-ledger.ts";
import { jobOptions } from "../src/testing/ledger-builders.ts";
import { writeWorkbook } from "../src/xlsx/write-workbook.ts";
import { startProgram } from "./measured-program.ts";
import { timed } from "./parts.ts";

const IMAGES_A_VISIT = 10;
const VISITS_A_BATCH = 100;
const ROWS_A_PIECE = 1_000;
const TYPES = {
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;
const agent = new Agent({ headersTimeout: 1_200_000, bodyTimeout: 1_200_000 });
const say = (line: string) => console.log(line);
const inMb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
const urlOf = (no: number, signature: string) =>
  `https://photos.example.com/visits/2026-01-05/IMG_${no}.jpg?X-Amz-Expires=604800&X-Amz-Signature=${signature.repeat(16)}`;

/** A job of failed images. */
async function fill(ledger: Ledger, images: number): Promise<number> {
  await ledger.importStores([{ id: "B1", name: "Bench", area: "1" }]);
  const jobId = await ledger.openJob(jobOptions());
  for (let first = 0; first < images; first += VISITS_A_BATCH * IMAGES_A_VISIT) {
    const visits = Array.from({ length: VISITS_A_BATCH }, (_, visit) => ({
      storeId: "B1",
      visitTime: "2026-01-05T09:00:00Z",
      visitDate: "2026-01-05",
      visitAt: null,
      images: Array.from({ length: IMAGES_A_VISIT }, (_, image) => ({
        url: urlOf(first + visit * IMAGES_A_VISIT + image, "old0"),
        labels: NO_LABELS,
      })),
      labels: NO_LABELS,
    }));
    await ledger.addVisits(jobId, visits);
  }
  await ledger.sealJob(jobId);
  for (;;) {
    const refs = await ledger.dispatch({ windowImages: 1e9, windowChunks: 1e9, maxChunks: 100 });
    if (refs.length === 0) return jobId;
    for (const ref of refs) {
      const claim = await ledger.claim(ref, 600_000);
      if (!claim) continue;
      const outcome = { kind: "failed", code: "url_expired", detail: "the signed URL ran out (403)" } as const;
      const results = claim.images.map(({ no }) => ({ no, attempts: 1, fetchMs: 9, finishedAt: Date.now(), outcome }));
      await ledger.record(claim.lease, results, 600_000);
    }
  }
}

function* lines(images: number): Iterable<string> {
  yield "image,new_image_url\n";
  for (let first = 0; first < images; first += ROWS_A_PIECE) {
    yield Array.from({ length: ROWS_A_PIECE }, (_, at) => `${first + at},"${urlOf(first + at, "new1")}"\n`).join("");
  }
}

function workbook(images: number): AsyncIterable<Buffer> {
  async function* rows() {
    for (let first = 0; first < images; first += ROWS_A_PIECE) {
      yield Array.from({ length: ROWS_A_PIECE }, (_, at) => [first + at, urlOf(first + at, "new1")]);
    }
  }
  return writeWorkbook([{ name: "Fresh", columns: [{ name: "image" }, { name: "new_image_url" }], rows: rows() }]);
}

async function send(list: Readable): Promise<{ readonly status: number; readonly text: string }> {
  const { statusCode, body } = await request(`${service.address}/api/v1/jobs/${jobId}/retry`, {
    dispatcher: agent,
    method: "POST",
    headers: { "content-type": TYPES[format] },
    body: list,
  });
  return { status: statusCode, text: await body.text() };
}

/** Of the main thread, since it was asked for the last time. */
async function greatestLagMs(): Promise<number> {
  const { body } = await request(`${service.address}/metrics`, { dispatcher: agent });
  const [, seconds] = /^storewalk_event_loop_lag_seconds\{quantile="1"\} (\S+)$/m.exec(await body.text()) ?? [];
  return 1_000 * Number(seconds);
}

const { values } = parseArgs({
  options: { images: { type: "string", default: "1000000" }, format: { type: "string", default: "csv" } },
});
const images = Math.ceil(Number(values.images) / ROWS_A_PIECE) * ROWS_A_PIECE;
const format = values.format === "xlsx" ? "xlsx" : "csv";
const dataDir = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
const ledger = await openThreadedLedger(join(dataDir, "storewalk.db"));
const jobId = await fill(ledger, images);
await ledger.close();
const service = await startProgram({
  checkout: fileURLToPath(new URL("..", import.meta.url)),
  allowHost: "127.0.0.1:1",
  withHeaps: false,
  settings: { STOREWALK_DATA_DIR: dataDir },
});
// What a first list alone has to load is no part of it.
const warm = await send(Readable.from(["image,url\n"]));
if (warm.status !== 400) throw new Error(warm.text);
await greatestLagMs();
const before = service.memory().rss;
const ms = await timed(async () => {
  const { status, text } = await send(Readable.from(format === "csv" ? lines(images) : workbook(images)));
  if (status !== 200) throw new Error(`${status} ${text}`);
});
const late = await greatestLagMs();
const { rss, peak } = service.memory();
say(
  `${images} fresh URLs as ${format}: ${(ms / 1_000).toFixed(1)} s; memory ${inMb(before)} before, ${inMb(rss)} behind it, at most ${inMb(peak)}; event loop at most ${late.toFixed(0)} ms late`,
);
await service.stop();
rmSync(dataDir, { recursive: true, force: true });
