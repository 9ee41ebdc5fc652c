/** The form of a new alert: what it tells, from which threshold on, to whom, and when it is quiet. */
import { useState } from "preact/hooks";
import type { Webhook } from "../../../sdk/src/api-types.ts";
import { ZONE } from "../parts/format.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { useAction } from "../parts/use-action.ts";
import { post } from "../service/call.ts";
import { useAnswer } from "../service/use-answer.ts";

/** Name in the API, what people call it, the unit of its threshold, the usual one. */
export const ALERT_KINDS = [
  ["job_failed", "A job failed above", "% of its images", 10],
  ["host_trouble", "A host is in trouble for", "minutes", 5],
  ["urls_end", "Signed URLs end before the backlog is done, with to spare", "minutes", 15],
  ["store_not_visited", "A store was not visited for", "days", 14],
  ["backlog", "The backlog is above", "images", 100_000],
] as const;

export function NewAlert({ again, onMade }: { readonly again: number; readonly onMade: () => void }) {
  const { data } = useAnswer<{ readonly data: readonly Webhook[] }>("/api/v1/webhooks", { again });
  const [name, setName] = useState("");
  const [kind, setKind] = useState<(typeof ALERT_KINDS)[number]>(ALERT_KINDS[0]);
  const [threshold, setThreshold] = useState(String(kind[3]));
  const [webhook, setWebhook] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [tellsEnd, setTellsEnd] = useState(false);
  const action = useAction(onMade);
  const canEnd = kind[0] !== "job_failed";

  async function make() {
    await post("/api/v1/alerts", {
      name,
      kind: kind[0],
      threshold: Number(threshold),
      tells_end: canEnd && tellsEnd,
      ...(webhook === "" ? {} : { webhooks: [Number(webhook)] }),
      ...(from === "" && to === "" ? {} : { quiet_hours: { from, to, time_zone: ZONE } }),
    });
    setName("");
  }

  return (
    <form
      class="filters add"
      onSubmit={(event) => {
        event.preventDefault();
        action.run(make);
      }}
    >
      <ErrorNote error={action.error} />
      <label>
        A new alert
        <input
          required
          maxLength={128}
          placeholder="Its name"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        Tells when
        <select
          value={kind[0]}
          onChange={({ currentTarget: { value } }) => {
            const chosen = ALERT_KINDS.find(([known]) => known === value) ?? ALERT_KINDS[0];
            setKind(chosen);
            setThreshold(String(chosen[3]));
          }}
        >
          {ALERT_KINDS.map(([value, text]) => (
            <option key={value} value={value}>
              {text} …
            </option>
          ))}
        </select>
      </label>
      <label>
        {`… ${kind[2]}`}
        <input
          type="number"
          required
          min={0}
          step="any"
          value={threshold}
          onInput={(event) => setThreshold(event.currentTarget.value)}
        />
      </label>
      <label>
        Whom
        <select value={webhook} onChange={(event) => setWebhook(event.currentTarget.value)}>
          <option value="">All endpoints that are on</option>
          {(data?.data ?? []).map(({ id, url, format }) => (
            <option key={id} value={String(id)}>
              {id} · {format} · {url.slice(0, 40)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Quiet from
        <input type="time" value={from} required={to !== ""} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        to
        <input type="time" value={to} required={from !== ""} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      {canEnd ? (
        <label class="check">
          <input type="checkbox" checked={tellsEnd} onChange={(event) => setTellsEnd(event.currentTarget.checked)} />
          tells that it is over, too
        </label>
      ) : null}
      <button type="submit">Add alert</button>
    </form>
  );
}
