/** A list that comes in pages: as many rows as were asked for, and a word where there are more. */
import type { Pages } from "../../sdk/src/client.ts";
import { USUAL_LIMIT } from "./choices.ts";
import { type Column, isForPeople, type OutputOption, printRows } from "./output.ts";
import { say } from "./talk.ts";

export type ListOption = { readonly limit?: number; readonly all?: boolean };

type Row = Readonly<Record<string, unknown>>;

/** `none` is what people are told of an empty list, `shown` is what they see of a row. */
export async function printList<T extends Row>(
  list: Pages<T>,
  columns: readonly Column[],
  { limit, all = false, ...output }: OutputOption & ListOption,
  { none, shown = (row) => row }: { readonly none: string; readonly shown?: (row: T) => Row },
): Promise<void> {
  const most = all ? Number.POSITIVE_INFINITY : (limit ?? USUAL_LIMIT);
  let isCut = false;
  async function* rows(): AsyncIterable<Row> {
    let left = most;
    for await (const { data, has_more: hasMore } of list.pages()) {
      for (const row of data.slice(0, left)) yield isForPeople(output) ? shown(row) : row;
      isCut = data.length > left || hasMore;
      left -= data.length;
      if (left <= 0) return;
    }
  }
  await printRows(rows(), columns, output, none);
  // A program that said how many it wants knows.
  if (isCut && (limit === undefined || isForPeople(output)))
    say(`These are the first ${most}; there are more: --limit ${10 * most}, or --all.`);
}
