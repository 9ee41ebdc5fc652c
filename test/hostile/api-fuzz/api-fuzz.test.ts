/**
 * Requests made from the API's own description, in order and not, against services with and without keys. Each answer is judged by the
 * description. FUZZ_REQUESTS and FUZZ_SEED choose others; FUZZ_TABLE=1 prints what was asked and answered.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { operationsOf, readApiDocument } from "../../../src/testing/api-document.ts";
import { startHttpService } from "../../../src/testing/http-service.ts";
import { sizeOf } from "../../campaigns.ts";
import type { Finding } from "./campaign.ts";
import { added, countOf, type Rows, tableOf } from "./tally.ts";

const REQUESTS = sizeOf("apiFuzz");
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const THREADS = 2;

type Report = { readonly findings: readonly Finding[]; readonly sent: number; readonly rows: Rows };

async function fuzzInThread(no: number): Promise<Report> {
  const workerData = { seed: SEED + no * REQUESTS, requests: Math.ceil(REQUESTS / THREADS) };
  // Both at once: on a busy machine they come in one turn. An unhandled rejection in it is an error of the thread, and a failure here.
  const thread = new Worker(new URL("campaign-thread.ts", import.meta.url), { workerData });
  const [[report]] = await Promise.all([once(thread, "message"), once(thread, "exit")]);
  return report;
}

/** Nothing leaves the machine here, so no bucket answers them: that they do well is for test/buckets.e2e.test.ts. */
const OF_BUCKETS: ReadonlySet<string> = new Set(["POST /api/v1/jobs/from-bucket"]);

describe("the API under hostile requests", () => {
  it(`answers ${REQUESTS} of them as its description says, and is sound afterwards`, async (t) => {
    const reports = await Promise.all(Array.from({ length: THREADS }, (_, no) => fuzzInThread(no)));
    const findings = reports.flatMap((report) => report.findings);
    const lines = findings.map(({ operation, fault, request }) => `${operation}: ${fault}\n    ${request}`);
    assert.equal(findings.length, 0, `FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS} found:\n${lines.join("\n")}`);
    assert.ok(reports.reduce((sum, { sent }) => sum + sent, 0) >= REQUESTS);

    const rows = added(reports.map((report) => report.rows));
    if (process.env.FUZZ_TABLE) console.log(tableOf(rows));
    const document = await readApiDocument(await startHttpService(t));
    for (const { name } of operationsOf(document)) {
      assert.ok(countOf(rows, name, "") > 0, `${name} was not asked:\n${tableOf(rows)}`);
      for (const statusClass of ["2", "4"]) {
        const count = countOf(rows, name, statusClass);
        // A taste asks each operation some thirty times: of some nothing wrong is asked then.
        const wanted = statusClass === "2" && OF_BUCKETS.has(name) ? 0 : Math.floor(REQUESTS / 10_000);
        assert.ok(count >= wanted, `${name} was answered ${statusClass}xx ${count} times only:\n${tableOf(rows)}`);
      }
    }
  });
});
