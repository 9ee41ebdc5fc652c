/** Brings a store master in: what would change is shown first, and the latest import can be taken back. */
import { useState } from "preact/hooks";
import { Confirm } from "../parts/confirm.tsx";
import { DropZone } from "../parts/drop-zone.tsx";
import { Exports } from "../parts/exports.tsx";
import { count, counted } from "../parts/format.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { useAction } from "../parts/use-action.ts";
import { call, post, withQuery } from "../service/call.ts";
import type { StoreImport, StoreVersion } from "../service/types.ts";
import { useAnswer } from "../service/use-answer.ts";

const PATH = "/api/v1/stores/import";
const MOST_SHOWN = 20;

export function StoresImport({ again, onChanged }: { readonly again: unknown; readonly onChanged: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [whole, setWhole] = useState(false);
  const [diff, setDiff] = useState<StoreImport | null>(null);
  const [done, setDone] = useState<StoreImport | null>(null);
  const { run, error } = useAction(() => {});

  const send = (from: File, isWhole: boolean, isDryRun: boolean) =>
    call<StoreImport>(
      withQuery(PATH, { mode: isWhole ? "replace" : "merge", dry_run: isDryRun ? "true" : null }),
      // The service looks at the bytes, not at the name.
      { method: "POST", headers: { "content-type": "text/csv" }, body: from },
    );
  const look = (from: File, isWhole: boolean) => {
    setFile(from);
    setWhole(isWhole);
    setDiff(null);
    setDone(null);
    run(async () => setDiff(await send(from, isWhole, true)));
  };
  const bringIn = (from: File) =>
    run(async () => {
      setDone(await send(from, whole, false));
      setDiff(null);
      setFile(null);
      onChanged();
    });

  return (
    <section class="card">
      <h2>Import a store master</h2>
      <DropZone
        accept=".xlsx,.csv,.tsv,.txt"
        text="Drop an Excel file or a CSV with the stores here, or choose one. What would change is shown first."
        onFiles={([first]) => first && look(first, whole)}
      />
      <label class="inline">
        <input
          type="checkbox"
          checked={whole}
          onChange={(event) => {
            const isWhole = event.currentTarget.checked;
            if (file) look(file, isWhole);
            else setWhole(isWhole);
          }}
        />
        These are all stores: close those that are missing
      </label>
      <ErrorNote error={error} />
      <div aria-live="polite">
        {done ? <p class="note good">Imported: {sentence(done)}.</p> : null}
        {diff && file ? (
          <>
            <p class={diff.closed > 0 ? "note warning" : "note good"}>
              {file.name}: {sentence(diff)}.
            </p>
            <Changes diff={diff} />
            <div class="buttons">
              <button type="button" class="primary" onClick={() => bringIn(file)}>
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
  const [asked, setAsked] = useState<StoreVersion | null>(null);
  const path = "/api/v1/stores/versions?limit=5";
  const { data } = useAnswer<{ readonly data: readonly StoreVersion[] }>(path, { again: `${again} ${undone}` });
  const versions = data?.data ?? [];
  if (versions.length === 0) return null;
  return (
    <>
      <h3>What imports made of it</h3>
      <Table
        rows={versions}
        keyOf={({ version }) => String(version)}
        columns={[
          { name: "Version", isHeading: true, cell: ({ version }) => String(version) },
          { name: "What", cell: ({ kind, undoes }) => (undoes === null ? kind : `${kind} of ${undoes}`) },
          { name: "When", cell: ({ at }) => at.slice(0, 16).replace("T", " ") },
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
                  Take back …
                </button>
              ) : null,
          },
        ]}
      />
      <Exports path="/api/v1/stores/versions" query={{}} />
      {asked ? (
        <Confirm
          title={`Take version ${asked.version} back?`}
          action="Take it back"
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
