/**
 * A table: a head from the columns' names, a row for each entry, nothing at all without entries. Scrolls sideways within itself; on a phone each
 * row is a block of its own, every cell that has something with its column's name. The roles are said since such a look takes them from the elements.
 */
// biome-ignore-all lint/a11y/noRedundantRoles: without them some browsers take a table that is laid out as blocks for no table
import type { ComponentChildren } from "preact";
import { ScrollBox } from "./scroll-box.tsx";

export type Column<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** `number` for what is compared by its digits, `wide` for what stands apart, `url` for what may be cut off, `thumb` for a small picture. */
  readonly look?: string;
  /** The whole text of a cell that may be cut off. */
  readonly whole?: (row: Row) => string;
  /** The column that names its row; one in a table at most. */
  readonly isHeading?: boolean;
  /** The name is for those who hear the page only: what stands in the cells says it. */
  readonly isUnseen?: boolean;
};

export function Table<Row>(properties: {
  readonly rows: readonly Row[];
  /** Tells one row from all others. */
  readonly keyOf: (row: Row) => string | number;
  readonly columns: readonly Column<Row>[];
  readonly look?: string;
}) {
  const { rows, keyOf, columns, look } = properties;
  if (rows.length === 0) return null;
  return (
    <ScrollBox>
      <table class={look === undefined ? "rows" : `rows ${look}`} role="table">
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, look: cellLook, isUnseen }) => (
              <th key={name} role="columnheader" scope="col" class={cellLook}>
                {isUnseen ? <span class="unseen">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              {columns.map((column) => (
                <Cell key={column.name} row={row} column={column} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Cell<Row>({ row, column }: { readonly row: Row; readonly column: Column<Row> }) {
  const { name, cell, look = "", whole, isHeading, isUnseen } = column;
  const content = cell(row);
  const named = isUnseen ? {} : { "data-name": name };
  return isHeading ? (
    <th role="rowheader" scope="row" class={look} {...named}>
      {content}
    </th>
  ) : (
    <td role="cell" class={content === "–" ? `${look} nothing` : look} title={whole?.(row)} {...named}>
      {content}
    </td>
  );
}
