import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULT_TENANT } from "../domain/scopes.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aStore, claimNext } from "../testing/ledger-builders.ts";
import type { Submission, SubmissionFormat } from "./submission.ts";
import { createIntake } from "./submit-job.ts";

async function setup() {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  await ledger.importStores([aStore({ id: "S1" }), aStore({ id: "S2" })]);
  const intake = createIntake({ ledger, defaults: { unknownStores: "fail", integrity: "complete" } });
  async function submit(
    format: SubmissionFormat,
    body: string | AsyncIterable<Uint8Array>,
    options = {},
  ): Promise<Submission> {
    return await intake.submit({
      tenant: DEFAULT_TENANT,
      format,
      bytes: typeof body === "string" ? inPieces(body) : body,
      options,
    });
  }
  return { ledger, submit };
}

async function* inPieces(text: string): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += 1_000) yield bytes.subarray(from, from + 1_000);
}

async function* inBytes(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1) yield bytes.subarray(at, at + 1);
}

/** Fails in the middle, as the body of a client that hangs up does. */
async function* breakingOff(text: string): AsyncIterable<Uint8Array> {
  yield* inPieces(text);
  throw new Error("aborted");
}

const HEADER = "store_id,image_url,visit_time";
const visit = (more: object = {}) => ({
  store_id: "S1",
  image_url: ["http://x/1", "http://x/2"],
  visit_time: "2024-05-01",
  ...more,
});
const lines = (...visits: unknown[]) => visits.map((value) => `${JSON.stringify(value)}\n`).join("");
const many = (count: number) => Array.from({ length: count }, () => visit());

function problemsOf(submission: Submission): readonly (readonly [string, string])[] {
  assert.equal(submission.kind, "refused");
  return submission.problems.map(({ pointer, detail }) => [pointer, detail] as const);
}

async function nothingIsLeft(ledger: Ledger): Promise<void> {
  assert.deepEqual(await ledger.readUnfinished(), []);
  assert.equal(await ledger.readJob(1), null);
}

