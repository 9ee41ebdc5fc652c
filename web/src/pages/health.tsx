/** Whether the service is ready for work, and who does it. */
import { useEffect, useState } from "preact/hooks";
import type { Overview, Readiness } from "../../../sdk/src/api-types.ts";
import { FactRow } from "../parts/fact-row.tsx";
import { count, duration } from "../parts/format.ts";
import { backlog, connection } from "../service/live.ts";
import { useAnswer } from "../service/use-answer.ts";
import { whenSeen } from "../service/when-seen.ts";

const EVERY_MS = 5_000;

/** Its answer says the same under another status when it is not ready. */
function useReadiness(): Readiness | null {
  const [readiness, setReadiness] = useState<Readiness | null>(null);
  useEffect(() => {
    const ask = async () => {
      try {
        setReadiness(await (await fetch("/readyz")).json());
      } catch {
        setReadiness({ status: "not_ready", reasons: ["the service does not answer"] });
      }
    };
    void ask();
    return whenSeen(() => void ask(), EVERY_MS);
  }, []);
  return readiness;
}

export function HealthPage() {
  const readiness = useReadiness();
  const { data } = useAnswer<Overview>("/api/v1/overview", { everyMs: EVERY_MS });
  const waiting = backlog.value;
  const facts = [
    ["Service", readiness?.status.replace("_", " ") ?? "–"],
    ["Live events", connection.value],
    ["Workers", data ? count(data.fleet.members) : "–"],
    ["Pipeline threads", data ? count(data.fleet.threads) : "–"],
    ["Stores in the store master", data ? count(data.stores) : "–"],
    ["Chunks pending", waiting ? count(waiting.chunks.pending) : "–"],
    ["Chunks queued", waiting ? count(waiting.chunks.queued) : "–"],
    ["Chunks running", waiting ? count(waiting.chunks.running) : "–"],
    ["Longest wait in the queue", waiting ? duration(waiting.oldest_queued_ms / 1_000) : "–"],
  ] as const;
  return (
    <>
      <h1>Health</h1>
      {(readiness?.reasons ?? []).map((reason) => (
        <p key={reason} class="note error" role="alert">
          {reason}
        </p>
      ))}
      <section class="card">
        <FactRow facts={facts} />
        <p class="quiet">
          A job is done in chunks of some hundred images. A chunk is pending until its turn comes, queued until a worker
          takes it, and running until each of its images has a result.
        </p>
        <p>
          <a href="/docs">The API's documentation</a> · <a href="/openapi.json">OpenAPI document</a> ·{" "}
          <a href="/metrics">Metrics for Prometheus</a>
        </p>
      </section>
    </>
  );
}
