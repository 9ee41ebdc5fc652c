/** What this process did: jobs, images by outcome, and what went wrong on the way. Counted where the ledger confirmed it, so a fleet's sum is the ledger's. */
import { Counter, type Registry } from "prom-client";
import { ERROR_CODE_NAMES, isErrorCode } from "../domain/error-codes.ts";
import { TERMINAL_STATUSES } from "../domain/job.ts";
import type { RecordReply, SweepReport } from "../ledger/port/work-ledger.ts";

type Recorded = Extract<RecordReply, { kind: "recorded" }>;

export type WorkMetrics = {
  jobAccepted(): void;
  jobCancelled(): void;
  /** Results that the ledger took for new. */
  recorded(reply: Pick<Recorded, "inserted" | "failures" | "jobStatus">): void;
  fenced(): void;
  rescued(report: Pick<SweepReport, "rescued" | "split">): void;
  threadDied(): void;
};

export function addWorkMetrics(registry: Registry): WorkMetrics {
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });

  const accepted = counter("storewalk_jobs_accepted_total", "Jobs that this process accepted");
  const ended = counter("storewalk_jobs_ended_total", "Jobs that this process brought to their end", ["status"]);
  const images = counter("storewalk_images_total", "Images whose result this process recorded", ["outcome", "code"]);
  const fenced = counter("storewalk_fenced_total", "Chunks dropped because another worker had taken them over");
  const rescued = counter(
    "storewalk_rescued_chunks_total",
    "Chunks sent again because their worker or message was gone",
  );
  const split = counter("storewalk_split_chunks_total", "Chunks split into single images after repeated failures");
  const deaths = counter("storewalk_thread_deaths_total", "Pipeline threads that died and were replaced");

  // A series that begins with its first event has no rate for it.
  for (const status of TERMINAL_STATUSES) ended.inc({ status }, 0);
  images.inc({ outcome: "measured" }, 0);
  for (const code of ERROR_CODE_NAMES) images.inc({ outcome: "failed", code }, 0);

  return {
    jobAccepted: () => accepted.inc(),
    jobCancelled: () => ended.inc({ status: "cancelled" }),
    recorded({ inserted, failures, jobStatus }) {
      let measured = inserted;
      for (const [code, failed = 0] of Object.entries(failures)) {
        if (isErrorCode(code)) images.inc({ outcome: "failed", code }, failed);
        measured -= failed;
      }
      images.inc({ outcome: "measured" }, measured);
      if (jobStatus) ended.inc({ status: jobStatus });
    },
    fenced: () => fenced.inc(),
    rescued(report) {
      rescued.inc(report.rescued);
      split.inc(report.split);
    },
    threadDied: () => deaths.inc(),
  };
}
