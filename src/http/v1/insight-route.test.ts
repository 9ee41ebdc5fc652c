/** What was visited over all jobs, over HTTP on the real ledger: sums, and the images behind each number. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { dayIn } from "../../domain/zone-offset.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { claimNext, failed, measured } from "../../testing/ledger-builders.ts";
import { workbookParts } from "../../testing/workbook-parts.ts";

const visit = (store: string, time: string, agent: string, images: readonly string[]) => ({
  store_id: store,
  image_url: images,
  visit_time: time,
  metadata: { agent },
});
const URLS = ["http://a.example/1.jpg", "http://a.example/2.jpg", "http://b.example/3.jpg"];

/** Two weeks: S1 of A1 in both, S2 of A2 in the second, and a visit whose time nobody can read. */
async function twoWeeks(t: TestContext): Promise<HttpService> {
  const service = await startHttpService(t);
  const visits = [
    visit("S1", "2026-03-02T23:30:00+05:30", "Anna", URLS),
    visit("S1", "2026-03-09", "Anna", URLS.slice(0, 1)),
    visit("S2", "2026-03-10", "=Ben", URLS.slice(0, 2)),
    visit("S2", "yesterday", "=Ben", URLS.slice(0, 1)),
  ];
  await service.call("POST", "/api/v1/jobs", { count: 4, visits });
  const { lease } = await claimNext(service.ledger);
  const results = [measured(0), failed(1, "timeout"), measured(2), failed(3), measured(4), measured(5), measured(6)];
  await service.ledger.record(lease, results, 1_000);
  return service;
}

async function get(service: HttpService, path: string) {
  while ((await service.ledger.addUpSums()).more);
  const { status, body } = await service.call("GET", path);
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
  return body;
}

const MARCH = "from=2026-03-04&to=2026-03-11";

describe("GET /api/v1/insight", () => {
  it("ends with the tenant's own day where no other is said, and so do the stores that nobody visited", async (t) => {
    const service = await startHttpService(t);
    await service.call("POST", "/api/submit", {
      count: 1,
      visits: [{ store_id: "S1", image_url: ["http://x/1"], visit_time: dayIn("Pacific/Pago_Pago", Date.now()) }],
    });
    // Of these two one has another day than UTC at any time.
    for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
      await service.call("PUT", "/api/v1/submission/times", { time_zone: zone });
      const before = dayIn(zone, Date.now());
      const { to } = await get(service, "/api/v1/insight?by=day");
      assert.ok([before, dayIn(zone, Date.now())].includes(String(to)), `${zone}: ${to}`);
    }
    const { data } = await get(service, "/api/v1/stores/inactive?days=1");
    assert.equal(
      (data as { store_id: string }[]).some(({ store_id }) => store_id === "S1"),
      false,
    );
  });

  it("sums up whole weeks by area, beside the weeks before, with what has no date apart", async (t) => {
    const service = await twoWeeks(t);
    const body = await get(service, `/api/v1/insight?${MARCH}`);
    const nothing = { visits: 0, images: 0, failed: 0, perimeter: 0, flagged: 0 };
    assert.partialDeepStrictEqual(body, {
      from: "2026-03-02",
      to: "2026-03-15",
      previous: { from: "2026-02-16", to: "2026-03-01" },
      periods: ["2026-03-02", "2026-03-09"],
      total: {
        visits: 3,
        images: 6,
        failed: 2,
        perimeter: 56,
        flagged: 0,
        causes: { timeout: 1, not_found: 1 },
        previous: nothing,
        series: { visits: [1, 2], images: [3, 3], failed: [1, 1], perimeter: [28, 28], flagged: [0, 0], cause: [0, 0] },
      },
      rows: [
        { key: "A1", name: null, images: 4, failed: 2, series: { images: [3, 1] } },
        { key: "A2", name: null, images: 2, failed: 0, series: { images: [0, 2] } },
      ],
      more: 0,
      undated: { ...nothing, visits: 1, images: 1, perimeter: 14 },
      pending: 0,
    });
    const next = await get(service, "/api/v1/insight?from=2026-03-16&to=2026-03-29");
    assert.partialDeepStrictEqual(next, { total: { images: 0, previous: { images: 6, failed: 2 } }, rows: [] });
  });

  it("ranks stores, hosts and agents by what is asked, by day, and of one area", async (t) => {
    const service = await twoWeeks(t);
    const keys = async (query: string) => {
      const { rows } = await get(service, `/api/v1/insight?by=day&${MARCH}&${query}`);
      assert.ok(Array.isArray(rows));
      return rows.map(({ key }) => key);
    };
    assert.deepEqual(await keys("of=store"), ["S2", "S1"]);
    assert.deepEqual(await keys("of=store&rank=failed_share"), ["S1", "S2"]);
    assert.deepEqual(await keys("of=store&area=A1"), ["S1"]);
    assert.deepEqual(await keys("of=host&rank=failed&limit=1"), ["a.example"]);
    assert.deepEqual(await keys("of=agent&rank=cause&cause=not_found"), ["Anna", "=Ben"]);
    const one = await get(service, `/api/v1/insight?of=agent&only=Anna&cause=timeout&${MARCH}`);
    assert.partialDeepStrictEqual(one, { total: { images: 4, series: { cause: [1, 0] } }, rows: [{ key: "Anna" }] });
  });

  it("goes into a spreadsheet, a line for each row and period, and no cell of it is run", async (t) => {
    const service = await twoWeeks(t);
    await get(service, "/api/v1/insight");
    const response = await fetch(`${service.address}/api/v1/insight?of=agent&format=csv&${MARCH}`);
    assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
    assert.match(String(response.headers.get("content-disposition")), /insight-agent-2026-03-02-2026-03-15\.csv/);
    assert.deepEqual((await response.text()).trimEnd().split("\n"), [
      "agent,name,week,visits,images,failed,perimeter,flagged",
      "Anna,,2026-03-02,1,3,1,28,0",
      "Anna,,2026-03-09,1,1,1,0,0",
      "'=Ben,,2026-03-02,0,0,0,0,0",
      "'=Ben,,2026-03-09,1,2,0,28,0",
    ]);
    const marked = await fetch(`${service.address}/api/v1/insight?of=agent&format=csv&bom=1&${MARCH}`);
    assert.deepEqual(
      [...new Uint8Array(await marked.arrayBuffer()).slice(0, 4)],
      [0xef, 0xbb, 0xbf, "a".charCodeAt(0)],
    );
  });

  it("is a workbook with days as dates, numbers as numbers, and a sheet for the summary", async (t) => {
    const service = await twoWeeks(t);
    await get(service, "/api/v1/insight");
    const response = await fetch(`${service.address}/api/v1/insight?of=agent&format=xlsx&${MARCH}`);
    assert.match(String(response.headers.get("content-disposition")), /insight-agent-2026-03-02-2026-03-15\.xlsx/);
    const files = await workbookParts(Buffer.from(await response.arrayBuffer()));
    const parts = (name: string) => files.get(name) ?? "";
    assert.match(parts("xl/workbook.xml"), /name="By agent and week".*name="Summary"/);
    const figures = parts("xl/worksheets/sheet1.xml");
    // 2026-03-09, as a date.
    assert.match(figures, /<c r="C3" s="3"><v>46090<\/v><\/c><c r="D3"><v>1<\/v><\/c>/);
    assert.match(figures, />'=Ben</);
    assert.match(figures, /state="frozen"/);
    assert.match(figures, /<autoFilter ref="A1:H5"\/>/);
    const summary = parts("xl/worksheets/sheet2.xml");
    assert.match(summary, />all: images<.*?<v>6<\/v><\/c><c r="D\d+"><v>0<\/v>/);
    assert.match(summary, />timeout<.*?<v>1<\/v>/);
    assert.match(summary, /<autoFilter/);
  });

  it("says what is wrong with a question", async (t) => {
    const service = await startHttpService(t);
    for (const [query, about] of [
      ["from=2026-03-02&to=2026-03-01", /from=2026-03-02 must not be after to=2026-03-01/],
      ["of=area&area=A1", /of=store/],
      ["rank=cause", /needs a cause/],
      ["by=day&from=2020-01-01&to=2026-01-01", /at most 400 days apart/],
      ["from=0001-01-01&to=0001-01-02", /between 1900-01-01/],
      ["cause=nothing", /cause/],
      ["day=1", /day/],
    ] as const) {
      const { status, body } = await service.call("GET", `/api/v1/insight?${query}`);
      assert.equal(status, 400, query);
      assert.match(JSON.stringify(body), about);
    }
  });
});

