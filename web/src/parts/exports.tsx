/** The list that is shown, as a file: all of it, whatever page is looked at. */
import { withQuery } from "../service/call.ts";

export function Exports({
  path,
  query,
}: {
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | null | undefined>>;
}) {
  return (
    <p class="quiet downloads">
      All of them:{" "}
      <a href={withQuery(path, { ...query, format: "xlsx" })} download>
        XLSX
      </a>{" "}
      <a href={withQuery(path, { ...query, format: "csv", bom: 1 })} download>
        CSV
      </a>
    </p>
  );
}
