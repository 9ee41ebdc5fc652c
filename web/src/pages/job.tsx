/** One job: where it stands, why images failed, each image, and what can be done about it. */
import type { TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Job } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { FactRow } from "../parts/fact-row.tsx";
import type { Fact } from "../parts/facts.tsx";
import { count, counted, duration, rate, share, ZONE } from "../parts/format.ts";
import { Instant } from "../parts/instant.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Priority } from "../parts/priority.tsx";
import { isPartly, ProgressBar, StatusMark } from "../parts/progress-bar.tsx";
import { location, navigate, setQuery } from "../router.ts";
import { call, post, withQuery } from "../service/call.ts";
import { liveJobs } from "../service/live.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { JobContactSheet } from "./job-contact-sheet.tsx";
import { JobFailures } from "./job-failures.tsx";
import { JobImages } from "./job-images.tsx";
import { JobTruth } from "./job-truth.tsx";
import { JobVisits } from "./job-visits.tsx";

const TABS = [
  ["failures", "Failures"],
  ["images", "Images"],
  ["visits", "Visits"],
  ["sheet", "Contact sheet"],
  ["truth", "Truth"],
] as const;

export function JobPage({ jobId }: { readonly jobId: number }) {
  const [again, setAgain] = useState(0);
  /** As the job was when it was opened: nothing moves under whoever looks. */
  const opensOn = useRef<"failures" | "images" | null>(null);
  const live = liveJobs.value.get(jobId);
  const { data, error } = useAnswer<Job>(`/api/v1/jobs/${jobId}`, { again: `${again} ${live?.status}` });
  // The newer of the two: runs only go up, and a job that is over in its run stays so. What is decided after its end is told to nobody.
  const isOver = data !== null && data.finished_at !== null && data.run === live?.run;
  const job = live && (!data || (live.run >= data.run && !isOver)) ? live : data;
  if (!job) {
    return (
      <>
        <h1>Job {jobId}</h1>
        <ErrorNote error={error} />
      </>
    );
  }
  opensOn.current ??= isClean(job) ? "images" : "failures";
  const tabs = TABS.filter(([name]) => name !== "truth" || job.inspect !== "off");
  const tab = tabs.find(([name]) => name === location.value.query.get("tab"))?.[0] ?? opensOn.current;
  const refresh = () => setAgain((before) => before + 1);
  const suspected = job.flagged.images - job.flagged.dismissed;
  return (
    <>
      <div class="head">
        <h1>
          Job {job.job_id} {job.external_id === null ? null : <small>{job.external_id}</small>}
        </h1>
        <StatusMark job={job} />
        {job.run > 1 ? <span class="quiet">run {job.run}</span> : null}
      </div>
      <section class="card" aria-label="Progress">
        <ProgressBar job={job} />
        <Facts job={job} />
        <Controls job={job} onChanged={refresh} />
      </section>
      <div class="tabs" role="tablist" aria-label="Parts of the job" onKeyDown={(event) => turnTabs(event, tabs, tab)}>
        {tabs.map(([name, text]) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={tab === name}
            aria-controls="job-part"
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setQuery({ tab: name })}
          >
            {text}{" "}
            {name === "failures" && job.counts.failed > 0 ? (
              <b class={isPartly(job) ? "partly" : "bad"}>{count(job.counts.failed)}</b>
            ) : null}
            {name === "truth" && suspected > 0 ? <b class="suspected">{count(suspected)}</b> : null}
          </button>
        ))}
      </div>
      <div id="job-part" role="tabpanel" aria-label={TABS.find(([name]) => name === tab)?.[1]}>
        {tab === "failures" ? <JobFailures job={job} onRetried={refresh} /> : null}
        {tab === "images" ? <JobImages job={job} /> : null}
        {tab === "sheet" ? <JobContactSheet job={job} /> : null}
        {tab === "visits" ? <JobVisits job={job} onAdded={refresh} /> : null}
        {tab === "truth" ? <JobTruth job={job} onDecided={refresh} /> : null}
      </div>
    </>
  );
}

/** Over, and nothing of it failed: there is no failure to look at. */
const isClean = ({ finished_at, counts }: Job): boolean => finished_at !== null && counts.failed === 0;

/** The arrow keys go from tab to tab, as everywhere; Tab goes on into the part. */
function turnTabs(
  event: TargetedKeyboardEvent<HTMLElement>,
  tabs: readonly (typeof TABS)[number][],
  tab: (typeof TABS)[number][0],
): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  const at = (tabs.findIndex(([name]) => name === tab) + step + tabs.length) % tabs.length;
  setQuery({ tab: tabs[at]?.[0] ?? tab });
  event.currentTarget.querySelectorAll("button")[at]?.focus();
}

