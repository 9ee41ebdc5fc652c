/** Who is told of the ends of jobs, and what became of each telling. */
import { useState } from "preact/hooks";
import type { Delivery, Webhook } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { CutUrl } from "../parts/cut-url.tsx";
import { DeliveryMark } from "../parts/delivery-mark.tsx";
import { Exports } from "../parts/exports.tsx";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Secret } from "../parts/secret.tsx";
import { Table } from "../parts/table.tsx";
import { useAction } from "../parts/use-action.ts";
import { call, post, send } from "../service/call.ts";
import { changes } from "../service/live.ts";
import { useAnswer } from "../service/use-answer.ts";
import { Alerts } from "./alerts.tsx";
import { deliveryPath } from "./delivery.tsx";

const LINE = () => `curl -X POST ${window.location.origin}/api/v1/webhooks \\
  -H 'content-type: application/json' -d '{"url": "https://hooks.example/storewalk"}'`;

export function WebhooksPage() {
  const [again, setAgain] = useState(0);
  const refresh = () => setAgain((before) => before + 1);
  return (
    <>
      <h1>Webhooks</h1>
      <Endpoints again={again} onChanged={refresh} />
      <Alerts again={again} onChanged={refresh} />
      <Deliveries again={again} onChanged={refresh} />
    </>
  );
}

const FORMATS = [
  ["json", "signed JSON"],
  ["slack", "Slack message"],
  ["teams", "Teams message"],
  ["email", "mail"],
] as const;

type Made = { readonly secret: string; readonly warning: string | null };
type Part = { readonly again: number; readonly onChanged: () => void };

function Endpoints({ again, onChanged }: Part) {
  const { data, error } = useAnswer<{ readonly data: readonly Webhook[] }>("/api/v1/webhooks", { again });
  const [url, setUrl] = useState("");
  const [format, setFormat] = useState<Webhook["format"]>("json");
  const [secret, setSecret] = useState<{ readonly name: string; readonly text: string } | null>(null);
  const [warned, setWarned] = useState<string | null>(null);
  const [removed, setRemoved] = useState<Webhook | null>(null);
  const action = useAction(onChanged);
  const renew = async (webhook: Webhook) => {
    const { secret: text } = await post<{ readonly secret: string }>(`${path(webhook)}/rotate`);
    setSecret({ name: "The new secret; messages are signed with the one before, too, for 24 hours", text });
  };
  const path = ({ id }: Webhook) => `/api/v1/webhooks/${id}`;
  return (
    <section class="card">
      <h2>Endpoints</h2>
      <ErrorNote error={error ?? action.error} />
      {secret === null ? null : <Secret name={secret.name} value={secret.text} onKept={() => setSecret(null)} />}
      {warned === null ? null : (
        <p class="note warning" role="alert">
          {warned}
        </p>
      )}
      {data && data.data.length === 0 ? (
        <Empty line={LINE()}>Nobody is told of the ends of jobs. Add an endpoint, or try this:</Empty>
      ) : null}
      <Table
        rows={data?.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          { name: "URL", look: "url", whole: (webhook) => webhook.url, cell: ({ url }) => <CutUrl url={url} /> },
          { name: "Told as", cell: ({ format }) => FORMATS.find(([value]) => value === format)?.[1] ?? format },
          {
            name: "State",
            cell: ({ enabled, disabled_reason }) => (
              <>
                <span class={`mark ${enabled ? "completed" : "failed"}`}>{enabled ? "on" : "off"}</span>{" "}
                <small>{disabled_reason}</small>
              </>
            ),
          },
          {
            name: "Actions",
            isUnseen: true,
            cell: (webhook) => (
              <span class="buttons">
                <button type="button" class="small" onClick={() => action.run(() => post(`${path(webhook)}/ping`))}>
                  Ping
                </button>
                <button
                  type="button"
                  class="small"
                  onClick={() => action.run(() => send("PATCH", path(webhook), { enabled: !webhook.enabled }))}
                >
                  {webhook.enabled ? "Switch off" : "Switch on"}
                </button>
                {webhook.format === "json" ? (
                  <button type="button" class="small" onClick={() => action.run(() => renew(webhook))}>
                    New secret
                  </button>
                ) : null}
                <button type="button" class="small danger" onClick={() => setRemoved(webhook)}>
                  Remove …
                </button>
              </span>
            ),
          },
        ]}
      />
      <form
        class="filters add"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(async () => {
            const made = await post<Made>("/api/v1/webhooks", { url, format });
            // Only the JSON is signed.
            if (format === "json") setSecret({ name: "The secret", text: made.secret });
            setWarned(made.warning === null ? null : `Nothing will be sent to ${url} as things are: ${made.warning}.`);
            setUrl("");
          });
        }}
      >
        <label>
          A new endpoint
          <input
            type="url"
            required
            placeholder={format === "email" ? "mailto:team@company.example" : "https://hooks.example/storewalk"}
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        <label>
          Told as
          <select
            value={format}
            onChange={({ currentTarget: { value } }) =>
              setFormat(FORMATS.find(([known]) => known === value)?.[0] ?? "json")
            }
          >
            {FORMATS.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">Add</button>
      </form>
      {removed ? (
        <Confirm
          title="Remove this endpoint?"
          action="Remove it"
          onConfirm={async () => {
            await call(path(removed), { method: "DELETE" });
            onChanged();
          }}
          onClose={() => setRemoved(null)}
        >
          <p>{removed.url} is told nothing more; its deliveries go with it, also those that wait.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function Deliveries({ again, onChanged }: Part) {
  const pages = usePages<Delivery>("/api/v1/webhook-deliveries", {}, `${again} ${changes.value}`);
  const action = useAction(onChanged);
  const rows = pages.data?.data ?? [];
  return (
    <section class="card">
      <div class="head">
        <h2>Deliveries</h2>
        <button type="button" class="small" onClick={onChanged}>
          Refresh
        </button>
      </div>
      <ErrorNote error={pages.error ?? action.error} />
      {pages.data && rows.length === 0 ? <p class="quiet">Nothing was told to anybody yet.</p> : null}
      <Table
        rows={rows}
        keyOf={({ no }) => no}
        columns={[
          {
            name: "Event",
            isHeading: true,
            cell: (delivery) => (
              <Link href={deliveryPath(delivery)}>
                <code>{delivery.event}</code> <span class="unseen">delivery {delivery.no}</span>
              </Link>
            ),
          },
          { name: "Job", cell: ({ job_id: id }) => (id === null ? "–" : <Link href={`/jobs/${id}`}>{id}</Link>) },
          { name: "To", look: "url", whole: ({ url }) => url, cell: ({ url }) => <CutUrl url={url} /> },
          {
            name: "Status",
            cell: (delivery) => <DeliveryMark delivery={delivery} />,
          },
          {
            name: "Last answer",
            look: "answer",
            cell: (delivery) => delivery.last_status ?? delivery.last_error ?? "–",
          },
          { name: "Next attempt", look: "wide", cell: ({ next_attempt_at }) => <Instant at={next_attempt_at} /> },
          {
            name: "Actions",
            isUnseen: true,
            cell: ({ no }) => (
              <button
                type="button"
                class="small"
                onClick={() => action.run(() => post(`/api/v1/webhook-deliveries/${no}/replay`))}
              >
                Send again
              </button>
            ),
          },
        ]}
      />
      <Pager pages={pages} />
      {rows.length === 0 ? null : <Exports path="/api/v1/webhook-deliveries" query={{}} />}
    </section>
  );
}
