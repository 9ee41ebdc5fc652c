/** One telling of a webhook: what was sent, and what came of each attempt. */

import type { Delivery, DeliveryInFull } from "../../../sdk/src/api-types.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { DeliveryMark } from "../parts/delivery-mark.tsx";
import { FactList } from "../parts/facts.tsx";
import { count } from "../parts/format.ts";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { useAction } from "../parts/use-action.ts";
import { navigate } from "../router.ts";
import { post } from "../service/call.ts";
import { useAnswer } from "../service/use-answer.ts";

const ASKED_EVERY_MS = 3_000;

export function DeliveryPage({ no }: { readonly no: number }) {
  const path = `/api/v1/webhook-deliveries/${no}`;
  const { data, error } = useAnswer<DeliveryInFull>(path, { everyMs: ASKED_EVERY_MS });
  const action = useAction(() => {});
  const sendAgain = async () => navigate(deliveryPath(await post<Delivery>(`${path}/replay`)));
  return (
    <>
      <div class="head">
        <h1>
          Delivery {no}{" "}
          <small>
            of <Link href="/webhooks">webhooks</Link>
          </small>
        </h1>
        {data ? <DeliveryMark delivery={data} /> : null}
        {data ? (
          <button type="button" onClick={() => action.run(sendAgain)}>
            Send again
          </button>
        ) : null}
      </div>
      <ErrorNote error={error ?? action.error} />
      {data ? (
        <>
          <section class="card" aria-label="Facts">
            <Facts delivery={data} />
          </section>
          <section class="card">
            <h2>Attempts</h2>
            <Attempts delivery={data} />
          </section>
          <section class="card">
            <div class="head">
              <h2>What is sent</h2>
              <CopyButton text={data.message} />
            </div>
            <Message delivery={data} />
          </section>
        </>
      ) : null}
    </>
  );
}

export const deliveryPath = ({ no }: Pick<Delivery, "no">): string => `/webhooks/deliveries/${no}`;

function Facts({ delivery }: { readonly delivery: DeliveryInFull }) {
  const { job_id: job, alert_id: alert, finished_at: over } = delivery;
  return (
    <FactList
      facts={[
        ["Event", <code>{delivery.event}</code>],
        ["To", <span class="address">{delivery.url}</span>],
        delivery.format === "json" ? ["Message id", <code>whd_{delivery.no}</code>] : null,
        job === null ? null : ["Job", <Link href={`/jobs/${job}`}>{job}</Link>],
        alert === null ? null : ["Alert", <Link href="/webhooks">{alert}</Link>],
        ["Made", <Instant at={delivery.created_at} />],
        over === null
          ? ["Next attempt", <Instant at={delivery.next_attempt_at} />]
          : [delivery.status === "delivered" ? "Delivered" : "Given up", <Instant at={over} />],
      ]}
    />
  );
}

function Attempts({ delivery: { attempts, attempts_made: made } }: { readonly delivery: DeliveryInFull }) {
  if (made.length === 0) return <p class="quiet">{attempts === 0 ? "Nothing was sent yet." : "No answer is kept."}</p>;
  return (
    <Table
      rows={made.toReversed()}
      keyOf={({ attempt }) => attempt}
      columns={[
        { name: "Attempt", look: "number", isHeading: true, cell: ({ attempt }) => attempt },
        { name: "When", look: "wide", cell: ({ ended_at: at }) => <Instant at={at} /> },
        {
          name: "Took",
          look: "number",
          cell: ({ took_ms: ms }) => (ms === null ? "–" : `${count(ms)} ms`),
        },
        {
          name: "Answer",
          look: "wide",
          cell: ({ status }) =>
            status === null ? (
              <span class="mark failed">none</span>
            ) : (
              <span class={`mark ${look(status)}`}>{status}</span>
            ),
        },
        {
          name: "In words",
          look: "answer",
          cell: ({ error, body }) =>
            error ?? (body ? <span class="told">{body}</span> : <small>an empty answer</small>),
        },
      ]}
    />
  );
}

const look = (status: number): string => (status >= 200 && status < 300 ? "completed" : "failed");

const SENT_AS = {
  json: "Signed JSON, laid out for reading; the copy is as it is sent. The signature and its time differ with each attempt.",
  slack: "A message of Slack, laid out for reading.",
  teams: "A message of Microsoft Teams, laid out for reading.",
  email: "The text of a mail.",
} as const;

function Message({ delivery: { format, message } }: { readonly delivery: DeliveryInFull }) {
  return (
    <>
      <p class="quiet">{SENT_AS[format]}</p>
      <pre class="told">
        <code>{format === "email" ? message : JSON.stringify(JSON.parse(message), null, 2)}</code>
      </pre>
    </>
  );
}
