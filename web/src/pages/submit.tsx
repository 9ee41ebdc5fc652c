/** Submits a job: whatever was dropped, or pasted JSON. What is wrong with it is shown by line before anything is kept. */
import { useState } from "preact/hooks";
import type { DryRun, Job, Store } from "../../../sdk/src/api-types.ts";
import type { Page } from "../../../sdk/src/pages.ts";
import { counted } from "../parts/format.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { Priority } from "../parts/priority.tsx";
import { navigate } from "../router.ts";
import { SAMPLE_STORES, samplePhotos, sampleStoreOf, sampleText } from "../sample/sample.ts";
import { call, ServiceError, withQuery } from "../service/call.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { bodyOf } from "./photo-submission.ts";
import { SubmitBucket } from "./submit-bucket.tsx";
import { CheckResult } from "./submit-check.tsx";
import { type Dropped, SubmitDrop } from "./submit-drop.tsx";
import { type InspectionOptions, SubmitInspection } from "./submit-inspection.tsx";
import { NO_LABELS, SubmitLabels } from "./submit-labels.tsx";
import { NO_TABLE_OPTIONS, SubmitTable, type TableOptions } from "./submit-table.tsx";

/** With a type of null the browser gives it one, which has the boundary of the parts. */
type Sent = { readonly type: string | null; readonly body: Blob | FormData };

const sentOf = ({ type, body, photos }: Dropped): Sent =>
  photos ? { type: null, body: bodyOf({ job: new Blob([body], { type }), photos }) } : { type, body };

/** For a check their names are enough: the photos stay here. */
const withoutPhotos = ({ photos, ...dropped }: Dropped): Dropped =>
  photos ? { ...dropped, photos: photos.map(({ name }) => ({ name, file: new File([], name) })) } : dropped;

/** A store of the demo's, where none is known. */
const ANY_STORE = "S00339218";
const EXAMPLE_TIME = "2026-01-05T09:00:00Z";

export function SubmitPage() {
  const [source, setDropped] = useState<Dropped | null>(null);
  const [text, setText] = useState("");
  const [check, setCheck] = useState<DryRun | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [priority, setPriority] = useState("5");
  const [unknownStores, setUnknownStores] = useState("");
  const [inspection, setInspection] = useState<InspectionOptions>({});
  const [table, setTable] = useState(NO_TABLE_OPTIONS);
  const [labels, setLabels] = useState(NO_LABELS);
  const maySeeStores = may("stores:read");
  const known = useAnswer<Page<Store>>(maySeeStores ? SAMPLE_STORES : null);
  const example = sampleText(known.data ? sampleStoreOf(known.data).id : ANY_STORE, EXAMPLE_TIME);
  /** Wherever the images come from. */
  const ofAnySource = { priority, unknown_stores: unknownStores, ...inspection, ...labels };
  const options = { ...ofAnySource, ...table };

  async function send<T>({ type, body }: Sent, query: Record<string, string>): Promise<T | null> {
    setBusy(true);
    setError(null);
    try {
      return await call<T>(withQuery("/api/v1/jobs", query), {
        method: "POST",
        headers: { ...(type === null ? {} : { "content-type": type }), "idempotency-key": crypto.randomUUID() },
        body,
      });
    } catch (cause) {
      setError(cause instanceof ServiceError || cause instanceof Error ? cause.message : String(cause));
      return null;
    } finally {
      setBusy(false);
    }
  }

  async function look(from: Dropped, chosen: Record<string, string> = options): Promise<void> {
    setDropped(from);
    setCheck(null);
    setCheck(await send<DryRun>(sentOf(withoutPhotos(from)), { ...chosen, dry_run: "true" }));
  }

  async function submit(): Promise<void> {
    const job = source && (await send<Job>(sentOf(source), options));
    if (job) navigate(`/jobs/${job.job_id}`);
  }

  /** Another file has other columns. */
  function begin(from: Dropped): void {
    setTable(NO_TABLE_OPTIONS);
    void look(from, { ...options, ...NO_TABLE_OPTIONS });
  }

  async function beginText(): Promise<void> {
    const photos = await samplePhotos(text);
    const from = { name: "the JSON", type: "application/json", body: new Blob([text]) };
    begin(photos.length === 0 ? from : { ...from, photos });
  }

  function readAs(chosen: TableOptions): void {
    setTable(chosen);
    if (source) void look(source, { ...options, ...chosen });
  }

  return (
    <>
      <h1>Submit a job</h1>
      <div class="columns">
        <SubmitDrop busy={busy} onReady={begin} onRefused={setError} />
        <section class="card">
          <h2>Or JSON</h2>
          <label class="stacked">
            The submission
            <textarea
              rows={9}
              spellcheck={false}
              placeholder={example}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <div class="buttons">
            <button
              type="button"
              disabled={maySeeStores && known.data === null && known.error === null}
              onClick={() => setText(example)}
            >
              Fill in an example
            </button>
            <button type="button" disabled={busy || text.trim() === ""} onClick={() => void beginText()}>
              Check it
            </button>
          </div>
        </section>
        <SubmitBucket options={ofAnySource} />
      </div>
      <section class="card" aria-live="polite">
        <h2>{source === null ? "Check and submit" : `What becomes of ${source.name}`}</h2>
        <ErrorNote error={error} />
        {source === null ? <p class="quiet">It is checked first; nothing is kept until you submit it.</p> : null}
        {busy ? <p class="quiet">Reading …</p> : null}
        {check ? <CheckResult check={check} /> : null}
        {check ? <SubmitTable check={check} options={table} onChange={readAs} /> : null}
        <SubmitLabels options={labels} onChange={setLabels} />
        <SubmitInspection options={inspection} onChange={setInspection} />
        <div class="buttons">
          <Priority value={Number(priority)} onChange={(chosen) => setPriority(String(chosen))} />
          <label class="inline">
            Unknown stores
            <select
              value={unknownStores}
              onChange={(event) => {
                const chosen = event.currentTarget.value;
                setUnknownStores(chosen);
                if (source) void look(source, { ...options, unknown_stores: chosen });
              }}
            >
              <option value="">as the service is set</option>
              <option value="fail">their images fail</option>
              <option value="reject">refuse the job</option>
            </select>
          </label>
          <button
            type="button"
            class="primary"
            disabled={busy || !check?.would_be_accepted}
            onClick={() => void submit()}
          >
            {check ? `Submit ${counted(check.images, "image")}` : "Submit"}
          </button>
        </div>
      </section>
    </>
  );
}
