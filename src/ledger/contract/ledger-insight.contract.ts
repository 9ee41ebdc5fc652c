/** The ledger's promises about sums over jobs: always those of the results and flags that are there, whatever came, went and came again. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { periodOf } from "../../domain/calendar.ts";
import { hostOf } from "../../domain/host-of.ts";
import { NO_LABELS } from "../../domain/labels.ts";
import { USUAL_SETTINGS } from "../../domain/truth-rules.ts";
import {
  aFinding,
  aStore,
  aVisit,
  claimNext,
  dispatchAll,
  failed,
  measured,
  submitJob,
} from "../../testing/ledger-builders.ts";
import {
  ANY_IMAGE,
  type AnyImageFilter,
  type AnyImagePlace,
  type CellSums,
  DIMENSIONS,
  type Dimension,
  type Period,
} from "../port/insight-ledger.ts";
import type { Ledger } from "../port/ledger.ts";
import { LEASE_MS, type WithLedger } from "./ledger-under-test.ts";

const ANY: AnyImageFilter = { ...ANY_IMAGE, tenant: null };
const DAY: Period = { grain: "day", day: "2024-05-01" };
const WEEK: Period = { grain: "week", day: "2024-04-29" };
const MONTH: Period = { grain: "month", day: "2024-05-01" };
const NO_DATE: Period = { grain: "none", day: "" };

const byAgent = (agent: string) => ({ externalId: null, metadata: { agent } });

async function addUp(ledger: Ledger): Promise<void> {
  while ((await ledger.addUpSums()).more);
}

async function cell(
  ledger: Ledger,
  dimension: Dimension,
  key: string,
  period: Period = DAY,
  tenant: string | null = null,
) {
  const cells = await ledger.readCells({ tenant, dimension, keys: [key], periods: [period] });
  assert.ok(cells.length <= 1);
  return cells[0] ?? null;
}

const figures = (sums: CellSums | null) =>
  sums && [sums.visits, sums.images, sums.failed, sums.perimeter, sums.flagged];

async function allImages(ledger: Ledger, filter: Partial<AnyImageFilter> = {}, limit = 2) {
  const rows = [];
  let after: AnyImagePlace | null = null;
  do {
    const page: Awaited<ReturnType<Ledger["listAnyImages"]>> = await ledger.listAnyImages(
      { ...ANY, ...filter },
      { after, limit },
    );
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  return rows;
}
const places = async (ledger: Ledger, filter: Partial<AnyImageFilter> = {}, limit?: number) =>
  (await allImages(ledger, filter, limit)).map(({ jobId, image }) => `${jobId}/${image}`);

/** What the sums must be, counted from the images themselves. */
async function assertSumsOfImages(ledger: Ledger, agentsByStore: Readonly<Record<string, string>> = {}): Promise<void> {
  await addUp(ledger);
  const wanted = new Map<string, number[]>();
  const firstOfVisit = new Set<string>();
  const rows = await allImages(ledger, {}, 50);
  for (const row of rows.toSorted((a, b) => a.image - b.image)) {
    const visit = `${row.jobId}/${row.visit}`;
    const isFirst = !firstOfVisit.has(visit);
    firstOfVisit.add(visit);
    const { result } = row;
    assert.ok(result);
    const flagged = result.isReused || (result.findings?.flags.length ?? 0) > 0;
    const figures = [
      isFirst ? 1 : 0,
      1,
      result.code === null ? 0 : 1,
      result.perimeter ?? 0,
      flagged && result.decision !== "dismissed" ? 1 : 0,
    ];
    const agent = agentsByStore[row.storeId];
    const keys = [`all/`, `area/${row.area ?? ""}`, `store/${row.storeId}`, `host/${hostOf(row.imageUrl)}`];
    if (agent !== undefined) keys.push(`agent/${agent}`);
    const day = row.visitDate;
    const periods =
      day === null ? ["none/"] : (["day", "week", "month"] as const).map((grain) => `${grain}/${periodOf(grain, day)}`);
    for (const key of keys)
      for (const period of periods) {
        const sums = wanted.get(`${key} ${period}`) ?? [0, 0, 0, 0, 0];
        wanted.set(
          `${key} ${period}`,
          sums.map((sum, no) => sum + (figures[no] ?? 0)),
        );
      }
  }
  const found = new Map<string, readonly number[] | null>();
  const keys = new Map<Dimension, Set<string>>(DIMENSIONS.map((dimension) => [dimension, new Set<string>()]));
  const periods: Period[] = [...new Set([...wanted.keys()].map((key) => key.split(" ").at(-1) ?? ""))].map((period) => {
    const [grain = "", day = ""] = period.split("/");
    return { grain: grain as Period["grain"], day };
  });
  for (const key of wanted.keys()) {
    const [dimension, name = ""] = key.split(" ")[0]?.split("/") ?? [];
    keys.get(dimension as Dimension)?.add(name);
  }
  for (const dimension of DIMENSIONS) {
    const spread = await ledger.readCells({ tenant: null, dimension, keys: [...(keys.get(dimension) ?? [])], periods });
    for (const one of spread) found.set(`${dimension}/${one.key} ${one.grain}/${one.day}`, figures(one));
  }
  assert.deepEqual(Object.fromEntries([...found].sort()), Object.fromEntries([...wanted].sort()));
}

