import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { NO_LABELS } from "../domain/labels.ts";
import type { JobSnapshot, ResultRow } from "../ledger/port/job-reader.ts";
import { xlsxRows } from "../xlsx/xlsx-rows.ts";
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

function aJob(): JobSnapshot {
  return {
    jobId: 1,
    status: "failed",
    tenant: "default",
    run: 1,
    labels: NO_LABELS,
    callbackUrl: null,
    storeVersion: null,
    visits: 1,
    images: 1,
    succeeded: 0,
    failed: 1,
    priority: 5,
    failuresByCode: { not_found: 1 },
    inspect: "off",
    rules: null,
    flagged: [],
    createdAt: 0,
    startedAt: 0,
    finishedAt: 1_000,
    stillMs: 0,
  };
}

async function report(format: ReportFormat, rows: readonly ResultRow[]): Promise<string> {
  const ledger = { readMeasuredSums: async () => null, readResults: async () => ({ rows, next: null }) };
  return await text(writeReport(ledger, { job: aJob(), format, mark: false, onlyFailed: false }));
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

describe("a CSV report for Excel", () => {
  it("begins with a byte order mark where it was asked for, and the rest is the same", async () => {
    const ledger = {
      readMeasuredSums: async () => null,
      readResults: async () => ({ rows: [aResult({ storeId: "Café" })], next: null }),
    };
    const csv = (mark: boolean) => text(writeReport(ledger, { job: aJob(), format: "csv", mark, onlyFailed: false }));
    assert.equal((await csv(true)).charCodeAt(0), 0xfeff);
    assert.equal((await csv(true)).slice(1), await csv(false));
  });
});

describe("a report as a workbook", () => {
  it("has the results in its first sheet, with numbers and instants as such and guarded texts, and can be submitted again", async () => {
    const rows = [
      aResult({ storeId: "=1+1", imageLabels: { externalId: "a", metadata: { shelf: "3" } }, finishedAt: 86_400_000 }),
      aResult({ image: 1, outcome: "measured", code: null, detail: null, width: 3, height: 4, perimeter: 14 }),
    ];
    const ledger = { readMeasuredSums: async () => null, readResults: async () => ({ rows, next: null }) };
    const cells: (readonly string[])[] = [];
    const bytes = writeReport(ledger, { job: aJob(), format: "xlsx", mark: false, onlyFailed: false });
    for await (const piece of xlsxRows(bytesOf(bytes))) cells.push(...piece.rows.map((row) => row.cells));
    const [header = [], first = [], second = []] = cells;
    const of = (row: readonly string[], name: string) => row[header.indexOf(name)];
    assert.deepEqual(header.slice(0, 3), ["store_id", "image_url", "visit_time"]);
    assert.deepEqual(
      ["store_id", "metadata", "finished_at"].map((name) => of(first, name)),
      ["'=1+1", '{"shelf":"3"}', "1970-01-02"],
    );
    assert.deepEqual(
      ["perimeter", "outcome", "code"].map((name) => of(second, name)),
      ["14", "measured", ""],
    );
  });
});

async function* bytesOf(pieces: AsyncIterable<string | Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}
