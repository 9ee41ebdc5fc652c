/** Brings a store master in: what would change is shown first, and the latest import can be taken back. */
import { useRef, useState } from "preact/hooks";
import type { StoreImport, StoreMasterVersion } from "../../../sdk/src/api-types.ts";
import { ColumnChooser } from "../parts/column-chooser.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { DropZone } from "../parts/drop-zone.tsx";
import { Exports } from "../parts/exports.tsx";
import { type Fault, FaultNote, faultOf } from "../parts/fault-note.tsx";
import { count, counted } from "../parts/format.ts";
import { Instant } from "../parts/instant.tsx";
import { Table } from "../parts/table.tsx";
import { call, post, withQuery } from "../service/call.ts";
import { useAnswer } from "../service/use-answer.ts";

const PATH = "/api/v1/stores/import";
const MOST_SHOWN = 20;
const COLUMNS = [
  ["store_id", "Store", true],
  ["store_name", "Name", true],
  ["area_code", "Area", true],
  ["route", "Route", false],
  ["type", "Type", false],
  ["opened", "Opened", false],
  ["closed", "Closed", false],
  ["latitude", "Latitude", false],
  ["longitude", "Longitude", false],
] as const;

/** How a file is brought in. `columns` is the service's option; an empty text leaves it out. */
type Reading = { readonly file: File; readonly isWhole: boolean; readonly columns: string };

export function StoresImport({ again, onChanged }: { readonly again: unknown; readonly onChanged: () => void }) {
  const [whole, setWhole] = useState(false);
  const [reading, setReading] = useState<Reading | null>(null);
  const [diff, setDiff] = useState<StoreImport | null>(null);
  const [done, setDone] = useState<StoreImport | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  /** What was looked at last: an answer about anything before it is none any more. */
  const latest = useRef<Reading | null>(null);

  const send = ({ file, isWhole, columns }: Reading, isDryRun: boolean) =>
    call<StoreImport>(
      withQuery(PATH, { mode: isWhole ? "replace" : "merge", columns, dry_run: isDryRun ? "true" : null }),
      // The service looks at the bytes, not at the name.
      { method: "POST", headers: { "content-type": "text/csv" }, body: file },
    );
  async function ask(from: Reading, isDryRun: boolean, onAnswer: (answer: StoreImport) => void): Promise<void> {
    latest.current = from;
    setBusy(true);
    setFault(null);
    try {
      const answer = await send(from, isDryRun);
      if (latest.current === from) onAnswer(answer);
    } catch (cause) {
      if (latest.current !== from) return;
      setFault(faultOf(cause));
    } finally {
      if (latest.current === from) setBusy(false);
    }
  }
  const look = (from: Reading) => {
    setReading(from);
    setWhole(from.isWhole);
    setDiff(null);
    setDone(null);
    void ask(from, true, setDiff);
  };
  const bringIn = (from: Reading) =>
    void ask(from, false, (answer) => {
      setDone(answer);
      setDiff(null);
      setReading(null);
      onChanged();
    });
  const columns = diff?.columns ?? fault?.problem?.columns ?? [];

  return (
    <section class="card" id="import">
      <h2>Import a store master</h2>
      <DropZone
        accept=".xlsx,.csv,.tsv,.txt"
        text="Drop an Excel file or a CSV with the stores here. What would change is shown first."
        onFiles={([file]) => file && look({ file, isWhole: whole, columns: "" })}
      />
      <label class="inline">
        <input
          type="checkbox"
          checked={whole}
          onChange={(event) => {
            const isWhole = event.currentTarget.checked;
            if (reading) look({ ...reading, isWhole });
            else setWhole(isWhole);
          }}
        />
        These are all stores: close those that are missing
      </label>
      {busy && reading ? <p class="quiet">{reading.file.name} is being read …</p> : null}
      <FaultNote
        fault={fault}
        sentence={(problems) => `${reading?.file.name ?? "The file"} has ${problems}; nothing was imported.`}
      />
      {reading && columns.length > 0 ? (
        <ColumnChooser
          key={reading.file.name}
          known={COLUMNS}
          found={columns}
          onChoose={(chosen) => look({ ...reading, columns: chosen })}
        />
      ) : null}
      <div aria-live="polite">
        {done ? <p class="note good">Imported: {sentence(done)}.</p> : null}
        {diff && reading ? (
          <>
            <p class={diff.closed > 0 ? "note warning" : "note good"}>
              {reading.file.name}: {sentence(diff)}.
            </p>
            <Changes diff={diff} />
            <div class="buttons">
              <button type="button" class="primary" disabled={busy} onClick={() => bringIn(reading)}>
                {diff.closed > 0 ? `Import, and close ${counted(diff.closed, "store")}` : "Import"}
              </button>
            </div>
          </>
        ) : null}
      </div>
      <Versions again={`${String(again)} ${done?.version ?? ""}`} onChanged={onChanged} />
    </section>
  );
}