/** Two areas, an unknown store, a visit without a date, a failed image of each kind. */
async function fill(ledger: Ledger): Promise<number> {
  await ledger.importStores([aStore({ id: "A1", area: "north" }), aStore({ id: "B1", area: "south" })]);
  const jobId = await submitJob(ledger, [
    aVisit({ storeId: "A1", images: 3, labels: byAgent("Asha") }),
    aVisit({ storeId: "B1", images: 1, visitDate: "2024-05-06", imageUrls: ["http://other.example:8080/1.jpg"] }),
    aVisit({ storeId: "B1", images: 1, visitDate: null, visitTime: "noon" }),
    aVisit({ storeId: "ZZ", images: 1 }),
  ]);
  const { lease } = await claimNext(ledger);
  await ledger.record(
    lease,
    [
      measured(0),
      measured(1, { width: 10, height: 20 }),
      failed(2),
      measured(3),
      measured(4),
      failed(5, "unknown_store"),
    ],
    LEASE_MS,
  );
  return jobId;
}

export function describeInsight(withLedger: WithLedger): void {
  it("sums up by day, week and month of the visit, for all, by area, store, host and agent", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      assert.equal(await ledger.countSumChanges(), 6);
      assert.equal(await cell(ledger, "all", ""), null);
      await addUp(ledger);
      assert.equal(await ledger.countSumChanges(), 0);
      assert.deepEqual(figures(await cell(ledger, "all", "")), [2, 4, 2, 74, 0]);
      assert.deepEqual(figures(await cell(ledger, "all", "", WEEK)), [2, 4, 2, 74, 0]);
      assert.deepEqual(figures(await cell(ledger, "all", "", MONTH)), [3, 5, 2, 88, 0]);
      assert.deepEqual(figures(await cell(ledger, "all", "", NO_DATE)), [1, 1, 0, 14, 0]);
      assert.deepEqual(figures(await cell(ledger, "area", "north")), [1, 3, 1, 74, 0]);
      assert.deepEqual(figures(await cell(ledger, "area", "")), [1, 1, 1, 0, 0]);
      assert.deepEqual(figures(await cell(ledger, "store", "B1", MONTH)), [1, 1, 0, 14, 0]);
      assert.deepEqual(figures(await cell(ledger, "host", "other.example:8080", MONTH)), [1, 1, 0, 14, 0]);
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 3, 1, 74, 0]);
      await assertSumsOfImages(ledger, { A1: "Asha" });
    }));

  it("sums by key over spans, and by cause", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      await addUp(ledger);
      const spans = [
        { grain: "day", first: "2024-05-01", last: "2024-05-02" },
        { grain: "week", first: "2024-05-06", last: "2024-05-13" },
      ] as const;
      const of = { tenant: null, dimension: "store", area: null, spans } as const;
      const byKey = async (area: string | null) =>
        Object.fromEntries((await ledger.readKeySums({ ...of, area })).map(({ key, images }) => [key, images]));
      assert.deepEqual(await byKey(null), { A1: 3, B1: 1, ZZ: 1 });
      assert.deepEqual(await byKey("south"), { B1: 1 });
      assert.deepEqual(await ledger.readKeyCauses({ ...of, cause: "not_found" }), [
        { key: "A1", cause: "not_found", images: 1 },
      ]);
      const causes = await ledger.readCauseCells({ tenant: null, dimension: "all", keys: [""], periods: [DAY] });
      assert.deepEqual(Object.fromEntries(causes.map(({ cause, images }) => [cause, images])), {
        not_found: 1,
        unknown_store: 1,
      });
      assert.deepEqual(await ledger.readStoreNames(["A1", "ZZ"]), new Map([["A1", "Corner shop"]]));
    }));

  it("counts each result once, however often it is recorded, retried and cancelled", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await fill(ledger);
      await ledger.retryImages(jobId, 1, [2, 5]);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 2, 0, 74, 0]);
      const [ref] = await dispatchAll(ledger);
      assert.ok(ref);
      const gone = await ledger.claim(ref, LEASE_MS);
      await passTime(LEASE_MS);
      const claim = await ledger.takeOver(ref, LEASE_MS);
      assert.ok(claim && gone);
      await ledger.record(gone.lease, [measured(2)], LEASE_MS);
      await ledger.record(claim.lease, [measured(2)], LEASE_MS);
      await ledger.record(claim.lease, [measured(2, { width: 100 })], LEASE_MS);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 3, 0, 88, 0]);
      await ledger.cancelJob(jobId);
      await assertSumsOfImages(ledger, { A1: "Asha" });
    }));

  it("forgets a job with its removal, and leaves no empty sums", () =>
    withLedger(async ({ ledger, passTime }) => {
      await fill(ledger);
      await addUp(ledger);
      const kept = await submitJob(ledger, [aVisit({ storeId: "A1", labels: byAgent("Asha") })]);
      const { lease } = await claimNext(ledger);
      await passTime(100);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      while ((await ledger.prune(50)).more);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(await places(ledger), [`${kept}/0`]);
      assert.equal(await cell(ledger, "area", ""), null);
      assert.deepEqual(await ledger.readCauseCells({ tenant: null, dimension: "all", keys: [""], periods: [DAY] }), []);
    }));

  it("leaves a deleted job out at once, counts it again when it is restored, and is rid of it in the end", () =>
    withLedger(async ({ ledger, passTime }) => {
      const jobId = await fill(ledger);
      await addUp(ledger);
      await ledger.deleteJob(jobId, 1_000);
      await assertSumsOfImages(ledger);
      assert.equal(await cell(ledger, "all", ""), null);
      await ledger.restoreJob(jobId, null);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "agent", "Asha")), [1, 3, 1, 74, 0]);
      await ledger.deleteJob(jobId, 1_000);
      await passTime(1_001);
      while ((await ledger.prune(Number.MAX_SAFE_INTEGER)).more);
      await addUp(ledger);
      assert.equal(await ledger.countSumChanges(), 0);
      for (const period of [DAY, WEEK, MONTH, NO_DATE]) assert.equal(await cell(ledger, "all", "", period), null);
    }));

  it("moves the sums of a store with its area", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      await addUp(ledger);
      await ledger.importStores([aStore({ id: "A1", area: "south" }), aStore({ id: "ZZ", area: "west" })]);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.equal(await cell(ledger, "area", "north"), null);
      assert.equal(await cell(ledger, "area", ""), null);
      assert.deepEqual(figures(await cell(ledger, "area", "south", MONTH)), [2, 4, 1, 88, 0]);
      const causes = await ledger.readCauseCells({
        tenant: null,
        dimension: "area",
        keys: ["west", ""],
        periods: [DAY],
      });
      assert.deepEqual(causes, [{ key: "west", ...DAY, cause: "unknown_store", images: 1 }]);
    }));

  it("moves each tenant's sums exactly, whatever stores come that nobody visited", () =>
    withLedger(async ({ ledger }) => {
      await fill(ledger);
      await submitJob(ledger, [aVisit({ storeId: "N7", images: 2 })], { tenant: "b" });
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0), failed(1)], LEASE_MS);
      await addUp(ledger);
      const before = await cell(ledger, "all", "");
      const added = Array.from({ length: 2_500 }, (_, no) => aStore({ id: `N${no}`, area: "new" }));
      await ledger.importStores(added);
      await assertSumsOfImages(ledger, { A1: "Asha" });
      assert.deepEqual(figures(await cell(ledger, "area", "new", DAY, "b")), [1, 2, 1, 14, 0]);
      assert.deepEqual(await cell(ledger, "all", ""), before);
      await ledger.importStores(added.map((store) => ({ ...store, area: "-" })));
      assert.deepEqual(figures(await cell(ledger, "area", "-", DAY, "b")), [1, 2, 1, 14, 0]);
      assert.equal(await cell(ledger, "area", "new"), null);
      await assertSumsOfImages(ledger, { A1: "Asha" });
    }));

  it("moves the sums of many visited stores at once, causes and tenants apart", () =>
    withLedger(async ({ ledger }) => {
      const ids = Array.from({ length: 600 }, (_, no) => `M${no}`);
      for (const tenant of ["a", "b"]) {
        await submitJob(
          ledger,
          ids.map((storeId) => aVisit({ storeId, images: 2 })),
          { tenant },
        );
        for (let left = 2 * ids.length; left > 0; ) {
          const { lease, images } = await claimNext(ledger);
          left -= images.length;
          const results = images.map(({ no }) => (no % 2 === 0 ? measured(no) : failed(no)));
          await ledger.record(lease, results, LEASE_MS);
        }
      }
      await addUp(ledger);
      const area = async (name: string) => [
        await cell(ledger, "area", name, DAY, "a"),
        await cell(ledger, "area", name, WEEK, "b"),
      ];
      const [before] = await area("");
      const stores = ids.map((id) => aStore({ id, area: "-" }));
      await ledger.importStores(stores);
      const [after] = await area("-");
      assert.deepEqual(figures(after ?? null), figures(before ?? null));
      assert.deepEqual(await area(""), [null, null]);
      await assertSumsOfImages(ledger);
      const causes = await ledger.readCauseCells({ tenant: "a", dimension: "area", keys: ["-", ""], periods: [DAY] });
      assert.deepEqual(
        causes.map(({ key, images }) => [key, images]),
        [["-", ids.length]],
      );
      await ledger.importStores(stores.map((store, no) => ({ ...store, area: `half-${no % 2}` })));
      assert.deepEqual(await area("-"), [null, null]);
      await assertSumsOfImages(ledger);
    }));

  it("counts flags until somebody dismisses them, and again when that is undone", () =>
    withLedger(async ({ ledger }) => {
      await ledger.importStores([aStore()]);
      const jobId = await submitJob(ledger, [aVisit({ images: 2 })], { inspect: "quick" });
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [{ ...measured(0), findings: aFinding("dark", "blurred") }, measured(1)], LEASE_MS);
      await assertSumsOfImages(ledger);
      const flags = async () =>
        Object.fromEntries(
          (await ledger.readCauseCells({ tenant: null, dimension: "store", keys: ["S1"], periods: [WEEK] })).map(
            (sum) => [sum.cause, sum.images],
          ),
        );
      assert.deepEqual(await flags(), { "flag:dark": 1, "flag:blurred": 1 });
      const decide = (state: "dismissed" | "open") =>
        ledger.decideReviews([{ jobId, image: 0 }], { state, note: null, by: null, tenant: null });
      await decide("dismissed");
      await assertSumsOfImages(ledger);
      assert.deepEqual(await flags(), {});
      assert.deepEqual(await places(ledger, { flag: "dark" }), []);
      await decide("open");
      await assertSumsOfImages(ledger);
      assert.deepEqual(await flags(), { "flag:dark": 1, "flag:blurred": 1 });
      assert.deepEqual(await places(ledger, { flag: "dark" }), [`${jobId}/0`]);
    }));

  it("counts the results of the last day by the ten seconds in which they came", () =>
    withLedger(async ({ ledger }) => {
      let at = 0;
      for (const tenant of ["b", "a"]) {
        const jobId = await submitJob(ledger, [aVisit({ images: 3 })], { tenant });
        at = Math.floor(((await ledger.readJob(jobId))?.createdAt ?? 0) / 10_000) * 10_000;
        const { lease } = await claimNext(ledger);
        const results = [measured(0), { ...measured(1), finishedAt: at + 9_999 }, { ...failed(2), finishedAt: at }];
        await ledger.record(lease, results, LEASE_MS);
      }
      await addUp(ledger);
      assert.deepEqual(await ledger.readThroughput("a", at - 100_000), [{ at, images: 2 }]);
      assert.deepEqual(await ledger.readThroughput(null, at - 100_000), [{ at, images: 4 }]);
      assert.deepEqual(await ledger.readThroughput(null, at + 1), []);
    }));

  it("keeps tenants apart, and sums over all of them for null", () =>
    withLedger(async ({ ledger }) => {
      for (const tenant of ["b", "a"]) {
        await submitJob(ledger, [aVisit()], { tenant });
        const { lease } = await claimNext(ledger);
        await ledger.record(lease, [measured(0)], LEASE_MS);
      }
      await addUp(ledger);
      assert.equal((await cell(ledger, "all", "", DAY, "a"))?.images, 1);
      assert.equal((await cell(ledger, "all", "", DAY, null))?.images, 2);
      assert.equal(await cell(ledger, "all", "", DAY, "c"), null);
      assert.equal((await allImages(ledger, { tenant: "a" })).length, 1);
      assert.equal((await allImages(ledger, { tenant: "c" })).length, 0);
    }));

  it("knows an agent by the member of the metadata that its tenant names", () =>
    withLedger(async ({ ledger }) => {
      await ledger.putTruthSettings("default", { ...USUAL_SETTINGS, agentKey: "rep" }, null);
      await submitJob(ledger, [aVisit({ labels: { ...NO_LABELS, metadata: { rep: "Ravi", agent: "?" } } })]);
      const { lease } = await claimNext(ledger);
      await ledger.record(lease, [measured(0)], LEASE_MS);
      await addUp(ledger);
      assert.equal((await cell(ledger, "agent", "Ravi"))?.images, 1);
      assert.equal((await allImages(ledger, { agent: "Ravi" })).length, 1);
      assert.equal((await allImages(ledger, { agent: "?" })).length, 0);
    }));

  it("lists images of all jobs by page: the latest day first, those without a date last", () =>
    withLedger(async ({ ledger }) => {
      const first = await fill(ledger);
      const second = await fill(ledger);
      await addUp(ledger);
      const wanted = [second, first].flatMap((job) => [`${job}/3`]);
      for (const job of [second, first]) wanted.push(`${job}/5`, `${job}/0`, `${job}/1`, `${job}/2`);
      for (const job of [second, first]) wanted.push(`${job}/4`);
      for (const limit of [1, 2, 3, 100]) assert.deepEqual(await places(ledger, {}, limit), wanted);
      const [latest] = await allImages(ledger);
      assert.partialDeepStrictEqual(latest, { visitDate: "2024-05-06", storeName: "Corner shop", area: "south" });
    }));

  it("finds images of all jobs by what they have in common", () =>
    withLedger(async ({ ledger }) => {
      const job = await fill(ledger);
      await addUp(ledger);
      const of = (filter: Partial<AnyImageFilter>) => places(ledger, filter, 2);
      assert.deepEqual(await of({ area: "north" }), [`${job}/0`, `${job}/1`, `${job}/2`]);
      assert.deepEqual(await of({ area: "" }), [`${job}/5`]);
      assert.deepEqual(await of({ storeId: "B1" }), [`${job}/3`, `${job}/4`]);
      assert.deepEqual(await of({ host: "other.example:8080" }), [`${job}/3`]);
      assert.deepEqual(await of({ agent: "Asha", outcome: "failed" }), [`${job}/2`]);
      assert.deepEqual(await of({ outcome: "measured", area: "north" }), [`${job}/0`, `${job}/1`]);
      assert.deepEqual(await of({ code: "not_found" }), [`${job}/2`]);
      assert.deepEqual(await of({ code: "not_found", area: "south" }), []);
      assert.deepEqual(await of({ from: "2024-05-02", to: "2024-05-06" }), [`${job}/3`]);
      assert.deepEqual(await of({ undated: true }), [`${job}/4`]);
      assert.deepEqual(await of({ jobId: job, storeId: "B1" }), [`${job}/3`, `${job}/4`]);
      assert.deepEqual(await of({ jobId: job + 1 }), []);
      assert.deepEqual(await of({ storeId: "\0" }), []);
    }));
}
