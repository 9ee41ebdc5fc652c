/** What stands where there are no jobs yet: one to try at once, and the same from a terminal. */
import { useState } from "preact/hooks";
import type { Store } from "../../../sdk/src/api-types.ts";
import type { Page } from "../../../sdk/src/pages.ts";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { useAction } from "../parts/use-action.ts";
import { navigate } from "../router.ts";
import { may } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { maySubmitSample, SAMPLE_STORES, sampleLine, sampleStoreOf, submitSample } from "./sample.ts";

export function FirstJob() {
  const { data, error } = useAnswer<Page<Store>>(may("stores:read") ? SAMPLE_STORES : null);
  const [isSent, setSent] = useState(false);
  const action = useAction(() => {});
  const store = data && sampleStoreOf(data);
  if (!may("jobs:write") || store === null) {
    return (
      <>
        <ErrorNote error={error} />
        <Empty>There is no job yet.</Empty>
      </>
    );
  }
  const submit = async () => {
    setSent(true);
    const { job_id: job } = await submitSample(store).finally(() => setSent(false));
    navigate(`/jobs/${job}`);
  };
  return (
    <>
      <p>
        There is no job yet. <Link href="/submit">Submit your own</Link>, or try one with three small photos that come
        with this page{store.isNew ? ` and a store ${store.id}, which is added to the empty store master` : ""}:
      </p>
      {maySubmitSample(store) ? (
        <p class="buttons">
          <button type="button" class="primary" disabled={isSent} onClick={() => action.run(submit)}>
            Submit the sample
          </button>
        </p>
      ) : null}
      <ErrorNote error={action.error} />
      <Empty line={sampleLine(store)}>The same from a terminal, with one of them:</Empty>
    </>
  );
}
