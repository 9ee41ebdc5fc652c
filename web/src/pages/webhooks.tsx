/** Who is told of the ends of jobs, and what became of each telling. */
import { useState } from "preact/hooks";
import { Confirm } from "../parts/confirm.tsx";
import { when } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { useAction } from "../parts/use-action.ts";
import { call, post } from "../service/call.ts";
import { changes } from "../service/live.ts";
import type { Delivery, Webhook } from "../service/types.ts";
import { useAnswer } from "../service/use-answer.ts";

const LINE = () => `curl -X POST ${window.location.origin}/api/v1/webhooks \\
  -H 'content-type: application/json' -d '{"url": "https://hooks.example/storewalk"}'`;

export function WebhooksPage() {
  const [again, setAgain] = useState(0);
  const refresh = () => setAgain((before) => before + 1);
  return (
    <>
      <h1>Webhooks</h1>
      <Endpoints again={again} onChanged={refresh} />
      <Deliveries again={again} onChanged={refresh} />
    </>
  );
}

type Part = { readonly again: number; readonly onChanged: () => void };

function Endpoints({ again, onChanged }: Part) {
  const { data, error } = useAnswer<{ readonly data: readonly Webhook[] }>("/api/v1/webhooks", { again });
  const [url, setUrl] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const [removed, setRemoved] = useState<Webhook | null>(null);
  const action = useAction(onChanged);
  const show = async (answer: Promise<{ readonly secret: string }>) => setSecret((await answer).secret);
  const path = ({ id }: Webhook) => `/api/v1/webhooks/${id}`;
  return (
    <section class="card">
      <h2>Endpoints</h2>
      <ErrorNote error={error ?? action.error} />
      {secret === null ? null : (
        <p class="note good" role="status">
          The secret, shown this once: <code>{secret}</code>
        </p>
      )}
      {data && data.data.length === 0 ? (
        <Empty line={LINE()}>Nobody is told of the ends of jobs. Add an endpoint, or try this:</Empty>
      ) : null}
      {data && data.data.length > 0 ? (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">URL</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.data.map((webhook) => (
                <tr key={webhook.id}>
                  <td class="url" title={webhook.url}>
                    {webhook.url}
                  </td>
                  <td>
                    <span class={`mark ${webhook.enabled ? "completed" : "failed"}`}>
                      {webhook.enabled ? "on" : "off"}
                    </span>{" "}
                    <small>{webhook.disabled_reason}</small>
                  </td>
                  <td>
                    <span class="buttons">
                      <button
                        type="button"
                        class="small"
                        onClick={() => action.run(() => post(`${path(webhook)}/ping`))}
                      >
                        Ping
                      </button>
                      <button
                        type="button"
                        class="small"
                        onClick={() => action.run(() => change(path(webhook), !webhook.enabled))}
                      >
                        {webhook.enabled ? "Switch off" : "Switch on"}
                      </button>
                      <button
                        type="button"
                        class="small"
                        onClick={() => action.run(() => show(post(`${path(webhook)}/rotate`)))}
                      >
                        New secret
                      </button>
                      <button type="button" class="small danger" onClick={() => setRemoved(webhook)}>
                        Remove …
                      </button>
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <form
        class="filters add"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(async () => {
            await show(post("/api/v1/webhooks", { url }));
            setUrl("");
          });
        }}
      >
        <label>
          A new endpoint
          <input
            type="url"
            required
            placeholder="https://hooks.example/storewalk"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
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

function change(path: string, enabled: boolean): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  return call(path, { method: "PATCH", headers, body: JSON.stringify({ enabled }) });
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
          Look again
        </button>
      </div>
      <ErrorNote error={pages.error ?? action.error} />
      {pages.data && rows.length === 0 ? <p class="quiet">Nothing was told to anybody yet.</p> : null}
      {rows.length > 0 ? (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Event</th>
                <th scope="col">Job</th>
                <th scope="col">To</th>
                <th scope="col">Status</th>
                <th scope="col">Last answer</th>
                <th scope="col" class="wide">
                  Next attempt
                </th>
                <th scope="col">
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((delivery) => (
                <tr key={delivery.no}>
                  <td>
                    <code>{delivery.event}</code>
                  </td>
                  <td>
                    {delivery.job_id === null ? "–" : <Link href={`/jobs/${delivery.job_id}`}>{delivery.job_id}</Link>}
                  </td>
                  <td class="url" title={delivery.url}>
                    {delivery.url}
                  </td>
                  <td>
                    <span class={`mark ${delivery.status === "delivered" ? "completed" : delivery.status}`}>
                      {delivery.status}
                    </span>
                  </td>
                  <td class="answer">{delivery.last_status ?? delivery.last_error ?? "–"}</td>
                  <td class="wide">{when(delivery.next_attempt_at)}</td>
                  <td>
                    <button
                      type="button"
                      class="small"
                      onClick={() => action.run(() => post(`/api/v1/webhook-deliveries/${delivery.no}/replay`))}
                    >
                      Tell again
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <Pager pages={pages} />
    </section>
  );
}
