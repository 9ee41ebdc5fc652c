/** Statements of the shared files as PostgreSQL reads them. */
import { GRAINS } from "../../domain/calendar.ts";
import type { Dialect } from "../sql/steps.ts";

export const POSTGRES: Dialect = {
  elements: (parameter) => `json_array_elements(cast(${parameter} as json))`,
  texts: (parameter) => `select json_array_elements_text(cast(${parameter} as json))`,
  bytes: (hex) => `decode(${hex}, 'hex')`,
  hex: (bytes) => `encode(${bytes}, 'hex')`,
  member: (column, name) => `cast(${column} as json) ->> ${name}`,
  // A subquery with a limit is never flattened into a join, see image-columns.ts.
  each: ({ table, as, where, most = 1 }) =>
    `left join lateral (select * from ${table} ${as} where ${where} limit ${most}) ${as} on true`,
  // One walk of the index for each grain: a subquery for each key and period, planned as a join, took twice as long.
  cells: ({ from, columns }) =>
    [...GRAINS, "none"]
      .map(
        (grain) => `
  select ${columns.join(", ")} from ${from}
  where tenant = $1 and dimension = $2 and grain = '${grain}'
    and day = any(array(select value ->> 1 from json_array_elements(cast($3 as json)) listed where value ->> 0 = '${grain}'))
    and key = any(array(select value ->> 0 from json_array_elements(cast($4 as json)) listed))`,
      )
      .join("\n  union all"),
  locking: "for update",
  skipLocked: "for update skip locked",
  // Not `for share`: a recorder that waits for a flagged image counts down its job as well, and would wait in a circle.
  keeping: "for key share",
};
