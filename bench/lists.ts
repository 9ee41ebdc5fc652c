/**
 * `npm run bench:lists`: reports and lists over a job of 1,000,000 images in the embedded ledger, 3 % of them failed, 5,000 stores. Reports against
 * a bare read of the same rows in the same run; memory and event-loop delay of the service. Prints, judges nothing. Takes about three minutes.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Agent, request } from "undici";
import type { ImageResult } from "../src/domain/job.ts";
import { NO_LABELS } from "../src/domain/labels.ts";
import type { Ledger } from "../src/ledger/port/ledger.ts";
import { openThreadedLedger } from "../src/ledger/sqlite/threaded-ledger.ts";
import { jobOptions } from "../src/testing/ledger-builders.ts";
import { median, type Service, startHost, startService, timed } from "./parts.ts";

const IMAGES = 1_000_000;
const IMAGES_A_VISIT = 10;
const STORES = 5_000;
const VISITS_A_BATCH = 100;
const READS = 15;
const agent = new Agent({ headersTimeout: 600_000, bodyTimeout: 600_000 });
const storeId = (no: number) => `S${String(no % STORES).padStart(5, "0")}`;
const say = (line: string) => console.log(line);

async function fill(ledger: Ledger): Promise<number> {
  const stores = Array.from({ length: STORES }, (_, no) => ({
    id: storeId(no),
    name: `Shop ${no}`,
    area: `A${no % 60}`,
  }));
  await ledger.importStores(stores);
  const jobId = await ledger.openJob(jobOptions());
  for (let first = 0; first < IMAGES / IMAGES_A_VISIT; first += VISITS_A_BATCH) {
    const visits = Array.from({ length: VISITS_A_BATCH }, (_, no) => ({
      storeId: storeId(first + no),
      visitTime: "2026-01-05T09:00:00Z",
      visitDate: `2026-0${1 + ((first + no) % 9)}-05`,
      visitAt: null,
      images: Array.from({ length: IMAGES_A_VISIT }, (_, image) => ({
        url: `https://photos-${(first + no) % 7}.example.com/visits/2026-01-05/${first + no}/IMG_${image}.jpg`,
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
      if (claim)
        await ledger.record(
          claim.lease,
          claim.images.map(({ no }) => resultOf(no)),
          600_000,
        );
    }
  }
}

function resultOf(no: number): ImageResult {
  const shared = { no, attempts: 1, fetchMs: 100 + (no % 400), finishedAt: Date.now() };
  if (no % 33 === 0) {
    const code = no % 2 === 0 ? "timeout" : "not_found";
    return { ...shared, outcome: { kind: "failed", code, detail: "the host has no such image (404)" } };
  }
  const host = `photos-${Math.floor(no / IMAGES_A_VISIT) % 7}.example.com`;
  const size = { width: 3_000 + (no % 1_000), height: 3_024 };
  return { ...shared, host, outcome: { kind: "measured", format: "jpeg", bytes: 1_400_000, ...size } };
}

/** The rows of a whole report read in one go, and nothing done with them. */
function bareReadMs(dataDir: string, jobId: number): number {
  const db = new DatabaseSync(join(dataDir, "storewalk.db"), { readOnly: true });
  const rows = db
    .prepare(
      `select results.*, images.url, visits.store_id, visits.visit_time from results
       join images on images.job = results.job and images.no = results.image
       join visits on visits.job = results.job and visits.no = images.visit
       where results.job = ? order by results.image`,
    )
    .iterate(jobId);
  const start = performance.now();
  let count = 0;
  for (const _ of rows) count += 1;
  const ms = performance.now() - start;
  db.close();
  if (count !== IMAGES) throw new Error(`${count} rows`);
  return ms;
}

