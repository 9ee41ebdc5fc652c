/** What people are told of where they are: alerts with what is the case now, a message to try each, and a new one. */
import { useState } from "preact/hooks";
import type { Alert, Delivery } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Instant } from "../parts/instant.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { useAction } from "../parts/use-action.ts";
import { call, post, send } from "../service/call.ts";
import { changes } from "../service/live.ts";
import { useAnswer } from "../service/use-answer.ts";
import { ALERT_KINDS, NewAlert } from "./new-alert.tsx";

type Part = { readonly again: number; readonly onChanged: () => void };

export function Alerts({ again, onChanged }: Part) {
  const { data, error } = useAnswer<{ readonly data: readonly Alert[] }>("/api/v1/alerts", {
    again: `${again} ${changes.value}`,
    everyMs: 5_000,
  });
  const [removed, setRemoved] = useState<Alert | null>(null);
  const [tried, setTried] = useState<string | null>(null);
  const action = useAction(onChanged);
  const path = ({ id }: Alert) => `/api/v1/alerts/${id}`;
  const test = async (alert: Alert) => {
    const { data: sent } = await post<{ readonly data: readonly Delivery[] }>(`${path(alert)}/test`);
    setTried(
      sent.length === 0
        ? `${alert.name} tells nobody: its webhooks are off, or were removed.`
        : `A message of ${alert.name} is on its way to ${sent.length}; how it went is told below.`,
    );
  };
  return (
    <section class="card">
      <h2>Alerts</h2>
      <ErrorNote error={error ?? action.error} />
      <p class="quiet" role="status">
        {tried ??
          (data && data.data.length === 0
            ? "Nobody is told of jobs that fail, hosts in trouble or stores without visits yet."
            : "")}
      </p>
      <Table
        rows={data?.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          {
            name: "Alert",
            isHeading: true,
            cell: (alert) => (
              <>
                {alert.name}
                <small class="labels">{whenOf(alert)}</small>
              </>
            ),
          },
          { name: "State", cell: (alert) => <State alert={alert} /> },
          { name: "Told last", cell: ({ told_at: at }) => (at === null ? "–" : <Instant at={at} />) },
          {
            name: "Quiet hours",
            cell: ({ quiet_hours: quiet }) =>
              quiet === null ? (
                "–"
              ) : (
                <>
                  {quiet.from}–{quiet.to}
                  <small class="labels">{quiet.time_zone ?? "the tenant's time zone"}</small>
                </>
              ),
          },
          {
            name: "Actions",
            isUnseen: true,
            cell: (alert) => (
              <span class="buttons">
                <button type="button" class="small" onClick={() => action.run(() => test(alert))}>
                  Test
                </button>
                <button
                  type="button"
                  class="small"
                  onClick={() => action.run(() => send("PATCH", path(alert), { enabled: !alert.enabled }))}
                >
                  {alert.enabled ? "Switch off" : "Switch on"}
                </button>
                <button type="button" class="small danger" onClick={() => setRemoved(alert)}>
                  Remove …
                </button>
              </span>
            ),
          },
        ]}
      />
      <NewAlert again={again} onMade={onChanged} />
      {removed ? (
        <Confirm
          title={`Remove ${removed.name}?`}
          action="Remove it"
          onConfirm={async () => {
            await call(path(removed), { method: "DELETE" });
            onChanged();
          }}
          onClose={() => setRemoved(null)}
        >
          <p>Nobody is told of it any more. To leave it for a while, switch it off.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function whenOf({ kind, threshold }: Alert): string {
  const known = ALERT_KINDS.find(([value]) => value === kind);
  return known ? `${known[1]}: ${threshold} ${known[2]}` : kind;
}

const MARKS = { off: "", calm: "completed", waiting: "pending", firing: "failed" } as const;

function State({ alert: { state, firing, firing_since: since, waiting, causes } }: { readonly alert: Alert }) {
  const [first] = causes;
  return (
    <>
      <span class={`mark ${MARKS[state]}`}>{state}</span>{" "}
      {state === "firing" && since !== null ? (
        <small>
          {firing} since <Instant at={since} />
        </small>
      ) : null}
      {state === "waiting" ? <small>{waiting} not told yet</small> : null}
      {first && state !== "off" ? <small class="labels">{first.detail}</small> : null}
    </>
  );
}
