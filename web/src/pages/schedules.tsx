/** Jobs that repeat: when each runs next, what became of its last runs, and a new one. */
import { useState } from "preact/hooks";
import type { Schedule, ScheduleDryRun } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { useAction } from "../parts/use-action.ts";
import { call, post, send } from "../service/call.ts";
import { changes } from "../service/live.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { cronWords } from "./cron-words.ts";
import { AnotherSource, NewSchedule } from "./new-schedule.tsx";
import { SourceLine } from "./schedule-source.tsx";
import { ScheduleTrial } from "./schedule-trial.tsx";

export function SchedulesPage() {
  const [again, setAgain] = useState(0);
  const { data, error } = useAnswer<{ readonly data: readonly Schedule[] }>("/api/v1/schedules", {
    again: `${again} ${changes.value}`,
    everyMs: 5_000,
  });
  const [removed, setRemoved] = useState<Schedule | null>(null);
  const [moved, setMoved] = useState<Schedule | null>(null);
  const [trial, setTrial] = useState<{ readonly name: string; readonly of: ScheduleDryRun } | null>(null);
  const tryIt = async ({ id, name }: Schedule) => {
    setTrial(null);
    setTrial({ name, of: await post<ScheduleDryRun>(`/api/v1/schedules/${id}/run?dry_run=true`) });
  };
  const refresh = () => setAgain((before) => before + 1);
  const action = useAction(refresh);
  const isMine = may("jobs:write");
  return (
    <>
      <h1>Schedules</h1>
      <section class="card">
        <h2>Jobs that repeat</h2>
        <ErrorNote error={error ?? action.error} />
        {data && data.data.length === 0 ? <Empty>No job repeats yet.</Empty> : null}
        <Table
          rows={data?.data ?? []}
          keyOf={({ id }) => id}
          columns={[
            {
              name: "Name",
              isHeading: true,
              cell: (schedule) => (
                <>
                  {schedule.name}
                  <small class="labels">
                    <SourceLine source={schedule.source} />
                  </small>
                </>
              ),
            },
            {
              name: "When",
              cell: ({ cron, time_zone: zone }) => (
                <>
                  {cronWords(cron) ?? <code>{cron}</code>}
                  <small class="labels">{zone}</small>
                </>
              ),
            },
            {
              name: "Next run",
              cell: ({ next_run_at: next }) => (next === null ? <span class="mark">off</span> : <Instant at={next} />),
            },
            { name: "Last run", cell: ({ runs: [last] }) => <LastRun run={last} /> },
            {
              name: "Actions",
              isUnseen: true,
              cell: (schedule) =>
                isMine ? (
                  <span class="buttons">
                    <button type="button" class="small" onClick={() => action.run(() => tryIt(schedule))}>
                      Try it
                    </button>
                    <button
                      type="button"
                      class="small"
                      onClick={() => action.run(() => post(`/api/v1/schedules/${schedule.id}/run`))}
                    >
                      Run now
                    </button>
                    <button
                      type="button"
                      class="small"
                      onClick={() =>
                        action.run(() =>
                          send("PATCH", `/api/v1/schedules/${schedule.id}`, { enabled: !schedule.enabled }),
                        )
                      }
                    >
                      {schedule.enabled ? "Switch off" : "Switch on"}
                    </button>
                    <button type="button" class="small" onClick={() => setMoved(schedule)}>
                      Another source …
                    </button>
                    <button type="button" class="small danger" onClick={() => setRemoved(schedule)}>
                      Remove …
                    </button>
                  </span>
                ) : null,
            },
          ]}
        />
        {trial ? <ScheduleTrial name={trial.name} trial={trial.of} /> : null}
      </section>
      {isMine ? <NewSchedule onMade={refresh} /> : null}
      {moved ? <AnotherSource schedule={moved} onMoved={refresh} onClose={() => setMoved(null)} /> : null}
      {removed ? (
        <Confirm
          title={`Remove ${removed.name}?`}
          action="Remove it"
          onConfirm={async () => {
            await call(`/api/v1/schedules/${removed.id}`, { method: "DELETE" });
            refresh();
          }}
          onClose={() => setRemoved(null)}
        >
          <p>It makes no more jobs. Those that it made stay; a file that it kept does not.</p>
        </Confirm>
      ) : null}
    </>
  );
}

function LastRun({ run }: { readonly run: Schedule["runs"][number] | undefined }) {
  if (!run) return <span class="nothing">–</span>;
  if (run.outcome === "failed") return <span class="bad">{run.error}</span>;
  if (run.outcome === "nothing_new") {
    return (
      <>
        nothing new{" "}
        <small>
          <Instant at={run.ended_at} />
        </small>
      </>
    );
  }
  return (
    <>
      <Link href={`/jobs/${run.job_id}`}>{`Job ${run.job_id}`}</Link>{" "}
      <small>
        <Instant at={run.ended_at} />
      </small>
    </>
  );
}
