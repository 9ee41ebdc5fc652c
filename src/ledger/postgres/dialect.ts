/** Statements of the shared files as PostgreSQL reads them. */
import type { Dialect } from "../sql/steps.ts";

export const POSTGRES: Dialect = {
  elements: (parameter) => `json_array_elements(cast(${parameter} as json))`,
  member: (column, name) => `cast(${column} as json) ->> ${name}`,
  // A subquery with a limit is never flattened into a join, see image-columns.ts.
  each: ({ table, as, where, most = 1 }) =>
    `left join lateral (select * from ${table} ${as} where ${where} limit ${most}) ${as} on true`,
  locking: "for update",
  // Not `for share`: a recorder that waits for a flagged image counts down its job as well, and would wait in a circle.
  keeping: "for key share",
};
