/** Where a schedule's visits come from: a URL or a bucket that is asked at each run, or a file that the service keeps. */
import { useState } from "preact/hooks";
import type { Schedule } from "../../../sdk/src/api-types.ts";
import { DropZone } from "../parts/drop-zone.tsx";
import { bytes } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { LISTS, listType } from "../parts/list-type.ts";
import { call } from "../service/call.ts";

const KINDS = [
  ["url", "A manifest at a URL"],
  ["bucket", "Photos in a bucket"],
  ["file", "A file, kept here"],
] as const;

const FILE_WANTED = "Drop an Excel file, a CSV or JSON here. {date} in a CSV or JSON is the run's day.";

type Kind = (typeof KINDS)[number][0];

export type SourceFields = {
  readonly kind: Kind;
  readonly url: string;
  readonly from: string;
  readonly visits: string;
  readonly all: boolean;
  readonly file: File | null;
};

export const NO_SOURCE: SourceFields = {
  kind: "url",
  url: "",
  from: "",
  visits: "{store}/{date}/{name}.jpg",
  all: false,
  file: null,
};

/** As the API wants it. A file is sent to be kept. */
export async function sourceOf({ kind, url, from, visits, all, file }: SourceFields) {
  if (kind === "url" && url === "") throw new Error("Write the manifest's URL first.");
  if (kind === "url") return { source: { url } };
  if (kind === "bucket" && from === "") throw new Error("Write the bucket's address first.");
  if (kind === "bucket") return { source: { from, visits, take: all ? "all" : "new" } };
  if (file === null) throw new Error("Choose a file first.");
  const type = listType(file);
  if (type === undefined) throw new Error(`${file.name} must be an .xlsx, .csv, .json or .ndjson file.`);
  const kept = await call<{ readonly file: string; readonly format: string }>("/api/v1/schedules/files", {
    method: "POST",
    headers: { "content-type": type },
    body: file,
  });
  return { source: { file: kept.file, name: file.name }, format: kept.format };
}

export function useSource() {
  const [fields, setFields] = useState(NO_SOURCE);
  const set = (changed: Partial<SourceFields>) => setFields((before) => ({ ...before, ...changed }));
  return { fields, set };
}

export function SourceForm({ fields, set }: ReturnType<typeof useSource>) {
  return (
    <>
      <label>
        Where the visits come from
        <select
          value={fields.kind}
          onChange={({ currentTarget: { value } }) =>
            set({ kind: KINDS.find(([known]) => known === value)?.[0] ?? "url" })
          }
        >
          {KINDS.map(([kind, text]) => (
            <option key={kind} value={kind}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {fields.kind === "url" ? (
        <Text
          label="Manifest; {date} is the run's day"
          placeholder="https://files.example/visits-{date}.csv"
          value={fields.url}
          onInput={(url) => set({ url })}
        />
      ) : null}
      {fields.kind === "bucket" ? <BucketFields fields={fields} set={set} /> : null}
      {fields.kind === "file" ? (
        <DropZone
          accept={LISTS}
          text={fields.file === null ? FILE_WANTED : `${fields.file.name}, ${bytes(fields.file.size)}`}
          button={fields.file === null ? "Choose a file" : "Choose another file"}
          onFiles={([file]) => set({ file: file ?? null })}
        />
      ) : null}
    </>
  );
}

function BucketFields({ fields, set }: ReturnType<typeof useSource>) {
  return (
    <>
      <Text
        label="All photos below; {date} is the run's day"
        placeholder="s3://bucket/prefix/"
        value={fields.from}
        onInput={(from) => set({ from })}
      />
      <Text label="Which parts of a name are what" value={fields.visits} onInput={(visits) => set({ visits })} />
      <label>
        Which photos
        <select
          value={fields.all ? "all" : "new"}
          onChange={(event) => set({ all: event.currentTarget.value === "all" })}
        >
          <option value="new">Those that are new since the runs before</option>
          <option value="all">All that are there, at each run</option>
        </select>
      </label>
      <p class="quiet">
        The bucket's credentials are kept under <Link href="/hosts">Hosts</Link>.
      </p>
    </>
  );
}

function Text(properties: {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
}) {
  return (
    <label>
      {properties.label}
      <input
        type="text"
        required
        spellcheck={false}
        placeholder={properties.placeholder ?? ""}
        value={properties.value}
        onInput={(event) => properties.onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** A source in a line. */
export function SourceLine({ source }: { readonly source: Schedule["source"] }) {
  if ("url" in source) return <>{source.url}</>;
  if ("text" in source) return <>a kept text</>;
  if ("file" in source) return <>{source.name ?? "a kept file"}</>;
  return (
    <>
      {source.take === "all" ? "all" : "new"} photos in {source.from} as <code>{source.visits}</code>
    </>
  );
}
