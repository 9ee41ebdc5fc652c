/** What a table's columns mean: asked where the service could not know, and shown where somebody wants to look. */
import { useState } from "preact/hooks";
import type { TableColumn } from "../../../sdk/src/api-types.ts";

/** A column that the service knows: its name, what people call it, and whether a file must have it. */
export type KnownColumn = readonly [name: string, label: string, isNeeded: boolean];

export function ColumnChooser({
  known,
  found,
  onChoose,
}: {
  readonly known: readonly KnownColumn[];
  /** Of the file, as they were taken. */
  readonly found: readonly TableColumn[];
  /** Called with the service's option `columns`. */
  readonly onChoose: (columns: string) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const headerOf = (name: string) => found.find(({ means }) => means === name)?.header ?? "";
  const isLacking = known.some(([name, , isNeeded]) => isNeeded && headerOf(name) === "");
  const headers = [...new Set(found.map(({ header }) => header).filter((header) => header !== ""))];
  const choose = (name: string, header: string) => {
    const chosen = known.map(([own]) => [own, own === name ? header : headerOf(own)] as const);
    const columns = chosen.flatMap(([own, of]) =>
      of === "" || (own !== name && of === header) ? [] : [`${own}:${of}`],
    );
    onChoose(columns.join(","));
  };
  if (!isLacking && !isOpen) {
    return (
      <button type="button" class="link" aria-expanded={false} onClick={() => setOpen(true)}>
        What its columns mean
      </button>
    );
  }
  return (
    <fieldset class="choices">
      <legend>{isLacking ? "Which column is which?" : "What its columns mean"}</legend>
      <div class="filters">
        {known.map(([name, label, isNeeded]) => (
          <label key={name}>
            {label}
            <select value={headerOf(name)} onChange={(event) => choose(name, event.currentTarget.value)}>
              <option value="">{isNeeded ? "choose one" : "none"}</option>
              {headers.map((header) => (
                <option key={header} value={header}>
                  {header}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
