/** Fresh URLs for images whose signed URLs ran out: the report to fill in, and where to drop it. What is wrong with it is shown by line. */
import { useState } from "preact/hooks";
import { DropZone } from "../parts/drop-zone.tsx";
import { counted } from "../parts/format.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { ProblemTable } from "../parts/problem-table.tsx";
import { call, ServiceError } from "../service/call.ts";
import type { Job, Problem } from "../service/types.ts";

type Fault = { readonly message: string; readonly problem: Problem | null };

export function JobFreshUrls({ job, onRetried }: { readonly job: Job; readonly onRetried: () => void }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const path = `/api/v1/jobs/${job.job_id}`;

  async function send([file]: readonly File[]): Promise<void> {
    if (!file) return;
    setBusy(true);
    setFault(null);
    const type = /\.(?:ndjson|jsonl)$/i.test(file.name) ? "application/x-ndjson" : "text/csv";
    try {
      await call(`${path}/retry`, { method: "POST", headers: { "content-type": type }, body: file });
      onRetried();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      setFault({ message, problem: cause instanceof ServiceError ? cause.problem : null });
    }
    setBusy(false);
  }

  const { problems = [], problems_total: total = problems.length } = fault?.problem ?? {};
  return (
    <details class="fresh-urls">
      <summary>Go on with fresh URLs</summary>
      <p>
        Fill in the column <code>new_image_url</code> of{" "}
        <a href={`${path}/results?format=csv&outcome=failed`} download>
          the failed images
        </a>{" "}
        and drop the file here. The images whose URL you filled in run again in this job; the others stay as they are.
      </p>
      <DropZone
        accept=".csv,.ndjson,.jsonl,text/csv,application/x-ndjson"
        text={busy ? "Being read …" : "Drop the list of fresh URLs here, or choose it."}
        disabled={busy}
        onFiles={(files) => void send(files)}
      />
      {fault && problems.length > 0 ? (
        <>
          <p class="note error" role="alert">
            Nothing was changed: {counted(total, "problem")} must be mended first.
          </p>
          <ProblemTable problems={problems} total={total} />
        </>
      ) : (
        <ErrorNote error={fault?.message ?? null} />
      )}
    </details>
  );
}
