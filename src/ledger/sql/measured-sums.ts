/**
 * What the measured images of a chunk come to, by host, format and size, in either database. Kept by chunk, so that no two workers wait for one row, and written
 * with the results. A measured image keeps its result through every retry, so these sums only grow.
 */
import { IMAGE_FORMATS } from "../../domain/image.ts";
import type { ImageResult } from "../../domain/job.ts";
import { megapixelClass } from "../../domain/megapixels.ts";
import type { MeasuredSum } from "../port/job-reader.ts";
import { integer, oneOf, type Row, text } from "./row.ts";

/** Of those results that `isNew` names; of an image that comes twice the first is the one that is kept. */
export function sumsOfMeasured(
  results: readonly ImageResult[],
  isNew: (no: number) => boolean,
): readonly MeasuredSum[] {
  const seen = new Set<number>();
  const sums = new Map<string, Summing>();
  for (const { no, outcome, host = "", fetchMs } of results) {
    if (seen.has(no) || !isNew(no)) continue;
    seen.add(no);
    if (outcome.kind !== "measured") continue;
    const size = megapixelClass(outcome);
    const key = `${size} ${outcome.format} ${host}`;
    const sum = sums.get(key) ?? { host, format: outcome.format, size, images: 0, timed: 0, totalMs: 0, worstMs: 0 };
    sums.set(key, sum);
    sum.images += 1;
    if (fetchMs === null) continue;
    sum.timed += 1;
    sum.totalMs += fetchMs;
    sum.worstMs = Math.max(sum.worstMs, fetchMs);
  }
  return [...sums.values()];
}

type Summing = { -readonly [Name in keyof MeasuredSum]: MeasuredSum[Name] };

const COLUMNS = "host, format, size, images, timed, total_ms, worst_ms";

/** Adds `rows`, a select of the columns of a sum in their order, to those of the chunk at `place`. */
export const addingMeasured = (place: string, rows: string) => `
  insert into measured_sums (job, chunk, ${COLUMNS})
  select ${place}, given.* from (${rows}) given where true
  on conflict (job, chunk, host, format, size) do update set
    images = measured_sums.images + excluded.images, timed = measured_sums.timed + excluded.timed,
    total_ms = measured_sums.total_ms + excluded.total_ms,
    worst_ms = case when excluded.worst_ms > measured_sums.worst_ms then excluded.worst_ms else measured_sums.worst_ms end`;

/** Beside each the job's measured images: what a process of before recorded is in no sum. */
export const READ_MEASURED_SUMS = `
  select counted.measured, host, format, size, cast(sum(images) as bigint) as images, cast(sum(timed) as bigint) as timed,
         cast(sum(total_ms) as bigint) as total_ms, max(worst_ms) as worst_ms
  from (select cast(coalesce(sum(done - failed), 0) as bigint) as measured from chunks where job = $1) counted
  left join measured_sums on measured_sums.job = $1
  group by counted.measured, host, format, size`;

/** Null where they are not those of all measured images. */
export function measuredSumsIn(rows: readonly Row[]): readonly MeasuredSum[] | null {
  const sums = rows.filter(({ host }) => host !== null).map(measuredSum);
  const images = sums.reduce((sum, one) => sum + one.images, 0);
  return rows.every((row) => integer(row, "measured") === images) ? sums : null;
}

function measuredSum(row: Row): MeasuredSum {
  return {
    host: text(row, "host"),
    format: oneOf(row, "format", IMAGE_FORMATS),
    size: integer(row, "size"),
    images: integer(row, "images"),
    timed: integer(row, "timed"),
    totalMs: integer(row, "total_ms"),
    worstMs: integer(row, "worst_ms"),
  };
}