function Facts({ job }: { readonly job: Job }) {
  const { images, done, succeeded, failed, visits } = job.counts;
  const isOver = job.finished_at !== null;
  const facts: readonly Fact[] = [
    ["Images", `${count(done)} of ${count(images)}`],
    ["Measured", count(succeeded)],
    ["Failed", `${count(failed)} (${share(failed, done)})`],
    ["Visits", count(visits)],
    ["Images per second", rate(job.images_per_second)],
    ["Submitted", <Instant at={job.created_at} />],
    isOver
      ? ["Ended", <Instant at={job.finished_at} />]
      : ["Time left", job.eta_seconds === null ? "not known yet" : duration(job.eta_seconds)],
  ];
  const labels = Object.entries(job.metadata);
  return (
    <>
      <FactRow facts={facts} />
      {labels.length === 0 ? null : <FactRow facts={labels} />}
    </>
  );
}

function Controls({ job, onChanged }: { readonly job: Job; readonly onChanged: () => void }) {
  const [asked, setAsked] = useState<"cancel" | "pause" | "resume" | "delete" | null>(null);
  const [error, setError] = useState<string | null>(null);
  const open = job.counts.images - job.counts.done;
  const path = `/api/v1/jobs/${job.job_id}`;
  const change = async (verb: string, body?: unknown) => {
    await post(`${path}/${verb}`, body);
    onChanged();
  };
  const tryChange = (verb: string, body?: unknown) => {
    setError(null);
    change(verb, body).catch((cause: unknown) => setError(cause instanceof Error ? cause.message : String(cause)));
  };
  const isOver = job.finished_at !== null;
  return (
    <>
      <div class="buttons spread">
        <span class="downloads">
          Report:{" "}
          {["xlsx", "csv", "ndjson", "json"].map((format) => (
            <a key={format} href={`${path}/results?format=${format}`} download>
              {format.toUpperCase()}
            </a>
          ))}
          {job.counts.failed > 0 ? (
            <a href={`${path}/results?format=csv&outcome=failed&bom=1`} download>
              failed only, to submit again
            </a>
          ) : null}
          <a href={withQuery(`${path}/summary`, { time_zone: ZONE })}>summary to print</a>
        </span>
        {isOver && may("jobs:write") ? (
          <button type="button" class="danger" onClick={() => setAsked("delete")}>
            Delete …
          </button>
        ) : null}
        {isOver || !may("jobs:write") ? null : (
          <span class="buttons">
            <Priority value={job.priority} onChange={(priority) => tryChange("priority", { priority })} />
            {job.status === "paused" ? (
              <button type="button" onClick={() => setAsked("resume")}>
                Resume …
              </button>
            ) : (
              <button type="button" onClick={() => setAsked("pause")}>
                Pause …
              </button>
            )}
            <button type="button" class="danger" onClick={() => setAsked("cancel")}>
              Cancel …
            </button>
          </span>
        )}
      </div>
      <ErrorNote error={error} />
      {asked === "cancel" ? (
        <Confirm
          title={`Cancel job ${job.job_id}?`}
          action={`Cancel ${counted(open, "image")}`}
          leave="Let it run"
          onConfirm={() => change("cancel")}
          onClose={() => setAsked(null)}
        >
          <p>
            {counted(open, "image")} without a result will get none. The {count(job.counts.done)} that have one keep it.
            This cannot be taken back.
          </p>
        </Confirm>
      ) : null}
      {asked === "delete" ? (
        <Confirm
          title={`Delete job ${job.job_id}?`}
          action={`Delete ${counted(job.counts.images, "image")}`}
          onConfirm={async () => {
            await call(path, { method: "DELETE" });
            navigate("/jobs");
          }}
          onClose={() => setAsked(null)}
        >
          <p>
            {counted(job.counts.visits, "visit")} with {counted(job.counts.images, "image")} and their results are seen
            no more. For a day they can be restored from the list of jobs; then they are removed, with their photos and
            fingerprints.
          </p>
        </Confirm>
      ) : null}
      {asked === "resume" ? (
        <Confirm
          title={`Resume job ${job.job_id}?`}
          action="Resume"
          onConfirm={() => change("resume")}
          onClose={() => setAsked(null)}
        >
          <p>{counted(open, "image")} without a result go on.</p>
        </Confirm>
      ) : null}
      {asked === "pause" ? (
        <Confirm
          title={`Pause job ${job.job_id}?`}
          action="Pause"
          onConfirm={() => change("pause")}
          onClose={() => setAsked(null)}
        >
          <p>{counted(open, "image")} wait until the job is resumed; what is being worked on finishes.</p>
        </Confirm>
      ) : null}
    </>
  );
}
