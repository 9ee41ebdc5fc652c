/** Who adds chunks to a job, or ends all of them, comes one after the other: SQLite has one writer anyway. */

// A split or a retry adds chunks; a cancellation that did not see them would leave them pending for ever.
export const LOCK_SHAPES = `
  select pg_advisory_xact_lock(hashtextextended('storewalk job shapes ' || current_schema(), 0))`;