describe("GET /api/v1/images", () => {
  it("has the images behind each number of an insight", async (t) => {
    const service = await twoWeeks(t);
    const images = async (query: string) => {
      const { data } = await get(service, `/api/v1/images?${query}`);
      assert.ok(Array.isArray(data));
      return data.map(({ image }) => image);
    };
    assert.deepEqual(await images("area=A1&from=2026-03-02&to=2026-03-08"), [0, 1, 2]);
    assert.deepEqual(await images("area=A1&outcome=failed"), [3, 1]);
    assert.deepEqual(await images("host=b.example"), [2]);
    assert.deepEqual(await images("agent=%3DBen&code=timeout"), []);
    assert.deepEqual(await images("code=timeout&outcome=measured"), []);
    assert.deepEqual(await images("undated=true"), [6]);
    assert.deepEqual(await images("store=S2&job=1"), [4, 5, 6]);
    const { data } = await get(service, "/api/v1/images?host=b.example");
    assert.partialDeepStrictEqual(data, [
      { job_id: 1, image: 2, store_id: "S1", area: "A1", visit_date: "2026-03-02", outcome: "measured", perimeter: 14 },
    ]);
  });

  it("is read page by page, each image once", async (t) => {
    const service = await twoWeeks(t);
    const seen = [];
    let cursor = "";
    do {
      const body = await get(service, `/api/v1/images?limit=2${cursor && `&cursor=${cursor}`}`);
      assert.ok(Array.isArray(body.data));
      seen.push(...body.data.map(({ image }) => image));
      cursor = typeof body.next_cursor === "string" ? body.next_cursor : "";
    } while (cursor !== "");
    assert.deepEqual(seen, [4, 5, 3, 0, 1, 2, 6]);
    assert.equal((await service.call("GET", "/api/v1/images?cursor=nonsense")).status, 400);
  });
});
