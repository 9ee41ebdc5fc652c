/** What was asked of each operation and how it was answered: a fuzz that is refused at the door proves nothing. */
import type { Exchange } from "./wire.ts";

type Row = Map<string, number>;

export type Tally = {
  add(operation: string, exchange: Exchange): void;
  /** Answers of an operation in a class of statuses, such as 2. */
  count(operation: string, statusClass: number): number;
  table(): string;
};

export function createTally(): Tally {
  const rows = new Map<string, Row>();
  return {
    add(operation, { answers: [answer] }) {
      const row = rows.get(operation) ?? new Map<string, number>();
      rows.set(operation, row);
      const status = answer ? String(answer.status) : "none";
      row.set(status, (row.get(status) ?? 0) + 1);
    },
    count(operation, statusClass) {
      const row = rows.get(operation) ?? new Map<string, number>();
      return [...row].reduce((sum, [status, count]) => (status.startsWith(String(statusClass)) ? sum + count : sum), 0);
    },
    table() {
      return [...rows]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([operation, row]) => {
          const sum = [...row.values()].reduce((all, count) => all + count, 0);
          const statuses = [...row].toSorted(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join(": "));
          return `${operation.padEnd(50)} ${String(sum).padStart(6)}  ${statuses.join(", ")}`;
        })
        .join("\n");
    },
  };
}
