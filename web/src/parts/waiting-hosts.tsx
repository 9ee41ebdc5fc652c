/** Hosts in trouble that images wait for: how much of each is asked, until when it is left alone, and a button to wait no longer. */
import { useState } from "preact/hooks";
import type { Host } from "../../../sdk/src/api-types.ts";
import { post } from "../service/call.ts";
import { useAnswer } from "../service/use-answer.ts";
import { Confirm } from "./confirm.tsx";
import { count, counted } from "./format.ts";
import { Instant } from "./instant.tsx";
import { ErrorNote } from "./notes.tsx";
import { Table } from "./table.tsx";

const EVERY_MS = 2_000;

export function WaitingHosts() {
  const { data, error } = useAnswer<{ readonly data: readonly Host[] }>("/api/v1/hosts", { everyMs: EVERY_MS });
  const [asked, setAsked] = useState<Host | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const hosts = data?.data ?? [];
  if (hosts.length === 0 && error === null && asked === null && done === null) return null;
  return (
    <section class="card">
      <h2>Hosts that images wait for</h2>
      <ErrorNote error={error} />
      {done === null ? null : (
        <p class="note good" role="status">
          {done}
        </p>
      )}
      {hosts.length === 0 ? (
        <p class="quiet">None any more.</p>
      ) : (
        <Table
          rows={hosts}
          keyOf={({ host }) => host}
          columns={[
            { name: "Host", isHeading: true, cell: ({ host }) => host },
            { name: "Images", look: "number", cell: ({ images_waiting: images }) => count(images) },
            { name: "Pace", cell: paceOf },
            { name: "Refusals", look: "number", cell: ({ refusals }) => count(refusals) },
            { name: "Waits", cell: (host) => <Wait host={host} /> },
            {
              name: "Last failure",
              look: "wide",
              whole: ({ last_failure: last }) => last ?? "",
              cell: ({ last_failure: last }) => last ?? "–",
            },
            {
              name: "Decide",
              isUnseen: true,
              cell: (host) => (
                <button type="button" onClick={() => setAsked(host)}>
                  Give up
                </button>
              ),
            },
          ]}
        />
      )}
      {asked ? (
        <Confirm
          title={`Wait no longer for ${asked.host}?`}
          action="Give it up"
          onConfirm={async () => {
            const path = `/api/v1/hosts/${encodeURIComponent(asked.host)}/give-up`;
            const { jobs } = await post<{ readonly jobs: readonly number[] }>(path);
            setDone(`${asked.host} was given up for ${counted(jobs.length, "running job")}.`);
          }}
          onClose={() => setAsked(null)}
        >
          <p>
            {counted(asked.images_waiting, "image")} {asked.images_waiting === 1 ? "waits" : "wait"} for it. Images of
            all running jobs that are still to be asked of this host fail as <code>host_unavailable</code>. Later jobs
            ask it as ever; so does a retry of these by host.
          </p>
        </Confirm>
      ) : null}
    </section>
  );
}

function paceOf({ at_once: atOnce, per_second: perSecond }: Host): string {
  return perSecond === null ? `${count(atOnce)} at once` : `${count(atOnce)} at once, ${perSecond} a second`;
}

function Wait({ host }: { readonly host: Host }) {
  const { given_up: givenUp, waits_until: until, troubled_seconds: seconds } = host;
  if (givenUp) return <>no longer: given up</>;
  if (until !== null) {
    return (
      <>
        until <Instant at={until} />
      </>
    );
  }
  return <>{seconds > 0 ? `for a good answer, ${Math.round(seconds)} s` : "for its pace"}</>;
}
