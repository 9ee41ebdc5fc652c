/** What was asked of each operation and how it was answered: a fuzz that is refused at the door proves nothing. */
import type { Exchange } from "./wire.ts";

/** By operation, by status. */
export type Rows = ReadonlyMap<string, ReadonlyMap<string, number>>;

export type Tally = {
  add(operation: string, exchange: Exchange): void;
  rows(): Rows;
};

export function createTally(): Tally {
  const rows = new Map<string, Map<string, number>>();
  return {
    add(operation, { answers: [answer] }) {
      const row = rows.get(operation) ?? new Map<string, number>();
      rows.set(operation, row);
      const status = answer ? String(answer.status) : "none";
      row.set(status, (row.get(status) ?? 0) + 1);
    },
    rows: () => rows,
  };
}

export function added(all: readonly Rows[]): Rows {
  const sums = new Map<string, Map<string, number>>();
  for (const [operation, row] of all.flatMap((rows) => [...rows])) {
    const sum = sums.get(operation) ?? new Map<string, number>();
    sums.set(operation, sum);
    for (const [status, count] of row) sum.set(status, (sum.get(status) ?? 0) + count);
  }
  return sums;
}

/** Answers to an operation in a class of statuses, such as "2". */
export function countOf(rows: Rows, operation: string, statusClass: string): number {
  const row = rows.get(operation) ?? new Map<string, number>();
  return [...row].reduce((sum, [status, count]) => (status.startsWith(statusClass) ? sum + count : sum), 0);
}

export function tableOf(rows: Rows): string {
  return [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([operation, row]) => {
      const statuses = [...row].toSorted(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join(": "));
      const sum = [...row.values()].reduce((all, count) => all + count, 0);
      return `${operation.padEnd(50)} ${String(sum).padStart(6)}  ${statuses.join(", ")}`;
    })
    .join("\n");
}
