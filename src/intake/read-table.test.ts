/** Submissions as spreadsheets write them: what the field has, and what becomes of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aStore, claimNext } from "../testing/ledger-builders.ts";
import { textRows, workbook } from "../testing/workbook.ts";
import { createIntake } from "./submit-job.ts";

async function setup() {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  await ledger.importStores([aStore({ id: "S1" }), aStore({ id: "00339218" }), aStore({ id: "S01408764" })]);
  const intake = createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } });
  const body = (bytes: string | Uint8Array, options: Record<string, string> = {}) => ({
    tenant: DEFAULT_TENANT,
    format: "csv" as const,
    bytes: inOne(typeof bytes === "string" ? Buffer.from(bytes) : bytes),
    options,
  });
  return {
    ledger,
    check: (bytes: string | Uint8Array, options?: Record<string, string>) => intake.check(body(bytes, options)),
    submit: (bytes: string | Uint8Array, options?: Record<string, string>) => intake.submit(body(bytes, options)),
  };
}

async function* inOne(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

describe("a table of visits", () => {
  for (const [name, bytes] of [
    ["semicolons and joined names", "StoreID;ImageURL;VisitTime\nS1;http://x/1,2.jpg;2026-11-20\n"],
    ["tabs and spaces in its names", "Store Code\tPhoto Link\tDate of Visit\nS1\thttp://x/1,2.jpg\t2026-11-20\n"],
    ["a line sep=", "sep=;\r\nSTORE;URL;DATE\r\nS1;http://x/1,2.jpg;2026-11-20\r\n"],
    [
      "UTF-16 and tabs, as Excel's Unicode text",
      utf16("Outlet No.\tImage\tVisited on\r\nS1\thttp://x/1,2.jpg\t2026-11-20\r\n"),
    ],
    ["bars", "shop|photo url|visit date\nS1|http://x/1,2.jpg|2026-11-20"],
  ] as const) {
    it(`is read with ${name}`, async () => {
      const { ledger, submit } = await setup();
      assert.equal((await submit(bytes)).kind, "accepted");
      const { images } = await claimNext(ledger);
      assert.deepEqual(
        images.map(({ storeId, url, visitTime }) => [storeId, url, visitTime]),
        [["S1", "http://x/1,2.jpg", "2026-11-20"]],
      );
    });
  }

  it("is read from a workbook, with real dates and ids that its format pads", async () => {
    const { ledger, submit } = await setup();
    const bytes = await workbook({
      styles:
        '<numFmts><numFmt numFmtId="170" formatCode="00000000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="170"/></cellXfs>',
      rows: `${textRows([["Store ID", "Image URL", "Visit Time", "Remark"]])}<row><c s="2"><v>339218</v></c><c t="str"><f>A1</f><v>http://x/1.jpg | http://x/2.jpg</v></c><c s="1"><v>46346.4375</v></c></row>`,
    });
    const submission = await submit(bytes);
    assert.equal(submission.kind === "accepted" && submission.images, 2);
    const { images } = await claimNext(ledger);
    assert.deepEqual(
      images.map(({ storeId, storeKnown, url, visitTime }) => [storeId, storeKnown, url, visitTime]),
      [
        ["00339218", true, "http://x/1.jpg", "2026-11-20T10:30:00"],
        ["00339218", true, "http://x/2.jpg", "2026-11-20T10:30:00"],
      ],
    );
  });

  it("says what its headers mean, and takes what its sender says they mean", async () => {
    const { check } = await setup();
    const csv = "Markt;Foto, Link;Besuch;Notiz\nS1;http://x/1;2026-11-20;a\n";
    const lost = await check(csv);
    assert.equal(lost.problems[0]?.code, "missing");
    assert.deepEqual(
      lost.columns.map(({ header, means }) => [header, means]),
      [
        ["Markt", null],
        ["Foto, Link", null],
        ["Besuch", null],
        ["Notiz", null],
      ],
    );
    const columns = "store_id:Markt,image_url:Foto, Link,visit_time:besuch,metadata.note:Notiz";
    const found = await check(csv, { columns });
    assert.deepEqual([found.total, found.images], [0, 1]);
    assert.deepEqual(
      found.columns.map(({ means }) => means),
      ["store_id", "image_url", "visit_time", "metadata.note"],
    );
  });

  for (const [columns, code, detail] of [
    ["store_id", "malformed", /must be like store_id:Shop/],
    ["shop:Markt", "malformed", /names "shop", which is no column/],
    ["store_id:Laden", "unknown", /has no "Laden" for store_id; it has "store_id"/],
  ] as const) {
    it(`refuses columns=${columns} and says why`, async () => {
      const { check } = await setup();
      const { problems } = await check("store_id,image_url,visit_time\nS1,http://x,2026-11-20\n", { columns });
      const problem = problems.find((one) => one.code === code);
      assert.match(problem?.detail ?? "", detail);
    });
  }

  for (const header of ["Agent", "Field Rep.", "merchandiser_name", "visit_metadata.agent"]) {
    it(`takes ${header} for the agent of the visit, whom insight and reviews ask for`, async () => {
      const { ledger, submit } = await setup();
      const bytes = `store_id,image_url,visit_time,${header}\nS1,http://x/1,2026-11-20,Ana\nS1,http://x/2,2026-11-20,Bo\n`;
      const submission = await submit(bytes);
      assert.deepEqual(submission.kind === "accepted" && submission.warnings.kept, []);
      const { rows } = await ledger.readVisitRows(1, { storeId: null }, { after: -1, limit: 10 });
      assert.deepEqual(
        rows.map(({ labels }) => labels.metadata),
        [{ agent: "Ana" }, { agent: "Bo" }],
      );
    });
  }

  it("leaves out columns that mean nothing, and says which when it is submitted", async () => {
    const { submit } = await setup();
    const submission = await submit(
      "store_id,image_url,visit_time,Notes,,Agent,Rep\nS1,http://x/1,2026-11-20,n,,Ana,7\n",
    );
    assert.deepEqual(
      submission.kind === "accepted" && submission.warnings.kept.map(({ code, detail }) => [code, detail]),
      [
        [
          "columns_ignored",
          'columns that mean nothing here: "Notes", "Rep"; columns=visit_metadata.KEY:NAME or metadata.KEY:NAME keeps one as a label',
        ],
      ],
    );
  });

  it("does not choose between two columns that may both be meant, but prefers our own name to others", async () => {
    const { check } = await setup();
    const [problem] = (await check("Outlet,Shop,image_url,visit_time\nS1,S1,http://x,2026-11-20\n")).problems;
    assert.match(problem?.detail ?? "", /more than once: store_id \(Outlet, Shop\)/);
    const { total, columns } = await check("Store,store_id,image_url,date,visit_time\nA,S1,http://x,x,2026-11-20\n");
    assert.equal(total, 0);
    assert.deepEqual(
      columns.filter(({ means }) => means === null).map(({ header }) => header),
      ["Store", "date"],
    );
  });

  it("warns that it was read as Windows-1252, and refuses an old workbook by name", async () => {
    const { check } = await setup();
    const latin = Buffer.from("store_id;image_url;visit_time;metadata.by\nS1;http://x;2026-11-20;Zoë\n", "latin1");
    const { warnings, total } = await check(latin);
    assert.equal(total, 0);
    assert.deepEqual(
      warnings.kept.map(({ pointer, code }) => [pointer, code]),
      [["line 2", "read_as"]],
    );
    const [problem] = (await check(Buffer.from("d0cf11e0a1b11ae1", "hex"))).problems;
    assert.match(problem?.detail ?? "", /Excel 97 or one with a password; save it as \.xlsx/);
  });
});

describe("the times of a table", () => {
  const csv = (...times: readonly string[]) =>
    `store_id,image_url,visit_time\n${times.map((time, no) => `S1,http://x/${no},"${time}"\n`).join("")}`;

  it("that can be read in one way are read", async () => {
    const { ledger, submit } = await setup();
    await submit(csv("Nov 20, 2026 3pm", "20 November 2026", "2026/11/20 10:30"));
    const { images } = await claimNext(ledger);
    assert.deepEqual(
      images.map(({ visitTime }) => visitTime),
      ["2026-11-20T15:00:00", "2026-11-20", "2026-11-20T10:30:00"],
    );
  });

  it("of numbers only are warnings that name the orders they could have, until somebody says it", async () => {
    const { check, submit } = await setup();
    const { warnings, total, openDates } = await check(
      csv("03/04/2026 10:30", "20.11.2026", "2026-11-20", "noon", "46346.5"),
    );
    assert.equal(total, 0);
    assert.deepEqual(
      warnings.kept.map(({ pointer, code }) => [pointer, code]),
      [2, 3, 5, 6].map((line) => [`line ${line}, visit_time`, "time_unread"]),
    );
    assert.match(warnings.kept[0]?.detail ?? "", /dates=dmy or dates=mdy/);
    assert.match(warnings.kept[3]?.detail ?? "", /spreadsheet's number of a day/);
    assert.deepEqual(openDates, { count: 2, orders: ["dmy"], example: "03/04/2026 10:30" });
    const submission = await submit(csv("03/04/2026"));
    assert.equal(submission.kind === "accepted" && submission.warnings.total, 1);
  });

  it("are read in the order that was said, and what is impossible in it is named", async () => {
    const { ledger, check, submit } = await setup();
    const { warnings } = await check(csv("03/04/2026", "11/20/2026"), { dates: "dmy" });
    assert.deepEqual(
      warnings.kept.map(({ pointer, detail }) => [pointer, detail]),
      [["line 3, visit_time", '"11/20/2026" is no date in the order dmy; it could be mdy']],
    );
    await submit(csv("03/04/2026 10:30"), { dates: "mdy" });
    assert.equal((await claimNext(ledger)).images[0]?.visitTime, "2026-03-04T10:30:00");
  });

  it("that cannot be read refuse the submission where it wants that", async () => {
    const { submit } = await setup();
    const submission = await submit(csv("2026-11-20", "soon"), { unread_times: "reject" });
    assert.deepEqual(submission.kind === "refused" && submission.problems.map(({ pointer, code }) => [pointer, code]), [
      ["line 3, visit_time", "malformed"],
    ]);
  });

  it("are read as the tenant writes them, in the tenant's time zone where they have no offset", async () => {
    const { ledger, submit } = await setup();
    await ledger.putTenantTimes(DEFAULT_TENANT, { dates: "dmy", timeZone: "Asia/Kolkata" });
    await submit(csv("20/11/2026 10:30", "2026-11-20T10:30:00Z", "2026-11-20 23:30"));
    const { images } = await claimNext(ledger);
    assert.deepEqual(
      images.map(({ visitTime }) => visitTime),
      ["2026-11-20T10:30:00+05:30", "2026-11-20T10:30:00Z", "2026-11-20T23:30:00+05:30"],
    );
  });
});

describe("what a spreadsheet has beside its rows", () => {
  const HEADER = "store_id,image_url,visit_time";

  it("is named where it is another sheet with cells", async () => {
    const { submit } = await setup();
    const rows = (...more: string[][]) =>
      textRows([HEADER.split(","), ["S1", "http://x/1.jpg", "2026-11-20"], ...more]);
    const bytes = await workbook({
      rows: rows(),
      sheets: { North: rows(["S1", "http://x/2.jpg", "2026-11-20"]), Empty: '<row><c r="A1" s="1"/></row>' },
    });
    const submission = await submit(bytes);
    assert.partialDeepStrictEqual(submission, { kind: "accepted", images: 1 });
    assert.deepEqual(submission.kind === "accepted" && submission.warnings.kept, [
      {
        pointer: "line 1",
        code: "sheets_unread",
        detail: 'only the sheet "Visits" was read; "North" has cells too: save each as a file of its own',
      },
    ]);
  });
});

describe("URLs in a bucket", () => {
  it("are cut apart where several stand in one cell", async () => {
    const { ledger, submit } = await setup();
    await submit("store_id;image_url;visit_time\nS1;s3://b/1.jpg, gs://bkt/a b.jpg | az://cont/3.jpg;2026-11-20\n");
    const { images } = await claimNext(ledger);
    assert.deepEqual(
      images.map(({ url }) => url),
      ["s3://b/1.jpg", "gs://bkt/a b.jpg", "az://cont/3.jpg"],
    );
  });
});

describe("names of one's own that a spreadsheet spoiled", () => {
  it("are named by their line, and what only looks a little so is not", async () => {
    const { check } = await setup();
    const rows = ["8.90123E+11", "12E5", "4711", "1e+21"].map((id) => `S1,http://x/${id},2026-11-20,${id},${id}`);
    const { warnings } = await check(
      `store_id,image_url,visit_time,external_id,visit_external_id\n${rows.join("\n")}\n`,
    );
    assert.deepEqual(
      warnings.kept.map(({ pointer, code }) => [pointer, code]),
      [
        ["line 2, visit_external_id", "id_spoiled"],
        ["line 2, external_id", "id_spoiled"],
        ["line 5, visit_external_id", "id_spoiled"],
        ["line 5, external_id", "id_spoiled"],
      ],
    );
  });
});

describe("ids that a spreadsheet spoiled", () => {
  it("are named and never changed: exponents, and zeros that the store master has", async () => {
    const { ledger, check, submit } = await setup();
    const csv =
      "store_id,image_url,visit_time\n339218,http://x/1,2026-11-20\n1E+05,http://x/2,2026-11-20\ns1408764,http://x/3,2026-11-20\n";
    const { warnings, unknownStores } = await check(csv);
    assert.deepEqual(unknownStores, ["339218", "1E+05", "s1408764"]);
    assert.deepEqual(
      warnings.kept.map(({ pointer, code }) => [pointer, code]),
      [
        ["line 3, store_id", "id_spoiled"],
        ["line 2, store_id", "near_store"],
        ["line 4, store_id", "near_store"],
      ],
    );
    assert.match(warnings.kept[1]?.detail ?? "", /Did you mean "00339218"\? Spreadsheets take zeros off/);
    assert.match(warnings.kept[2]?.detail ?? "", /Did you mean "S01408764"\?/);
    await submit(csv);
    assert.deepEqual(
      (await claimNext(ledger)).images.map(({ storeId }) => storeId),
      ["339218", "1E+05", "s1408764"],
    );
  });
});
