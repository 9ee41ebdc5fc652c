import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_LABELS } from "../domain/labels.ts";
import type { ResultRow } from "../ledger/port/job-reader.ts";
import { writeReport } from "./report.ts";
import type { ReportFormat } from "./report-formats.ts";

function aResult(result: Partial<ResultRow> = {}): ResultRow {
  return {
    jobId: 1,
    image: 0,
    visit: 0,
    storeId: "S1",
    imageUrl: "http://photos.example/1.jpg",
    visitTime: "2024-05-01",
    imageLabels: NO_LABELS,
    visitLabels: NO_LABELS,
    outcome: "failed",
    width: null,
    height: null,
    perimeter: null,
    format: null,
    bytes: null,
    code: "not_found",
    detail: "404",
    attempts: 1,
    fetchMs: 7,
    finishedAt: 0,
    integrity: null,
    notDecoded: null,
    findings: null,
    isReused: false,
    reuseOf: [],
    decision: null,
    ...result,
  };
}

async function report(format: ReportFormat, rows: readonly ResultRow[]): Promise<string> {
  const ledger = { readResults: async () => ({ rows, next: null }) };
  const pieces: string[] = [];
  for await (const piece of writeReport(ledger, { jobId: 1, format, onlyFailed: false })) pieces.push(piece);
  return pieces.join("");
}

describe("a report of URLs that would steer a terminal", () => {
  const hostile = aResult({ imageUrl: "http://h/\u001b]0;x\u0007\u009b31m\n\t=1+1\u202e" });

  it("shows marks in their place as CSV", async () => {
    const csv = await report("csv", [hostile]);
    assert.match(csv, /^S1,http:\/\/h\/\ufffd\]0;x\ufffd\ufffd31m\ufffd\ufffd=1\+1\ufffd,/m);
    assert.doesNotMatch(csv.replaceAll("\n", ""), /\p{Cc}/u);
  });

  it("keeps them as they came as NDJSON and JSON", async () => {
    assert.equal(JSON.parse(await report("ndjson", [hostile])).image_url, hostile.imageUrl);
    assert.equal(JSON.parse(await report("json", [hostile]))[0].image_url, hostile.imageUrl);
  });
});

describe("a CSV report", () => {
  it("quotes cells with commas and quotes, and guards those like a formula", async () => {
    const [, row] = (await report("csv", [aResult({ storeId: '=cmd|"a",b' })])).split("\n");
    assert.match(row ?? "", /^"'=cmd\|""a"",b",http/);
  });
});
