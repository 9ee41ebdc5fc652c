/** The numbers of a job's failed images that a filter means, gathered page by page. */
import type { ErrorCode } from "../domain/error-codes.ts";
import { hostOf } from "../domain/host-of.ts";
import type { JobReader } from "../ledger/port/job-reader.ts";

const ROWS_A_PAGE = 2_000;

/** Null for no limit; what is given must hold all at once. */
export type FailedImageFilter = {
  readonly codes: readonly ErrorCode[] | null;
  readonly host: string | null;
  readonly storeId: string | null;
};

export async function readFailedImages(
  ledger: Pick<JobReader, "readResults">,
  jobId: number,
  filter: FailedImageFilter,
): Promise<readonly number[]> {
  const { codes, host, storeId } = filter;
  const images: number[] = [];
  let after: number | null = -1;
  while (after !== null) {
    const page: Awaited<ReturnType<JobReader["readResults"]>> = await ledger.readResults(jobId, {
      after,
      limit: ROWS_A_PAGE,
      onlyFailed: true,
    });
    for (const row of page.rows) {
      if (codes && (row.code === null || !codes.includes(row.code))) continue;
      if (host !== null && hostOf(row.imageUrl) !== host) continue;
      if (storeId === null || row.storeId === storeId) images.push(row.image);
    }
    after = page.next;
  }
  return images;
}
