/** Flagged images over HTTP, on the real ledger: to look at, to decide about, to count. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { isObject } from "../../intake/text-rules.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { aFinding, claimNext, measured } from "../../testing/ledger-builders.ts";

const visit = (store: string, day: string, agent: string) => ({
  store_id: store,
  image_url: [`http://photos.example/${store}/${day}.jpg`],
  visit_time: `${day}T10:00:00Z`,
  metadata: { agent },
});
const SUBMISSION = {
  count: 3,
  inspect: "full",
  visits: [visit("S1", "2026-03-01", "Anna"), visit("S2", "2026-03-02", "Ben"), visit("S9", "2026-03-03", "Anna")],
};

/** Image 0 is dark, image 1 shows image 0 again, image 2 is fine. */
async function aFlaggedJob(t: TestContext): Promise<{ service: HttpService; job: number }> {
  const service = await startHttpService(t);
  const { body } = await service.call("POST", "/api/v1/jobs", SUBMISSION);
  const job = Number(body.job_id);
  const { lease } = await claimNext(service.ledger);
  const reuse = {
    jobId: job,
    image: 1,
    earlier: { jobId: job, image: 0 },
    kind: "mirrored",
    score: 0.99412,
    weight: "strong",
    why: "the same picture, mirrored in another store (S1)",
    threshold: 0.95,
    layOver: [-1, 0, 1, 0, 1, 0, 0, 0, 1],
  } as const;
  await service.ledger.addReuses([reuse]);
  const results = [aFinding("dark"), aFinding(), aFinding()].map((findings, no) => ({ ...measured(no), findings }));
  await service.ledger.record(lease, results, 1_000);
  return { service, job };
}

async function get(service: HttpService, path: string) {
  const { status, body } = await service.call("GET", path);
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
  return body;
}

function dataOf(body: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(Array.isArray(body.data));
  return body.data.filter(isObject);
}

describe("GET /api/v1/reviews", () => {
  it("shows flagged images with their evidence and what a page lays over each other", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    const [reused, dark, ...others] = dataOf(await get(service, "/api/v1/reviews"));
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(reused, {
      job_id: job,
      image: 1,
      store_id: "S2",
      area: "A2",
      agent: "Ben",
      visit_date: "2026-03-02",
      thumbnail_url: `/api/v1/jobs/${job}/images/1/thumbnail`,
      flags: ["reused"],
      evidence: [{ flag: "reused", measure: "likeness", figure: 0.994, threshold: 0.95, weight: "strong" }],
      reuse_of: [{ job_id: job, image: 0, store_id: "S1", kind: "mirrored", lay_over: [-1, 0, 1, 0, 1, 0, 0, 0, 1] }],
      state: "open",
      decision: null,
    });
    assert.partialDeepStrictEqual(dark, {
      image: 0,
      evidence: [{ flag: "dark", measure: "p95", figure: 61, threshold: 90, weight: "likely" }],
    });
  });

  it("pages, filters, and says how many there are of each", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    const first = await get(service, "/api/v1/reviews?limit=1");
    assert.equal(first.has_more, true);
    const second = await get(service, `/api/v1/reviews?limit=1&cursor=${first.next_cursor}`);
    assert.deepEqual(
      [...dataOf(first), ...dataOf(second)].map(({ image }) => image),
      [1, 0],
    );
    for (const [query, images] of [
      ["flag=dark", [0]],
      ["kind=mirrored", [1]],
      ["state=dismissed", []],
      ["agent=Anna", [0]],
      ["area=A2", [1]],
      ["from=2026-03-02", [1]],
      [`job=${job}&store_id=S1`, [0]],
      ["job=99", []],
    ] as const) {
      assert.deepEqual(
        dataOf(await get(service, `/api/v1/reviews?${query}`)).map(({ image }) => image),
        images,
        query,
      );
    }
    assert.partialDeepStrictEqual(await get(service, "/api/v1/reviews/counts"), {
      images: 2,
      complete: true,
      states: { open: 2, accepted: 0, dismissed: 0 },
      flags: { reused: 1, dark: 1, screen: 0 },
      kinds: { mirrored: 1, same_bytes: 0 },
    });
    assert.equal((await get(service, "/api/v1/reviews/counts?flag=dark")).images, 1);
  });

  it("refuses a cursor of another list and a filter that there is not", async (t) => {
    const { service } = await aFlaggedJob(t);
    for (const query of ["cursor=xyz", "flag=odd", "from=tomorrow", "colour=red"]) {
      assert.equal((await service.call("GET", `/api/v1/reviews?${query}`)).status, 400, query);
    }
  });
});

