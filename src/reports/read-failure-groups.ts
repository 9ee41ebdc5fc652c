/** Gathers the failures of one job from its ledger, page by page. */
import { hostOf } from "../domain/host-of.ts";
import type { JobReader } from "../ledger/port/job-reader.ts";
import { createFailureGroups, type FailureGroups } from "./failure-groups.ts";

const ROWS_A_PAGE = 500;

export async function readFailureGroups(ledger: Pick<JobReader, "readResults">, jobId: number): Promise<FailureGroups> {
  const groups = createFailureGroups();
  let after: number | null = -1;
  while (after !== null) {
    const page: Awaited<ReturnType<JobReader["readResults"]>> = await ledger.readResults(jobId, {
      after,
      limit: ROWS_A_PAGE,
      onlyFailed: true,
    });
    for (const { code, imageUrl, storeId, image } of page.rows) {
      if (code !== null) groups.add({ code, host: hostOf(imageUrl), storeId, images: 1, image });
    }
    after = page.next;
  }
  return groups;
}
