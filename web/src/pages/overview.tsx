/** The whole service at one look. */

import type { Job, Overview } from "../../../sdk/src/api-types.ts";
import type { Page } from "../../../sdk/src/pages.ts";
import { count } from "../parts/format.ts";
import { JobRows } from "../parts/job-rows.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Rate } from "../parts/rate.tsx";
import { Table } from "../parts/table.tsx";
import { WaitingHosts } from "../parts/waiting-hosts.tsx";
import { FirstJob } from "../sample/first-job.tsx";
import { changes, liveJobs } from "../service/live.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { OverviewFigures } from "./overview-figures.tsx";

const EVERY_MS = 2_000;

export function OverviewPage() {
  const { data, error } = useAnswer<Overview>("/api/v1/overview", { everyMs: EVERY_MS, again: changes.value });
  const running = [...liveJobs.value.values()]
    .filter(({ status }) => status === "ongoing" || status === "paused")
    .sort((a, b) => b.job_id - a.job_id);
  return (
    <>
      <h1>Overview</h1>
      <ErrorNote error={error} />
      <OverviewFigures overview={data} />
      <section class="card">
        <h2>Images per second</h2>
        {data === null ? null : <Rate throughput={data.throughput} />}
      </section>
      <section class="card">
        <h2>Running jobs</h2>
        {running.length > 0 ? <JobRows jobs={running} /> : <NothingRuns />}
      </section>
      <WaitingHosts />
      {data ? <Failures overview={data} /> : null}
    </>
  );
}

function NothingRuns() {
  const { data } = useAnswer<Page<Job>>("/api/v1/jobs?limit=1", { again: changes.value });
  if (data?.data.length === 0) return <FirstJob />;
  return (
    <Empty>
      Nothing runs.{" "}
      {may("jobs:write") ? <Link href="/submit">Submit a job</Link> : <Link href="/jobs">See what ran</Link>}
    </Empty>
  );
}

function Failures({ overview }: { readonly overview: Overview }) {
  const codes = Object.entries(overview.last_hour.failures_by_code).sort(([, a], [, b]) => b - a);
  return (
    <div class="columns">
      <section class="card">
        <h2>Failures of the last hour</h2>
        {codes.length === 0 ? (
          <p class="quiet">None.</p>
        ) : (
          <Table
            rows={codes}
            keyOf={([code]) => code}
            columns={[
              { name: "Cause", cell: ([code]) => <code>{code}</code> },
              { name: "Images", look: "number", cell: ([, images]) => count(images) },
            ]}
          />
        )}
      </section>
      <section class="card">
        <h2>Hosts in trouble</h2>
        {overview.hosts_in_trouble.length === 0 ? (
          <p class="quiet">None among the running jobs.</p>
        ) : (
          <Table
            rows={overview.hosts_in_trouble}
            keyOf={({ host, code }) => `${code} ${host}`}
            columns={[
              { name: "Host", cell: ({ host }) => host },
              { name: "Cause", cell: ({ code }) => <code>{code}</code> },
              { name: "Images", look: "number", cell: ({ failed }) => count(failed) },
            ]}
          />
        )}
      </section>
    </div>
  );
}
