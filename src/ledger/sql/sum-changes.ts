/** Changes of results and marks as the sums that they change: by tenant, dimension, period and key. Pure; must give for a change that went the exact opposite of what it gave when it came. */
import { GRAINS, type Grain, periodOf } from "../../domain/calendar.ts";
import { hostOf } from "../../domain/host-of.ts";
import type { Dimension, Sums } from "../port/insight-ledger.ts";
import { flagsIn } from "./marks.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";

type Place = readonly [tenant: string, dimension: Dimension, grain: Grain | "none", day: string, key: string];
export type SumRow = readonly [
  ...Place,
  visits: number,
  images: number,
  failed: number,
  perimeter: number,
  flagged: number,
];
export type CauseRow = readonly [...Place, cause: string, images: number];

type Tally = { -readonly [Name in keyof Sums]: number } & { readonly causes: Map<string, number> };
/** Images of one visit at one host: what they have in common says where they count. */
type Group = Tally & { readonly row: Row; readonly host: string };

export type ThroughputRow = readonly [tenant: string, slot: number, images: number];

/** Results are counted by the ten seconds in which they came. */
export const SLOT_MS = 10_000;

export function sumsOfChanges(rows: readonly Row[]): {
  readonly throughput: readonly ThroughputRow[];
  readonly sums: readonly SumRow[];
  readonly causes: readonly CauseRow[];
} {
  const groups = new Map<string, Group>();
  const hosts = createHosts();
  for (const row of rows) {
    const host = hosts(text(row, "url"));
    const key = `${integer(row, "job")}/${integer(row, "visit")}/${host}`;
    const group = groups.get(key) ?? { ...emptyTally(), row, host };
    groups.set(key, group);
    addChange(group, row);
  }
  const places = new Map<string, { readonly place: Place; readonly tally: Tally }>();
  for (const group of groups.values()) {
    for (const place of placesOf(group)) {
      const key = place.join("\0");
      const found = places.get(key) ?? { place, tally: emptyTally() };
      places.set(key, found);
      addTally(found.tally, group);
    }
  }
  // In the order of their index, so that the pages of a day are written one after the other.
  const ordered = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
  return {
    sums: ordered.filter(({ tally }) => isChange(tally)).map(({ place, tally }) => sumRow(place, tally)),
    causes: ordered.flatMap(({ place, tally }) => causeRows(place, tally)),
    throughput: throughputOf(rows),
  };
}

function throughputOf(rows: readonly Row[]): readonly ThroughputRow[] {
  const counts = new Map<string, ThroughputRow>();
  for (const row of rows) {
    const finishedAt = integerOrNull(row, "finished_at");
    if (finishedAt === null || integer(row, "sign") < 0) continue;
    const [tenant, slot] = [text(row, "tenant"), Math.floor(finishedAt / SLOT_MS)];
    const key = `${slot} ${tenant}`;
    counts.set(key, [tenant, slot, 1 + (counts.get(key)?.[2] ?? 0)]);
  }
  return [...counts.values()];
}

/** Of a photo host's many URLs each is read no further than its first slash behind the name. */
function createHosts(): (url: string) => string {
  const known = new Map<string, string>();
  return (url) => {
    const end = url.indexOf("/", url.indexOf("//") + 2);
    const origin = end > 0 && !url.includes("\\") ? url.slice(0, end) : url;
    const host = known.get(origin) ?? hostOf(origin === url ? url : `${origin}/`);
    if (origin !== url) known.set(origin, host);
    return host;
  };
}

function emptyTally(): Tally {
  return { visits: 0, images: 0, failed: 0, perimeter: 0, flagged: 0, causes: new Map() };
}

function addChange(tally: Tally, row: Row): void {
  const sign = integer(row, "sign");
  const marks = integerOrNull(row, "marks");
  const code = textOrNull(row, "code");
  const addCause = (cause: string) => tally.causes.set(cause, (tally.causes.get(cause) ?? 0) + sign);
  if (marks !== null) {
    tally.flagged += sign;
    for (const flag of flagsIn(marks)) addCause(`flag:${flag}`);
    return;
  }
  tally.images += sign;
  if (integer(row, "image") === integer(row, "first_image")) tally.visits += sign;
  if (code === null) tally.perimeter += sign * integer(row, "perimeter");
  else {
    tally.failed += sign;
    addCause(code);
  }
}

function addTally(to: Tally, from: Tally): void {
  to.visits += from.visits;
  to.images += from.images;
  to.failed += from.failed;
  to.perimeter += from.perimeter;
  to.flagged += from.flagged;
  for (const [cause, images] of from.causes) to.causes.set(cause, (to.causes.get(cause) ?? 0) + images);
}

function placesOf({ row, host }: Group): readonly Place[] {
  const tenant = text(row, "tenant");
  const day = textOrNull(row, "visit_date");
  const agent = textOrNull(row, "agent");
  const keys: (readonly [Dimension, string])[] = [
    ["all", ""],
    ["area", textOrNull(row, "area") ?? ""],
    ["store", text(row, "store_id")],
    ["host", host],
  ];
  if (agent !== null) keys.push(["agent", agent]);
  const periods: (readonly [Grain | "none", string])[] =
    day === null ? [["none", ""]] : GRAINS.map((grain) => [grain, periodOf(grain, day)]);
  return keys.flatMap(([dimension, key]) =>
    periods.map(([grain, period]): Place => [tenant, dimension, grain, period, key]),
  );
}

const isChange = ({ visits, images, failed, perimeter, flagged }: Tally) =>
  [visits, images, failed, perimeter, flagged].some((sum) => sum !== 0);

function sumRow(place: Place, { visits, images, failed, perimeter, flagged }: Tally): SumRow {
  return [...place, visits, images, failed, perimeter, flagged];
}

function causeRows(place: Place, { causes }: Tally): readonly CauseRow[] {
  const changed = [...causes].filter(([, images]) => images !== 0);
  return changed.map(([cause, images]) => [...place, cause, images]);
}
