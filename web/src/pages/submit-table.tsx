/** What a table's columns mean and in which order its dates are: asked where the service could not know, and shown where somebody wants to look. */
import { useState } from "preact/hooks";
import type { DryRun } from "../../../sdk/src/api-types.ts";
import { ColumnChooser } from "../parts/column-chooser.tsx";
import { counted } from "../parts/format.ts";
import { useAction } from "../parts/use-action.ts";
import { call, send } from "../service/call.ts";

/** Options of a submission by their names; an empty text leaves one out. */
export type TableOptions = Readonly<Record<"columns" | "dates", string>>;

export const NO_TABLE_OPTIONS: TableOptions = { columns: "", dates: "" };

const COLUMNS = [
  ["store_id", "Store", true],
  ["image_url", "Link to the photo", true],
  ["visit_time", "Time of the visit", true],
  ["visit_metadata.agent", "Who made the visit", false],
  ["external_id", "Your own id of the photo", false],
  ["visit_external_id", "Your own id of the visit", false],
] as const;

const ORDERS = { dmy: "day, month, year", mdy: "month, day, year", ymd: "year, month, day" } as const;

export function SubmitTable({
  check,
  options,
  onChange,
}: {
  readonly check: DryRun;
  readonly options: TableOptions;
  readonly onChange: (options: TableOptions) => void;
}) {
  return (
    <>
      {check.columns.length > 0 ? (
        <ColumnChooser
          known={COLUMNS}
          found={check.columns}
          onChoose={(columns) => onChange({ ...options, columns })}
        />
      ) : null}
      {check.open_dates || options.dates !== "" ? <Dates check={check} options={options} onChange={onChange} /> : null}
    </>
  );
}

function Dates({ check, options, onChange }: Parameters<typeof SubmitTable>[0]) {
  const [kept, setKept] = useState("");
  const { run, error } = useAction(() => setKept(options.dates));
  const open = check.open_dates;
  return (
    <fieldset class="choices">
      <legend>
        {open
          ? `${counted(open.count, "date")} like ${open.example}: in which order are they?`
          : "The order of its dates"}
      </legend>
      {Object.entries(ORDERS).map(([order, about]) => (
        <label key={order}>
          <input
            type="radio"
            name="dates"
            checked={options.dates === order}
            onChange={() => onChange({ ...options, dates: order })}
          />
          <span>
            <b>{about}</b>{" "}
            {open && !open.orders.some((possible) => possible === order) ? "not all of them can be read so" : null}
          </span>
        </label>
      ))}
      {options.dates === "" || kept === options.dates ? null : (
        <button type="button" class="link" onClick={() => run(() => keepOrder(options.dates))}>
          Read all my dates so, in every submission
        </button>
      )}
      {kept !== "" && kept === options.dates ? <p class="quiet">Kept for every submission.</p> : null}
      {error === null ? null : <p class="note error">{error}</p>}
    </fieldset>
  );
}

async function keepOrder(dates: string): Promise<void> {
  const path = "/api/v1/submission/times";
  const known = await call<{ readonly time_zone: string | null }>(path);
  await send("PUT", path, { dates, time_zone: known.time_zone });
}
