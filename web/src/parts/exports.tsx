/** The list or chart that is shown, as a file: all of it, whatever page is looked at. */
import { withQuery } from "../service/call.ts";

export function Exports({
  path,
  query,
  text = "All of them",
}: {
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | null | undefined>>;
  /** What the file has, where it is no list. */
  readonly text?: string;
}) {
  return (
    <p class="quiet downloads">
      {text}:{" "}
      <a href={withQuery(path, { ...query, format: "xlsx" })} download>
        XLSX
      </a>{" "}
      <a href={withQuery(path, { ...query, format: "csv", bom: 1 })} download>
        CSV
      </a>
    </p>
  );
}
