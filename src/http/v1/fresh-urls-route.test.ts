import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErrorCode } from "../../domain/error-codes.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";
import { writeWorkbook } from "../../xlsx/write-workbook.ts";
import { xlsxRows } from "../../xlsx/xlsx-rows.ts";
import { XLSX_TYPE } from "../submission/submission-format.ts";

const CSV = { "content-type": "text/csv" };
const XLSX = { "content-type": XLSX_TYPE };
const NDJSON = { "content-type": "application/x-ndjson" };
const NAMES = ["front", "0012", "=sum", null];
const CODES: readonly (ErrorCode | null)[] = ["url_expired", "url_expired", "not_found", null];

/** A job of four images, three of which failed. */
async function endedJob(service: HttpService): Promise<number> {
  const image_url = NAMES.map((external_id, no) => ({ url: `http://old.example/${no}`, external_id }));
  const visits = [{ store_id: "S1", image_url, visit_time: "2024-05-01" }];
  const { body } = await service.call("POST", "/api/v1/jobs", { count: 1, visits });
  await recordNext(service, (no) => CODES[no] ?? null);
  return Number(body.job_id);
}

async function recordNext(service: HttpService, codeOf: (no: number) => ErrorCode | null): Promise<readonly string[]> {
  const { lease, images } = await claimNext(service.ledger);
  const results = images.map(({ no }) => {
    const code = codeOf(no);
    return code === null ? measured(no) : failed(no, code);
  });
  await service.ledger.record(lease, results, 1_000);
  return images.map(({ no, url }) => `${no} ${url}`);
}

const retry = (service: HttpService, jobId: number, list: string | Buffer, headers: Record<string, string>) =>
  service.call("POST", `/api/v1/jobs/${jobId}/retry`, list, headers);

async function failedReport(service: HttpService, jobId: number, format: "csv" | "ndjson"): Promise<string> {
  const answer = await fetch(`${service.address}/api/v1/jobs/${jobId}/results?format=${format}&outcome=failed`);
  return await answer.text();
}

/** The first sheet of our report of failed images with its last column filled in, as somebody does in a spreadsheet program. */
async function filledWorkbook(service: HttpService, jobId: number, urls: readonly (string | null)[]): Promise<Buffer> {
  const answer = await fetch(`${service.address}/api/v1/jobs/${jobId}/results?format=xlsx&outcome=failed`);
  const [header = [], ...rows] = await cellsOf(await answer.bytes());
  const column = header.indexOf("new_image_url");
  return await workbookOf(
    header,
    rows.map((row, at) => header.map((_, place) => (place === column ? (urls[at] ?? null) : (row[place] ?? null)))),
  );
}

async function cellsOf(bytes: Uint8Array): Promise<readonly (readonly string[])[]> {
  const parts = await Array.fromAsync(xlsxRows([bytes]));
  return parts.flatMap(({ rows }) => rows.map(({ cells }) => cells));
}

async function workbookOf(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): Promise<Buffer> {
  async function* once() {
    yield rows;
  }
  const sheet = { name: "Images", columns: header.map((name) => ({ name })), rows: once() };
  return Buffer.concat(await Array.fromAsync(writeWorkbook([sheet])));
}

/** Each problem as one text. */
const problemsOf = (body: Record<string, unknown>) =>
  (body.problems as { pointer: string; code: string; detail: string }[]).map(
    ({ pointer, code, detail }) => `${pointer}: ${code}: ${detail}`,
  );

