/** Sums over jobs in the embedded ledger: there is one writer, so nobody else adds up at the same time. */
import type { DatabaseSync } from "node:sqlite";
import type { InsightLedger } from "../port/insight-ledger.ts";
import { createAnyImages } from "../sql/any-images.ts";
import { createSumReader } from "../sql/read-sums.ts";
import { runSteps } from "../sql/steps.ts";
import { createSums } from "../sql/sums.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

export type InsightStep = "sums:added";

export function createInsight(db: DatabaseSync, onStep: (step: InsightStep) => void): InsightLedger {
  const sums = createSums(SQLITE);
  const runStatement = createRunStatement(db);
  const run: (...statement: Parameters<typeof runStatement>) => Promise<ReturnType<typeof runStatement>> = async (
    ...statement
  ) => runStatement(...statement);
  return {
    ...createSumReader({ run, dialect: SQLITE }),
    ...createAnyImages({ run, dialect: SQLITE, isStorable: () => true }),
    async addUpSums() {
      return inTransaction(db, () => {
        const more = runSteps(sums.addUp(), runStatement);
        onStep("sums:added");
        return { more };
      });
    },
  };
}
