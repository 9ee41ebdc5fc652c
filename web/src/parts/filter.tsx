/** A field of a filter. Its value lives in the query of the page's address. */
import { location, setQuery } from "../router.ts";

type Field = { readonly name: string; readonly label: string };

export function TextFilter({ name, label }: Field) {
  return (
    <label>
      {label}
      <input type="search" value={location.value.query.get(name) ?? ""} onChange={(event) => put(name, event)} />
    </label>
  );
}

export function DateFilter({ name, label }: Field) {
  return (
    <label>
      {label}
      <input type="date" value={location.value.query.get(name) ?? ""} onChange={(event) => put(name, event)} />
    </label>
  );
}

/** A whole number; other ones than the proposed can be typed as well. */
export function NumberFilter({
  name,
  label,
  most,
  proposed,
}: Field & { readonly most: number; readonly proposed: readonly number[] }) {
  const list = `${name}-proposed`;
  return (
    <label>
      {label}
      <input
        type="number"
        min={1}
        max={most}
        list={list}
        value={location.value.query.get(name) ?? ""}
        onChange={(event) => event.currentTarget.validity.valid && put(name, event)}
      />
      <datalist id={list}>
        {proposed.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </label>
  );
}

function put(name: string, { currentTarget }: { readonly currentTarget: HTMLInputElement }): void {
  setQuery({ [name]: currentTarget.value.trim() });
}

export function ChoiceFilter(properties: {
  readonly name: string;
  readonly label: string;
  /** Each as the service names it, with a word of its own where that is no word. */
  readonly choices: readonly (string | readonly [value: string, text: string])[];
  readonly all: string;
}) {
  return (
    <label>
      {properties.label}
      <select
        value={location.value.query.get(properties.name) ?? ""}
        onChange={(event) => setQuery({ [properties.name]: event.currentTarget.value })}
      >
        <option value="">{properties.all}</option>
        {properties.choices
          .map((choice) => (typeof choice === "string" ? ([choice, choice] as const) : choice))
          .map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
      </select>
    </label>
  );
}
