/** All jobs, newest first, narrowed by filters that stand in the page's address. */

import type { Job } from "../../../sdk/src/api-types.ts";
import { Exports } from "../parts/exports.tsx";
import { ChoiceFilter, DateFilter, TextFilter } from "../parts/filter.tsx";
import { FoldedFilters } from "../parts/folded-filters.tsx";
import { JobRows } from "../parts/job-rows.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { location } from "../router.ts";
import { FirstJob } from "../sample/first-job.tsx";
import { changes, liveJobs } from "../service/live.ts";
import { may } from "../service/session.ts";
import { DeletedJobs } from "./deleted-jobs.tsx";

const STATUSES = ["ongoing", "paused", "completed", "failed", "cancelled"];
const FILTERS = ["status", "store_id", "area", "external_id"];

export function JobsPage() {
  const { query } = location.value;
  const [from, to] = [query.get("from"), query.get("to")];
  const parameters: Record<string, string> = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""]));
  if (from) parameters.created_after = startOf(from);
  if (to) parameters.created_before = startOf(to, 1);
  const pages = usePages<Job>("/api/v1/jobs", parameters, changes.value);
  const jobs = (pages.data?.data ?? []).map((job) => liveJobs.value.get(job.job_id) ?? job);
  const isFiltered = Object.values(parameters).some((value) => value !== "");
  return (
    <>
      <div class="head">
        <h1>Jobs</h1>
        {may("jobs:write") ? (
          <span class="buttons">
            <Link href="/submit" class="button primary">
              Submit a job
            </Link>
          </span>
        ) : null}
      </div>
      <FoldedFilters label="Filters" names={[...FILTERS, "from", "to"]}>
        <ChoiceFilter name="status" label="Status" choices={STATUSES} all="any" />
        <TextFilter name="store_id" label="Store" />
        <TextFilter name="area" label="Area" />
        <TextFilter name="external_id" label="External id" />
        <DateFilter name="from" label="From" />
        <DateFilter name="to" label="To" />
      </FoldedFilters>
      <ErrorNote error={pages.error} />
      {pages.data === null ? null : jobs.length > 0 ? (
        <div class="card">
          <JobRows jobs={jobs} />
        </div>
      ) : isFiltered ? (
        <Empty>
          No job is like that. <Link href="/jobs">Show all jobs</Link>
        </Empty>
      ) : (
        <div class="card">
          <FirstJob />
        </div>
      )}
      <Pager pages={pages} />
      {jobs.length > 0 ? <Exports path="/api/v1/jobs" query={parameters} /> : null}
      <DeletedJobs />
    </>
  );
}

/** When a day of the viewer's own clock begins, or one so many days later: times are shown by the same. */
function startOf(date: string, daysLater = 0): string {
  const at = new Date(`${date}T00:00`);
  at.setDate(at.getDate() + daysLater);
  return at.toISOString();
}