describe("POST /api/v1/jobs/{id}/retry with a list of fresh URLs", () => {
  it("takes our own CSV of failed images with its column filled in, and leaves out rows that were not", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const [header = "", ...rows] = (await failedReport(service, jobId, "csv")).trimEnd().split("\n");
    assert.match(header, /,new_image_url$/);
    const filled = rows.map((row, at) => (at === 1 ? row : `${row}"http://new.example/?a=1,2&n=${at}"`));
    const { status, body } = await retry(service, jobId, [header, ...filled, ""].join("\r\n"), CSV);
    assert.deepEqual([status, body.status, body.run, body.warnings], [200, "ongoing", 2, []]);
    assert.deepEqual(await recordNext(service, () => null), [
      "0 http://new.example/?a=1,2&n=0",
      "2 http://new.example/?a=1,2&n=2",
    ]);
    const { body: image } = await service.call("GET", `/api/v1/jobs/${jobId}/images/0`);
    assert.equal(image.image_url, "http://new.example/?a=1,2&n=0");
    assert.deepEqual(
      (image.past_results as { image_url: string }[]).map(({ image_url }) => image_url),
      ["http://old.example/0"],
    );
  });

  it("takes our own NDJSON of failed images so filled in", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const lines = (await failedReport(service, jobId, "ndjson")).trimEnd().split("\n");
    const filled = lines.map((line) =>
      line.includes('"image":1,')
        ? line.replace('"new_image_url":null', '"new_image_url":"http://new.example/1"')
        : line,
    );
    assert.equal((await retry(service, jobId, filled.join("\n"), NDJSON)).status, 200);
    assert.deepEqual(await recordNext(service, () => null), ["1 http://new.example/1"]);
  });

  it("takes our own workbook of failed images with its column filled in, whatever type it is sent as", async (t) => {
    for (const headers of [XLSX, CSV]) {
      const service = await startHttpService(t);
      const jobId = await endedJob(service);
      const list = await filledWorkbook(service, jobId, ["http://new.example/0", null, "http://new.example/2"]);
      const { status, body } = await retry(service, jobId, list, headers);
      assert.deepEqual([status, body.status, body.run], [200, "ongoing", 2]);
      assert.deepEqual(await recordNext(service, () => null), ["0 http://new.example/0", "2 http://new.example/2"]);
    }
  });

  it("says what is wrong with a workbook by its rows", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const list = await workbookOf(
      ["Image", "External_ID", "URL"],
      [
        [0, "front", "http://new.example/0"],
        [9, null, "http://new.example/9"],
      ],
    );
    const { status, body } = await retry(service, jobId, list, XLSX);
    assert.deepEqual([status, problemsOf(body)], [400, [`line 3, image: unknown: job ${jobId} has no image 9`]]);
    const broken = await retry(service, jobId, list.subarray(0, list.length - 40), XLSX);
    assert.match(problemsOf(broken.body)[0] ?? "", /^line 1: malformed: the workbook cannot be read/);
    const old = await retry(service, jobId, Buffer.from("d0cf11e0a1b11ae1", "hex"), XLSX);
    assert.match(problemsOf(old.body)[0] ?? "", /^line 1: malformed: .*Excel 97/);
  });

  it("takes a list of names and URLs", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const list = "External_ID , URL\nfront, http://new.example/a b \n'=sum,http://new.example/2\n";
    assert.equal((await retry(service, jobId, list, CSV)).status, 200);
    assert.deepEqual(await recordNext(service, () => "timeout"), [
      "0  http://new.example/a b ",
      "2 http://new.example/2",
    ]);
  });

  it("says everything that is wrong with a list, each with its line, and changes nothing", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const list = [
      "image,external_id,job_id,new_image_url",
      `0,front,${jobId},http://new.example/0`,
      `3,,,http://new.example/3`,
      "7,,,http://new.example/7",
      "one,,,http://new.example/x",
      `1,,${jobId + 1},http://new.example/1`,
      "2,front,,http://new.example/2",
      ",roof,,http://new.example/4",
      ",,,http://new.example/5",
      "0,,,http://new.example/6",
      "1,,,,http://new.example/7",
    ].join("\n");
    const { status, body } = await retry(service, jobId, list, CSV);
    assert.deepEqual([status, body.code, body.problems_total], [400, "invalid_fresh_urls", 9]);
    assert.deepEqual(problemsOf(body).sort(), [
      "line 10, image: repeated: image 0 has its fresh URL on line 2",
      "line 11: malformed: has 5 cells, the header 4; a cell with the separator in it must be quoted",
      "line 3, image: not_allowed: no failed image 3 is there; only failed images take a fresh URL",
      `line 4, image: unknown: job ${jobId} has no image 7`,
      'line 5, image: malformed: must be the number of an image, got "one"',
      `line 6, job_id: mismatch: is of job "${jobId + 1}", not of job ${jobId}`,
      'line 7, external_id: mismatch: image 2 is called "=sum", got "front"',
      `line 8, external_id: unknown: job ${jobId} has no image called "roof"`,
      "line 9: missing: must name its image, by image or external_id",
    ]);
    const { body: job } = await service.call("GET", `/api/v1/jobs/${jobId}`);
    assert.deepEqual([job.status, job.run], ["failed", 1]);
    const { body: image } = await service.call("GET", `/api/v1/jobs/${jobId}/images/0`);
    assert.equal(image.image_url, "http://old.example/0");
  });

  for (const { list, headers, problem } of [
    { list: "image\n0\n", headers: CSV, problem: /^line 1: missing: must name the column new_image_url/ },
    { list: "image,url,url\n0,a,b\n", headers: CSV, problem: /^line 1: repeated: .*more than once: url/ },
    {
      list: "image,new_image_url,image_url\n0,,http://h/\n",
      headers: CSV,
      problem: /^: missing: no row has a fresh URL/,
    },
    { list: "", headers: CSV, problem: /^: missing: no row has a fresh URL/ },
    { list: 'image,url\n0,"http://h\n', headers: CSV, problem: /^line 2: malformed: a quote that begins/ },
    { list: "[1]\n", headers: NDJSON, problem: /^line 1: malformed: must be an object with image or external_id/ },
    { list: '{"image":0}\n', headers: NDJSON, problem: /^line 1: missing: must have the fresh URL as new_image_url/ },
    { list: '{"image":0,"url":"a","url":"b"}\n', headers: NDJSON, problem: /^line 1: repeated: gives "url" twice/ },
    { list: '{"image":0,"url":7}\n{"image', headers: NDJSON, problem: /^line 1, url: malformed: must be a non-empty/ },
  ]) {
    it(`refuses ${JSON.stringify(list)} with a sentence`, async (t) => {
      const service = await startHttpService(t);
      const jobId = await endedJob(service);
      const { status, body } = await retry(service, jobId, list, headers);
      assert.deepEqual([status, body.code], [400, "invalid_fresh_urls"]);
      assert.match(problemsOf(body)[0] ?? "", problem);
    });
  }

  it("warns of fresh URLs that ran out already", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    const list = "image,url\n0,https://h/0?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60\n1,https://h/1\n";
    const { status, body } = await retry(service, jobId, list, CSV);
    assert.equal(status, 200);
    assert.deepEqual(body.warnings, [
      {
        pointer: "",
        code: "url_expired",
        detail: "1 image has a signed URL that ran out already, the first at 2020-01-01T00:01:00.000Z; get fresh ones",
      },
    ]);
  });

  it("brings a long list to the ledger in parts of at most a thousand", async (t) => {
    const parts: number[] = [];
    const service: HttpService = await startHttpService(t, {
      ledger: {
        addFreshUrls: async (draft, jobId, urls) => {
          parts.push(urls.length);
          return await service.plainLedger.addFreshUrls(draft, jobId, urls);
        },
      },
    });
    const image_url = Array.from({ length: 2_500 }, (_, no) => `http://old.example/${no}`);
    const visits = [{ store_id: "S1", image_url, visit_time: "2024-05-01" }];
    const { body } = await service.call("POST", "/api/v1/jobs", { count: 1, visits });
    for (let chunk = 0; chunk < 25; chunk += 1) await recordNext(service, () => "url_expired");
    const list = `image,url\n${image_url.map((_, no) => `${no},http://new.example/${no}\n`).join("")}`;
    const answer = await retry(service, Number(body.job_id), list, CSV);
    assert.deepEqual([answer.status, parts], [200, [1_000, 1_000, 500]]);
    assert.deepEqual((await recordNext(service, () => null))[99], "99 http://new.example/99");
  });

  it("refuses a job that is not over, of a list that is in order too", async (t) => {
    const service = await startHttpService(t);
    const jobId = await endedJob(service);
    assert.equal((await retry(service, jobId, "image,url\n0,http://new.example/0\n", CSV)).status, 200);
    const { status, body } = await retry(service, jobId, "image,url\n1,http://new.example/1\n", CSV);
    assert.deepEqual([status, body.code], [409, "job_not_over"]);
    const spreadsheet = { "content-type": "text/html" };
    assert.equal((await retry(service, jobId, "x", spreadsheet)).body.code, "unsupported_media_type");
  });
});
