/** Where a file is dropped that the service takes whole or not at all. What is wrong with it is shown by line. */
import { useState } from "preact/hooks";
import { call, ServiceError } from "../service/call.ts";
import type { Problem } from "../service/types.ts";
import { DropZone } from "./drop-zone.tsx";
import { counted } from "./format.ts";
import { ErrorNote } from "./notes.tsx";
import { ProblemTable } from "./problem-table.tsx";

type Fault = { readonly message: string; readonly problem: Problem | null };

const TYPES: Readonly<Record<string, string>> = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  json: "application/json",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
};

export function SendList<T>(properties: {
  readonly to: string;
  readonly accept: string;
  readonly text: string;
  readonly onSent: (answer: T) => void;
}) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);

  async function send([file]: readonly File[]): Promise<void> {
    if (!file) return;
    setBusy(true);
    setFault(null);
    const type = TYPES[/\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? ""] ?? "text/csv";
    try {
      const answer = await call<T>(properties.to, { method: "POST", headers: { "content-type": type }, body: file });
      properties.onSent(answer);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      setFault({ message, problem: cause instanceof ServiceError ? cause.problem : null });
    }
    setBusy(false);
  }

  const { problems = [], problems_total: total = problems.length } = fault?.problem ?? {};
  return (
    <>
      <DropZone
        accept={properties.accept}
        text={busy ? "Being read …" : properties.text}
        disabled={busy}
        onFiles={(files) => void send(files)}
      />
      {fault && problems.length > 0 ? (
        <>
          <p class="note error" role="alert">
            Nothing was changed: {counted(total, "problem")} must be mended first.
          </p>
          <ProblemTable problems={problems} total={total} />
        </>
      ) : (
        <ErrorNote error={fault?.message ?? null} />
      )}
    </>
  );
}