async function readAll(
  url: string,
): Promise<{ readonly bytes: number; readonly lines: number; readonly digest: string }> {
  const { body, statusCode } = await request(url, { dispatcher: agent });
  if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${await body.text()}`);
  const hash = createHash("sha256");
  let bytes = 0;
  let lines = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    hash.update(chunk);
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return { bytes, lines, digest: hash.digest("hex").slice(0, 8) };
}

async function reports(service: Service, jobId: number, bareMs: number): Promise<void> {
  say(`reports of ${IMAGES} results; a bare read of the same rows takes ${(bareMs / 1_000).toFixed(2)} s`);
  for (const query of ["format=ndjson", "format=json", "format=csv", "format=csv&outcome=failed"]) {
    const before = await service.reset();
    let read = { bytes: 0, lines: 0, digest: "" };
    const ms = await timed(async () => {
      read = await readAll(`${service.address}/api/v1/jobs/${jobId}/results?${query}`);
    });
    const { p99Ms, maxMs, peakRss } = await service.measure();
    const growth = Math.round((peakRss - before) / 2 ** 20);
    say(
      `    ${query.padEnd(26)} ${(ms / 1_000).toFixed(2)} s (${(ms / bareMs).toFixed(2)} × bare), ${read.lines} lines, ${Math.round(read.bytes / 2 ** 20)} MB, RSS +${growth} MB, delay p99 ${p99Ms.toFixed(1)} max ${maxMs.toFixed(0)} ms`,
    );
  }
}

async function lists(service: Service, jobId: number): Promise<void> {
  const job = `/api/v1/jobs/${jobId}`;
  const middle = Buffer.from("500000").toString("base64url");
  const last = Buffer.from("999900").toString("base64url");
  const oneImage = `${service.address}${job}/images/5`;
  await readAll(oneImage);
  const one = await medianMs(oneImage);
  say(`lists of the same job, median of ${READS} reads; one image by its number takes ${one.toFixed(1)} ms`);
  for (const path of [
    `${job}/images`,
    `${job}/images?cursor=${middle}`,
    `${job}/images?cursor=${last}`,
    `${job}/images?outcome=failed&cursor=${middle}`,
    `${job}/images?code=timeout`,
    `${job}/images?store_id=${storeId(STORES - 1)}`,
    `${job}/images?outcome=failed&store_id=${storeId(STORES - 1)}`,
    `${job}/images?host=photos-3.example.com`,
    `${job}/images?outcome=pending`,
    `${job}/visits?cursor=${Buffer.from("90000").toString("base64url")}`,
    "/api/v1/stores?limit=50",
    "/api/v1/stores?q=shop%20499",
    `/api/v1/stores/${storeId(3)}`,
    "/api/v1/stores/inactive?days=30",
    "/api/v1/jobs",
    "/api/v1/overview",
  ]) {
    const ms = await medianMs(service.address + path);
    say(`    ${path.padEnd(58)} ${ms.toFixed(1).padStart(7)} ms (${(ms / one).toFixed(1)} ×)`);
  }
  for (const path of ["/api/v1/areas", `${job}/failures`, `${job}/summary`]) {
    const ms = await timed(() => readAll(service.address + path));
    say(`    ${path.padEnd(58)} ${ms.toFixed(0).padStart(7)} ms, once (${(ms / one).toFixed(1)} ×)`);
  }
}

async function medianMs(url: string): Promise<number> {
  const times: number[] = [];
  for (let read = 0; read < READS; read += 1) times.push(await timed(() => readAll(url)));
  return median(times);
}

async function retry(service: Service, jobId: number): Promise<void> {
  await service.reset();
  const ms = await timed(async () => {
    const { statusCode, body } = await request(`${service.address}/api/v1/jobs/${jobId}/retry`, {
      dispatcher: agent,
      method: "POST",
    });
    if (statusCode !== 200) throw new Error(await body.text());
    await body.dump();
  });
  say(`retry of ${Math.ceil(IMAGES / 33)} failed images: ${(ms / 1_000).toFixed(2)} s until the answer`);
}

const dataDir = mkdtempSync(join(tmpdir(), "storewalk-bench-"));
const ledger = await openThreadedLedger(join(dataDir, "storewalk.db"));
const jobId = await fill(ledger);
await ledger.close();
const bareMs = median([1, 2, 3].map(() => bareReadMs(dataDir, jobId)));
const host = await startHost();
const service = await startService(host, { STOREWALK_DATA_DIR: dataDir, STOREWALK_GPU_LATENCY_MS: "0" });
await reports(service, jobId, bareMs);
await lists(service, jobId);
await retry(service, jobId);
await service.stop();
host.stop();
await agent.close();
rmSync(dataDir, { recursive: true });