describe("a submission", () => {
  it("becomes a job with every visit and image in order, in all three formats", async () => {
    const { ledger, submit } = await setup();
    const visits = [visit(), visit({ store_id: "S2", image_url: ["http://x/3"] })];
    const csv =
      "Visit_Time,extra,IMAGE_URL,store_id\n2024-05-01,,http://x/1,S1\n2024-05-01,,http://x/2,S1\n2024-05-01,,http://x/3,S2\n";
    for (const [format, body] of [
      ["json", JSON.stringify({ visits, count: 2 })],
      ["ndjson", lines(...visits)],
      ["csv", csv],
    ] as const) {
      const submission = await submit(format, body);
      assert.ok(submission.kind === "accepted");
      assert.deepEqual([submission.visits, submission.images], [2, 3]);
      assert.deepEqual(
        submission.warnings.kept.map(({ code }) => code),
        format === "csv" ? ["columns_ignored"] : [],
      );
      const { images } = await claimNext(ledger);
      assert.deepEqual(
        images.map(({ url, storeId }) => [url, storeId]),
        [
          ["http://x/1", "S1"],
          ["http://x/2", "S1"],
          ["http://x/3", "S2"],
        ],
      );
    }
  });

  it("names the line of every problem in NDJSON and goes on reading", async () => {
    const { submit } = await setup();
    const body = `${lines(visit(), 7)}\n{"store_id": \r\n${lines(visit({ image_url: ["http://x", ""] }))}`;
    assert.deepEqual(
      problemsOf(await submit("ndjson", body)).map(([pointer]) => pointer),
      ["line 2", "line 4", "line 5, image_url[1]"],
    );
  });

  it("names the line of every problem in CSV", async () => {
    const { submit } = await setup();
    const body = "store_id,image_url,visit_time\nS1,http://x/1,2024\nS1,,2024\n,http://x/2,2024\nS1\n";
    assert.deepEqual(
      problemsOf(await submit("csv", body)).map(([pointer]) => pointer),
      ["line 3, image_url", "line 4, store_id", "line 5, image_url", "line 5, visit_time"],
    );
  });

  it("says what a CSV header lacks, and where a quote is left open", async () => {
    const { submit } = await setup();
    assert.deepEqual(problemsOf(await submit("csv", "market,image_url\nS1,http://x\n")), [
      [
        "line 1",
        "must name the columns store_id, image_url, visit_time; missing: store_id, visit_time; " +
          'it has "market", "image_url". Say which is which: columns=store_id:NAME,visit_time:NAME',
      ],
    ]);
    const [problem] = problemsOf(await submit("csv", `${HEADER}\nS1,"http://x,2024\nS1,http://y,2024\n`));
    assert.equal(problem?.[0], "line 2");
    assert.match(problem[1], /^a quote that begins in this row is never closed/);
  });

  it("counts every row of a CSV that mixes its line ends", async () => {
    const { submit } = await setup();
    const [header, row] = [HEADER, "S1,http://x/1,2024"];
    for (const body of [
      `${header}\r\n${row}\n${row}\n${row}\r\n${row}`,
      `${header}\n${row}\r\n${row}\r${row}\n${row}\r\n`,
      `${header}\r${row}\n${row}\r\n${row}\r${row}\r`,
    ]) {
      const submission = await submit("csv", body);
      assert.equal(submission.kind === "accepted" && submission.images, 4);
    }
  });

  it("refuses a CSV that is in no encoding, naming the line", async () => {
    const { submit } = await setup();
    const body = Buffer.from(`${HEADER}\nS1,http://x/1,2024\nS1,http://x/caf\x81,2024\n`, "latin1");
    const [problem] = problemsOf(await submit("csv", inBytes(body)));
    assert.equal(problem?.[0], "line 3");
    assert.match(problem[1], /not UTF-8/);
  });

  it("refuses an NDJSON line that is nested too deep, as a problem of that line alone", async () => {
    const { submit } = await setup();
    const nested = (levels: number) => `{"store_id": ${"[".repeat(levels - 1)}"]\\""${"]".repeat(levels - 1)}}`;
    const body = `${lines(visit())}${nested(65)}\n${nested(5_000)}\n${nested(64)}\n${lines(visit({ note: "[".repeat(99) }))}`;
    const problems = problemsOf(await submit("ndjson", body));
    assert.deepEqual(problems.slice(0, 2), [
      ["line 2", "has more than 64 levels of nesting"],
      ["line 3", "has more than 64 levels of nesting"],
    ]);
    assert.deepEqual(new Set(problems.slice(2).map(([pointer]) => pointer.split(",")[0])), new Set(["line 4"]));
  });

  it("refuses a priority that is no whole number, and says what count was when JSON cannot", async () => {
    const { submit } = await setup();
    for (const priority of [[1], [[1]], { a: 1 }, null, true, 1.5]) {
      const submission = await submit("json", JSON.stringify({ count: 1, visits: [visit()], priority }));
      const wanted = "must be a whole number from 0 (last) to 9 (first), got";
      assert.deepEqual(problemsOf(submission), [["/priority", `${wanted} ${JSON.stringify(priority)}`]]);
    }
    assert.deepEqual(problemsOf(await submit("json", `{"count": 1e400, "visits": [${JSON.stringify(visit())}]}`)), [
      ["/count", "must be the number of visits, got 1e400"],
    ]);
  });

  it("shows a number that JavaScript would round as it was written", async () => {
    const { submit } = await setup();
    const written = '{"store_id": 9999999999999999, "image_url": [-1e400], "visit_time": [9007199254740993]}';
    const expected = ["9999999999999999", "-1e400", "[9007199254740993]"];
    for (const [format, body] of [
      ["json", `{"count": 1, "visits": [${written}]}`],
      ["ndjson", written],
    ] as const) {
      const got = problemsOf(await submit(format, body)).map(([, detail]) => detail.split("got ")[1]);
      assert.deepEqual(got, expected);
    }
    assert.equal(problemsOf(await submit("ndjson", "9999999999999999")).length, 1);
  });

  it("refuses a CSV row that has more cells than the header, and goes on reading", async () => {
    const { submit } = await setup();
    const body = `${HEADER}\nS1,http://h/a,b.jpg,2026-01-05\nS1,http://h/a,2026-01-05,\nS1,,2026\n`;
    assert.deepEqual(problemsOf(await submit("csv", body)), [
      ["line 2", "has 4 cells, the header 3; a cell with the separator in it must be quoted"],
      ["line 3", "has 4 cells, the header 3; a cell with the separator in it must be quoted"],
      ["line 4, image_url", 'must be a non-empty string, got ""'],
    ]);
  });

  it("refuses a CSV header that names a column twice, and keeps to the one fault", async () => {
    const { submit } = await setup();
    const body = "store_id,Image_URL,visit_time,image_url\nS1,http://h/a,2026,http://h/b\n";
    assert.deepEqual(problemsOf(await submit("csv", body)), [
      ["line 1", "must name each column once; more than once: image_url (Image_URL, image_url)"],
    ]);
  });

  it("may begin with a byte order mark, even one that comes byte by byte, in all three formats", async () => {
    const { submit } = await setup();
    for (const [format, body] of [
      ["json", JSON.stringify({ count: 1, visits: [visit()] })],
      ["ndjson", lines(visit())],
      ["csv", `${HEADER}\nS1,http://x/1,2024`],
    ] as const) {
      assert.equal((await submit(format, inBytes(Buffer.from(`\ufeff${body}`)))).kind, "accepted", format);
    }
    for (const part of ["", "\ufeff"]) {
      const [problem] = problemsOf(await submit("json", inBytes(Buffer.from(part))));
      assert.match(problem?.[1] ?? "", /^the body is empty/);
    }
  });

  it("needs at least one visit", async () => {
    const { submit } = await setup();
    for (const format of ["ndjson", "csv"] as const) {
      assert.deepEqual(problemsOf(await submit(format, "")), [
        ["", "there are no visits in it; at least one is needed"],
      ]);
    }
  });

  it("leaves nothing of a large one that is bad at its end", async () => {
    const { ledger, submit } = await setup();
    assert.deepEqual(problemsOf(await submit("ndjson", lines(...many(3_000), { store_id: "" }))).length, 3);
    await nothingIsLeft(ledger);
  });

  it("leaves nothing of one that breaks off", async () => {
    const { ledger, submit } = await setup();
    await assert.rejects(submit("ndjson", breakingOff(lines(...many(3_000)))), /aborted/);
    await nothingIsLeft(ledger);
  });

  it("takes no number of a job when it is small and bad", async () => {
    const { submit } = await setup();
    await submit("json", JSON.stringify({ count: 9, visits: many(100) }));
    const good = await submit("json", JSON.stringify({ count: 1, visits: [visit()] }));
    assert.equal(good.kind === "accepted" && good.jobId, 1);
  });

  it("chooses integrity and priority, in the body or beside it", async () => {
    const { ledger, submit } = await setup();
    await submit("json", JSON.stringify({ count: 1, visits: [visit()], integrity: "header", priority: 1 }));
    await submit("ndjson", lines(visit()), { integrity: "decode", priority: "9" });
    assert.equal((await claimNext(ledger)).integrity, "decode");
    assert.equal((await claimNext(ledger)).integrity, "header");
  });

  it("refuses options that do not exist, and those that come too late in a large body", async () => {
    const { submit } = await setup();
    const small = { count: 1, visits: [visit()], integrity: "half", priority: 10, unknown_stores: 1 };
    assert.deepEqual(
      problemsOf(await submit("json", JSON.stringify(small))).map(([pointer]) => pointer),
      ["/unknown_stores", "/integrity", "/priority"],
    );
    const large = { count: 3_000, visits: many(3_000), priority: 9 };
    assert.deepEqual(problemsOf(await submit("json", JSON.stringify(large))), [
      ["/priority", "must stand before visits in a submission of this size"],
    ]);
  });

  it("refuses a member that is given twice", async () => {
    const { submit } = await setup();
    const list = JSON.stringify([visit()]);
    const body = `{"count": 2, "visits": ${list}, "visits": ${list}, "count": 2}`;
    assert.deepEqual(problemsOf(await submit("json", body)), [
      ["/visits", "is given twice"],
      ["/count", "is given twice"],
    ]);
  });

  it("refuses a member that comes twice within a visit, wherever it stands: one of the two would be lost", async () => {
    const { submit } = await setup();
    const twice = '{"store_id":"S1","image_url":["http://x/1"],"visit_time":"t","image_url":["http://x/2"]}';
    const escaped = '{"store_id":"S1","store\\u005fid":"S2","image_url":["http://x/\\"1"],"visit_time":"t"}';
    const inside =
      '{"store_id":"S1","visit_time":"t","image_url":["http://x/1",{"url":"http://x/2","url":"http://x/3"}]}';
    const deep = '{"store_id":"S1","visit_time":"t","image_url":["http://x/1"],"metadata":{"a":"1","b":"2","a":"3"}}';
    const all = [twice, escaped, inside, deep];
    const wanted = [
      "image_url: is given twice",
      "store_id: is given twice",
      'image_url: gives "1/url" twice',
      'metadata: gives "a" twice',
    ];
    assert.deepEqual(
      problemsOf(await submit("ndjson", all.join("\n"))).map((problem) => problem.join(": ")),
      wanted.map((problem, at) => `line ${at + 1}, ${problem}`),
    );
    assert.deepEqual(
      problemsOf(await submit("json", `{"count":4,"visits":[${all.join(",")}]}`)).map((problem) => problem.join(": ")),
      wanted.map((problem, at) => `/visits/${at}/${problem}`),
    );
    const ofJob = `{"count":1,"metadata":{"a":"1","a":"2"},"visits":[${JSON.stringify(visit())}]}`;
    assert.deepEqual(problemsOf(await submit("json", ofJob)), [["/metadata", 'gives "a" twice']]);
  });

  it("takes the same name in different objects, and quotes and brackets within texts, for what they are", async () => {
    const { submit } = await setup();
    const odd = visit({
      image_url: [{ url: "http://x/1" }, { url: 'http://x/"{[,":' }],
      note: [{ a: [], b: {} }, { a: 1 }],
    });
    assert.equal((await submit("ndjson", lines(odd, odd))).kind, "accepted");
  });

  it("makes an image of each URL in a cell of a CSV, and names the line of one that is wrong", async () => {
    const { ledger, submit } = await setup();
    const cells = [
      "http://x/1|https://x/2",
      "http://x/3 ; HTTP://x/4,http://x/5",
      '"http://x/6\nhttp://x/7"',
      "http://x/8?a=1;2|3",
    ];
    const quoted = cells.map((cell) => (cell.includes(",") ? `"${cell}"` : cell));
    const submission = await submit("csv", `${HEADER}\n${quoted.map((cell) => `S1,${cell},t\n`).join("")}`);
    assert.equal(submission.kind, "accepted");
    const chunk = await claimNext(ledger);
    assert.deepEqual(
      chunk.images.map(({ url }) => url),
      [
        "http://x/1",
        "https://x/2",
        "http://x/3",
        "HTTP://x/4",
        "http://x/5",
        "http://x/6",
        "http://x/7",
        "http://x/8?a=1;2|3",
      ],
    );
    const refused = await submit("csv", `${HEADER}\nS1,http://x/1|http://x/2,t\nS1,http://x/3|http://\0,t\n`);
    assert.deepEqual(
      problemsOf(refused).map(([pointer]) => pointer),
      ["line 3, image_url"],
    );
  });

  it("keeps URLs as they were given, and of one that is too long to be fetched the beginning", async () => {
    const { ledger, submit } = await setup();
    const longest = `http://x/${"a".repeat(8_183)}`;
    const spaced = [" http://x/shelf 3.jpg\n", `  ${longest}  `, `${longest}a`, "x".repeat(100_000)];
    const kept = [" http://x/shelf 3.jpg\n", longest, `${longest}…`, `${"x".repeat(8_192)}…`];
    const csv = spaced.map((url) => `S1,"${url}",t\n`).join("");
    for (const [format, body] of [
      ["json", JSON.stringify({ count: 1, visits: [visit({ image_url: spaced })] })],
      ["csv", `${HEADER}\n${csv}`],
    ] as const) {
      assert.equal((await submit(format, body)).kind, "accepted", format);
      const chunk = await claimNext(ledger);
      assert.deepEqual(
        chunk.images.map(({ url }) => url),
        kept,
        format,
      );
    }
  });

  it("leaves out rows of a CSV in which every cell is empty, and keeps counting their lines", async () => {
    const { submit } = await setup();
    const csv = `${HEADER}\nS1,http://x/1,t\n,,\n ,\t,\nS1,http://x/2,t\n,,\n,,\n`;
    const submission = await submit("csv", csv);
    assert.equal(submission.kind === "accepted" && submission.images, 2);
    assert.deepEqual(
      problemsOf(await submit("csv", `${HEADER}\n,,\nS1,,t\n`)).map(([pointer]) => pointer),
      ["line 3, image_url"],
    );
  });

  it("cuts the spaces around a store's id", async () => {
    const { submit } = await setup();
    const visits = [visit({ store_id: " S1\u00a0" }), visit({ store_id: "S2 " })];
    assert.equal((await submit("ndjson", lines(...visits), { unknown_stores: "reject" })).kind, "accepted");
  });

  it("rejects unknown stores with their first places when asked to, however late it asks", async () => {
    const { ledger, submit } = await setup();
    const visits = [...many(2_000), visit({ store_id: "X" }), visit({ store_id: "Y" }), visit({ store_id: "X" })];
    const body = JSON.stringify({ count: visits.length, visits, unknown_stores: "reject" });
    const refused = await submit("json", body);
    assert.deepEqual(problemsOf(refused), [
      ["/visits/2000/store_id", 'store "X" is not in the store master'],
      ["/visits/2001/store_id", 'store "Y" is not in the store master'],
    ]);
    assert.deepEqual(refused.kind === "refused" && refused.unknownStores, ["X", "Y"]);
    await nothingIsLeft(ledger);
  });

  it("keeps what it cannot read of a visit time", async () => {
    const { submit } = await setup();
    const accepted = await submit("ndjson", lines(visit({ visit_time: " some day " })));
    assert.equal(accepted.kind, "accepted");
  });
});
