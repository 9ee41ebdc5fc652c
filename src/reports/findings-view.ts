/** Findings of a photo as the API and every report show them. */
import type { PhotoFlag, ReuseOf } from "../domain/findings.ts";
import type { ResultRow } from "../ledger/port/job-reader.ts";

export type ReuseView = {
  readonly image_url: string;
  readonly job_id: number;
  readonly image: number;
  readonly store_id: string;
  readonly visit_time: string;
  readonly kind: ReuseOf["kind"];
  readonly score: number;
  readonly why: string;
};

export function flagsOf({ findings, isReused }: Pick<ResultRow, "findings" | "isReused">): readonly PhotoFlag[] {
  const own = findings?.flags.map(({ flag }) => flag) ?? [];
  return isReused ? ["reused", ...own] : own;
}

export function reuseView({ imageUrl, jobId, image, storeId, visitTime, kind, score, why }: ReuseOf): ReuseView {
  const rounded = Math.round(score * 1000) / 1000;
  return {
    image_url: imageUrl,
    job_id: jobId,
    image,
    store_id: storeId,
    visit_time: visitTime,
    kind,
    score: rounded,
    why,
  };
}
