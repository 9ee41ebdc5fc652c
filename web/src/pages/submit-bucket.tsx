/** A job of what is in a bucket: where, which parts of its keys are what, a look at what the service finds there, and then the job. */
import { useState } from "preact/hooks";
import type { BucketDryRun, Job } from "../../../sdk/src/api-types.ts";
import { counted } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { useAction } from "../parts/use-action.ts";
import { navigate } from "../router.ts";
import { post, withQuery } from "../service/call.ts";
import { BucketListing } from "./bucket-listing.tsx";
import { CheckResult } from "./submit-check.tsx";

const PATH = "/api/v1/jobs/from-bucket";

export function SubmitBucket({ options }: { readonly options: Readonly<Record<string, string>> }) {
  const [from, setFrom] = useState("");
  const [visits, setVisits] = useState("{store}/{date}/{name}.jpg");
  const [found, setFound] = useState<BucketDryRun | null>(null);
  const [busy, setBusy] = useState(false);
  const { error, run } = useAction(() => setBusy(false));

  /** Of what was looked at nothing is left when it is changed. */
  function change(set: (text: string) => void, text: string): void {
    set(text);
    setFound(null);
  }

  function ask(work: () => Promise<void>): void {
    setBusy(true);
    run(() => work().finally(() => setBusy(false)));
  }

  const look = async () => {
    setFound(null);
    setFound(await post<BucketDryRun>(withQuery(PATH, { ...options, dry_run: "true" }), { from, visits }));
  };
  const submit = async () => {
    const { job } = await post<{ readonly job: Job }>(withQuery(PATH, options), { from, visits });
    navigate(`/jobs/${job.job_id}`);
  };

  return (
    <section class="card">
      <h2>Or a bucket</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask(look);
        }}
      >
        <label class="stacked">
          All photos below
          <input
            required
            spellcheck={false}
            placeholder="s3://bucket/prefix/"
            value={from}
            onInput={(event) => change(setFrom, event.currentTarget.value)}
          />
        </label>
        <label class="stacked">
          Which parts of a name are what
          <input
            required
            spellcheck={false}
            value={visits}
            onInput={(event) => change(setVisits, event.currentTarget.value)}
          />
        </label>
        <p class="quiet">
          <code>{"{store}"}</code>, <code>{"{date}"}</code> or <code>{"{year}"}</code> <code>{"{month}"}</code>{" "}
          <code>{"{day}"}</code>, <code>{"{name}"}</code>, <code>{"{any}"}</code>. Its credentials are kept under{" "}
          <Link href="/hosts">Hosts</Link>.
        </p>
        <div class="buttons">
          <button type="submit" disabled={busy}>
            {busy ? "Reading …" : "Preview"}
          </button>
        </div>
      </form>
      <div aria-live="polite">
        <ErrorNote error={error} />
        {found ? (
          <>
            <CheckResult check={found.check} />
            <BucketListing listing={found.listing} />
            <div class="buttons">
              <button
                type="button"
                class="primary"
                disabled={busy || !found.check.would_be_accepted}
                onClick={() => ask(submit)}
              >
                Submit {counted(found.check.images, "image")} of the bucket
              </button>
            </div>
          </>
        ) : null}
      </div>
    </section>
  );
}
