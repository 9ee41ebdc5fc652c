/** What the contract's tests of sums over jobs share: a ledger with a bit of everything, its sums, and what they must be by the images themselves. Tests only. */
import assert from "node:assert/strict";
import { periodOf } from "../domain/calendar.ts";
import { hostOf } from "../domain/host-of.ts";
import { LEASE_MS } from "../ledger/contract/ledger-under-test.ts";
import {
  ANY_IMAGE,
  type AnyImageFilter,
  type AnyImagePlace,
  type CellSums,
  DIMENSIONS,
  type Dimension,
  type Period,
} from "../ledger/port/insight-ledger.ts";
import type { Ledger } from "../ledger/port/ledger.ts";
import { aStore, aVisit, claimNext, failed, measured, submitJob } from "./ledger-builders.ts";

const ANY: AnyImageFilter = { ...ANY_IMAGE, tenant: null };
export const DAY: Period = { grain: "day", day: "2024-05-01" };
export const WEEK: Period = { grain: "week", day: "2024-04-29" };
export const MONTH: Period = { grain: "month", day: "2024-05-01" };
export const NO_DATE: Period = { grain: "none", day: "" };

export const byAgent = (agent: string) => ({ externalId: null, metadata: { agent } });

export async function addUp(ledger: Ledger): Promise<void> {
  while ((await ledger.addUpSums()).more);
}

export async function cell(
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

export const figures = (sums: CellSums | null) =>
  sums && [sums.visits, sums.images, sums.failed, sums.perimeter, sums.flagged];

export async function allImages(ledger: Ledger, filter: Partial<AnyImageFilter> = {}, limit = 2) {
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
export const places = async (ledger: Ledger, filter: Partial<AnyImageFilter> = {}, limit?: number) =>
  (await allImages(ledger, filter, limit)).map(({ jobId, image }) => `${jobId}/${image}`);

const placeOf = (dimension: Dimension, key: string, { grain, day }: Period) => `${dimension}/${key} ${grain}/${day}`;

const periodsOf = (day: string | null): readonly Period[] =>
  day === null
    ? [{ grain: "none", day: "" }]
    : (["day", "week", "month"] as const).map((grain) => ({ grain, day: periodOf(grain, day) }));

/** What the sums must be, counted from the images themselves. */
export async function assertSumsOfImages(
  ledger: Ledger,
  agentsByStore: Readonly<Record<string, string>> = {},
): Promise<void> {
  await addUp(ledger);
  const wanted = new Map<string, number[]>();
  const keysOf = new Map<Dimension, Set<string>>(DIMENSIONS.map((dimension) => [dimension, new Set<string>()]));
  const periods = new Map<string, Period>();
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
    const keys: [Dimension, string][] = [
      ["all", ""],
      ["area", row.area ?? ""],
      ["store", row.storeId],
      ["host", hostOf(row.imageUrl)],
    ];
    if (agent !== undefined) keys.push(["agent", agent]);
    for (const [dimension, key] of keys) {
      keysOf.get(dimension)?.add(key);
      for (const period of periodsOf(row.visitDate)) {
        const place = placeOf(dimension, key, period);
        periods.set(`${period.grain}/${period.day}`, period);
        const sums = wanted.get(place) ?? [0, 0, 0, 0, 0];
        wanted.set(
          place,
          sums.map((sum, no) => sum + (figures[no] ?? 0)),
        );
      }
    }
  }
  const found = new Map<string, readonly number[] | null>();
  for (const dimension of DIMENSIONS) {
    const spread = await ledger.readCells({
      tenant: null,
      dimension,
      keys: [...(keysOf.get(dimension) ?? [])],
      periods: [...periods.values()],
    });
    for (const one of spread) found.set(placeOf(dimension, one.key, one), figures(one));
  }
  assert.deepEqual(Object.fromEntries([...found].sort()), Object.fromEntries([...wanted].sort()));
}

/** Two areas, an unknown store, a visit without a date, a failed image of each kind. */
export async function fill(ledger: Ledger): Promise<number> {
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