function sentence({ added, changed, closed, reopened, unchanged }: StoreImport): string {
  return `${count(added)} added, ${count(changed)} changed, ${count(closed)} closed, ${count(reopened)} reopened, ${count(unchanged)} unchanged`;
}

function Changes({ diff }: { readonly diff: StoreImport }) {
  const { changes = [], warnings } = diff;
  const all = diff.added + diff.changed + diff.closed + diff.reopened;
  return (
    <>
      <Table
        rows={changes.slice(0, MOST_SHOWN)}
        keyOf={({ store }) => store.store_id}
        columns={[
          { name: "What", cell: ({ kind }) => <span class={`mark ${kind === "closed" ? "failed" : ""}`}>{kind}</span> },
          { name: "Store", isHeading: true, cell: ({ store }) => store.store_id },
          { name: "Name", cell: ({ store, before }) => was(before?.store_name, store.store_name) },
          { name: "Area", cell: ({ store, before }) => was(before?.area, store.area) },
        ]}
      />
      {all > MOST_SHOWN ? <p class="quiet">and {counted(all - MOST_SHOWN, "more change")}</p> : null}
      {warnings.slice(0, MOST_SHOWN).map(({ line, detail }) => (
        <p key={`${line} ${detail}`} class="note warning">
          line {line}: {detail}
        </p>
      ))}
    </>
  );
}

const was = (before: string | undefined, now: string) =>
  before === undefined || before === now ? now : `${before} → ${now}`;

function Versions({ again, onChanged }: { readonly again: string; readonly onChanged: () => void }) {
  const [undone, setUndone] = useState(0);
  const [asked, setAsked] = useState<StoreMasterVersion | null>(null);
  const path = "/api/v1/stores/versions?limit=5";
  const { data } = useAnswer<{ readonly data: readonly StoreMasterVersion[] }>(path, { again: `${again} ${undone}` });
  const versions = data?.data ?? [];
  if (versions.length === 0) return null;
  return (
    <>
      <h3>Imports</h3>
      <Table
        rows={versions}
        keyOf={({ version }) => String(version)}
        columns={[
          { name: "Version", isHeading: true, cell: ({ version }) => String(version) },
          { name: "What", cell: ({ kind, undoes }) => (undoes === null ? kind : `${kind} of ${undoes}`) },
          { name: "When", cell: ({ at }) => <Instant at={at} /> },
          { name: "Added", look: "number", cell: ({ added }) => count(added) },
          { name: "Changed", look: "number", cell: ({ changed }) => count(changed) },
          { name: "Closed", look: "number", cell: ({ closed }) => count(closed) },
          { name: "Open stores", look: "number", cell: ({ stores }) => count(stores) },
          {
            name: "Actions",
            isUnseen: true,
            cell: (version) =>
              version === versions[0] ? (
                <button type="button" class="small" onClick={() => setAsked(version)}>
                  Undo …
                </button>
              ) : null,
          },
        ]}
      />
      <Exports path="/api/v1/stores/versions" query={{}} />
      {asked ? (
        <Confirm
          title={`Undo version ${asked.version}?`}
          action="Undo it"
          onConfirm={async () => {
            await post(`/api/v1/stores/versions/${asked.version}/undo`);
            setUndone(undone + 1);
            onChanged();
          }}
          onClose={() => setAsked(null)}
        >
          <p>Stores are as they were before it. Jobs stay as they are.</p>
        </Confirm>
      ) : null}
    </>
  );
}
