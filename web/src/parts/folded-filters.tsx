/** The filters of a list. On a phone, which they would fill, they are folded away; how many are set is said. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { location } from "../router.ts";

/** Where style/phone.css begins. */
const PHONE = "(max-width: 700px)";

export function FoldedFilters(properties: {
  readonly label: string;
  /** Its fields, by their names in the page's address. */
  readonly names: readonly string[];
  readonly children: ComponentChildren;
}) {
  const { label, names, children } = properties;
  const isPhone = useIsPhone();
  const form = (
    <form class="filters" aria-label={label} onSubmit={(event) => event.preventDefault()}>
      {children}
    </form>
  );
  if (!isPhone) return form;
  const set = names.filter((name) => location.value.query.get(name)).length;
  return (
    <details class="folded-filters">
      <summary>{set === 0 ? "Filters" : `Filters, ${set} set`}</summary>
      {form}
    </details>
  );
}

function useIsPhone(): boolean {
  const [isPhone, setIsPhone] = useState(() => window.matchMedia(PHONE).matches);
  useEffect(() => {
    const list = window.matchMedia(PHONE);
    const look = () => setIsPhone(list.matches);
    list.addEventListener("change", look);
    return () => list.removeEventListener("change", look);
  }, []);
  return isPhone;
}