describe("a decision about a flagged image", () => {
  it("is remembered, shown everywhere, counted, and taken back", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    const path = `/api/v1/jobs/${job}/images/0/review`;
    const put = await service.call("PUT", path, { decision: "dismissed", note: "the shop's lights were out" });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.partialDeepStrictEqual(put.body, {
      state: "dismissed",
      decision: { state: "dismissed", note: "the shop's lights were out", by: null },
      history: [{ state: "dismissed", why: "decided" }],
    });
    assert.deepEqual(
      (await service.call("PUT", path, { decision: "dismissed", note: "the shop's lights were out" })).body,
      put.body,
    );
    const job_ = await get(service, `/api/v1/jobs/${job}`);
    assert.partialDeepStrictEqual(job_, {
      inspect: "full",
      flagged: { images: 2, dismissed: 1, flags: { dark: 0, reused: 1 } },
    });
    const images = dataOf(await get(service, `/api/v1/jobs/${job}/images`));
    assert.deepEqual(
      images.map(({ decision }) => decision),
      ["dismissed", null, null],
    );
    const report = await fetch(`${service.address}/api/v1/jobs/${job}/results?format=csv`).then((answer) =>
      answer.text(),
    );
    assert.match(report, /,dismissed\n/);
    const undone = await service.call("DELETE", path);
    assert.partialDeepStrictEqual(undone.body, { state: "open", decision: null });
    assert.deepEqual(
      (await service.ledger.listAuditEntries(null, { before: null, limit: 9 })).map(({ action }) => action).slice(0, 2),
      ["undoReview", "decideReview"],
    );
  });

  it("is made about many at once, and names those that there are not", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    const images = [0, 1, 2].map((image) => ({ job_id: job, image }));
    const { status, body } = await service.call("POST", "/api/v1/reviews/decisions", { images, decision: "accepted" });
    assert.equal(status, 200);
    assert.deepEqual(body, { changed: 2, unchanged: 0, not_found: [{ job_id: job, image: 2 }] });
    assert.equal((await get(service, "/api/v1/reviews/counts?state=accepted")).images, 2);
  });

  it("needs a flag to be about, and a note that can be kept", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    const none = await service.call("PUT", `/api/v1/jobs/${job}/images/2/review`, { decision: "accepted" });
    assert.deepEqual([none.status, none.body.code], [404, "image_not_found"]);
    for (const body of [{}, { decision: "maybe" }, { decision: "accepted", note: "nul\0" }, { decision: "open" }]) {
      const { status } = await service.call("PUT", `/api/v1/jobs/${job}/images/0/review`, body);
      assert.equal(status, 400, JSON.stringify(body));
    }
  });
});

describe("GET /api/v1/reviews/shares", () => {
  it("gives the share of flagged visits by store and by area", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    assert.partialDeepStrictEqual(await get(service, "/api/v1/reviews/shares?limit=2"), {
      visits: 3,
      flagged_visits: 2,
      share: 0.6667,
      data: [
        { store_id: "S1", share: 1 },
        { store_id: "S2", share: 1 },
      ],
      more: 1,
    });
    const areas = dataOf(await get(service, `/api/v1/reviews/shares?by=area&job=${job}&flag=dark`));
    assert.deepEqual(areas[0], { area: "A1", visits: 1, flagged_visits: 1, share: 1 });
  });
});

