/** Sums over jobs in the fleet's ledger: one process adds up at a time, and the others have nothing to do then. */
import type { Database } from "../../postgres/database.ts";
import { isStorable } from "../../postgres/values.ts";
import type { InsightLedger } from "../port/insight-ledger.ts";
import { createAnyImages } from "../sql/any-images.ts";
import { createSumReader } from "../sql/read-sums.ts";
import { flag, onlyRow } from "../sql/row.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { createSums } from "../sql/sums.ts";
import { POSTGRES } from "./dialect.ts";

const KEY = "hashtextextended('storewalk sums ' || current_schema(), 0)";
const TRY_LOCK_SUMS = `
  select pg_try_advisory_xact_lock(${KEY}) as is_ours`;

/** For who must change the sums now. Held until the commit; who holds it waits for nothing but rows of sums. */
export const LOCK_SUMS = `
  select pg_advisory_xact_lock(${KEY})`;

export function createInsight(db: Database): InsightLedger {
  const sums = createSums(POSTGRES);
  return {
    ...createSumReader({ run: db.read, dialect: POSTGRES }),
    ...createAnyImages({ run: db.read, dialect: POSTGRES, isStorable }),
    addUpSums: () =>
      db.inTransactionAfter(TRY_LOCK_SUMS, async (run, rows) => {
        if (!flag(onlyRow(rows), "is_ours")) return { more: false };
        return { more: await runStepsAwaiting(sums.addUp(), run) };
      }),
  };
}
