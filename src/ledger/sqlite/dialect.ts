/** Statements of the shared files as SQLite reads them, and what runs them. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Row } from "../sql/row.ts";
import type { Dialect, Value } from "../sql/steps.ts";

export const SQLITE: Dialect = {
  elements: (parameter) => `json_each(${parameter})`,
  member: (column, name) => `${column} ->> ${name}`,
  each: ({ table, as, where }) => `left join ${table} ${as} on ${where}`,
  // There is one writer.
  locking: "",
  keeping: "",
};

export type RunStatement = (sql: string, values: readonly Value[]) => readonly Row[];

/** Written with the numbered parameters of PostgreSQL; the same in SQLite but for their sign. */
export function createRunStatement(db: DatabaseSync): RunStatement {
  const statements = new Map<string, StatementSync>();
  return (sql, values) => {
    const statement = statements.get(sql) ?? db.prepare(sql.replaceAll(/\$(?=\d)/g, "?"));
    statements.set(sql, statement);
    return statement.all(...values);
  };
}