describe("what photos are judged by", () => {
  it("may name the agent under any word, also one that every object has", async (t) => {
    const { service } = await aFlaggedJob(t);
    const put = await service.call("PUT", "/api/v1/truth/settings", { agent_key: "constructor" });
    assert.equal(put.status, 200, JSON.stringify(put.body));
    const agents = dataOf(await get(service, "/api/v1/reviews")).map(({ agent }) => agent);
    assert.deepEqual(agents, [null, null]);
  });

  it("may be read, changed and sent back; who changed it and when is the service's to say", async (t) => {
    const { service } = await aFlaggedJob(t);
    for (const least_side of [250, 300]) {
      const read = await get(service, "/api/v1/truth/settings");
      assert.ok(isObject(read.quality));
      const quality = { ...read.quality, least_side };
      const put = await service.call("PUT", "/api/v1/truth/settings", { ...read, quality });
      assert.equal(put.status, 200, JSON.stringify(put.body));
      assert.deepEqual(put.body, { ...read, quality, changed_at: put.body.changed_at });
      assert.notEqual(put.body.changed_at, null);
      assert.deepEqual(await get(service, "/api/v1/truth/settings"), put.body);
    }
  });

  it("is the tenant's, or the job's own, and a job keeps what it was submitted with", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    const usual = await get(service, "/api/v1/truth/settings");
    assert.partialDeepStrictEqual(usual, {
      reuse: { other_store: { weight: "strong", least_score: 0.95 } },
      quality: { dark_below: 90 },
      agent_key: "agent",
      changed_at: null,
    });
    const settings = {
      quality: { dark_below: 70 },
      reuse: { same_visit: { weight: "off", least_score: 0.99 } },
      agent_key: "member",
    };
    const put = await service.call("PUT", "/api/v1/truth/settings", settings);
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.partialDeepStrictEqual(await get(service, "/api/v1/truth/settings"), {
      ...settings,
      reuse: { ...settings.reuse, other_store: { weight: "strong" } },
      time_tolerance_h: 12,
    });
    assert.partialDeepStrictEqual((await get(service, `/api/v1/jobs/${job}`)).thresholds, { dark_below: 90 });
    const own = await service.call("POST", "/api/v1/jobs?least_side=300&time_tolerance_h=0.5", SUBMISSION);
    assert.equal(own.status, 201, JSON.stringify(own.body));
    assert.partialDeepStrictEqual(own.body.thresholds, { dark_below: 70, least_side: 300, time_tolerance_h: 0.5 });
    const { inspect: _, ...uninspected } = SUBMISSION;
    assert.equal((await service.call("POST", "/api/v1/jobs", uninspected)).body.thresholds, null);
    const refused = await service.call("POST", "/api/v1/jobs?most_smear=2", SUBMISSION);
    assert.equal(refused.status, 400);
    const body = await service.call("POST", "/api/v1/jobs", { ...SUBMISSION, dark_below: "low" });
    assert.match(JSON.stringify(body.body), /\/dark_below.*must be a number from 0 to 256/);
  });
});

describe("GET /api/v1/jobs/{id}/quality", () => {
  it("shows how the figures are spread, with the present threshold", async (t) => {
    const { service, job } = await aFlaggedJob(t);
    const { figures, ...counts } = await get(service, `/api/v1/jobs/${job}/quality`);
    assert.deepEqual(counts, { images: 3, looked_at: 3, not_inspected: { images: 0, causes: [] } });
    assert.ok(Array.isArray(figures));
    const of = (name: string) => figures.filter(isObject).find(({ figure }) => figure === name);
    assert.deepEqual(of("p95"), {
      figure: "p95",
      flag: "dark",
      option: "dark_below",
      flagged_when: "below",
      threshold: 90,
      least: 61,
      most: 61,
      images: 3,
      flagged: 3,
      bins: [{ from: 61, to: 61, images: 3 }],
    });
    assert.partialDeepStrictEqual(of("shorter_side"), { flagged: 3, least: 3 });
    assert.partialDeepStrictEqual(of("metres_apart"), { least: null, images: 0, bins: [] });
  });

  it("says how many photos could not be inspected, and why, the most frequent cause first", async (t) => {
    const service = await startHttpService(t);
    const { body } = await service.call("POST", "/api/v1/jobs", SUBMISSION);
    const { lease } = await claimNext(service.ledger);
    const results = [null, "its pixels are in PSD", "its pixels are in PSD"].map((notInspected, no) => ({
      ...measured(no),
      findings: { ...aFinding(), notInspected },
    }));
    await service.ledger.record(lease, results, 1_000);
    const spread = await get(service, `/api/v1/jobs/${Number(body.job_id)}/quality`);
    const causes = [{ why: "its pixels are in PSD", images: 2 }];
    assert.partialDeepStrictEqual(spread, { looked_at: 1, not_inspected: { images: 2, causes } });
  });
});
