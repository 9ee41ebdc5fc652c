/** Flagged images, decisions about them and truth settings in the embedded ledger. */
import type { DatabaseSync } from "node:sqlite";
import type { ReviewLedger } from "../port/review-ledger.ts";
import { createDecisions } from "../sql/decisions.ts";
import { createFlagged } from "../sql/flagged.ts";
import { createReviewReader } from "../sql/reviews.ts";
import { createShares } from "../sql/shares.ts";
import { runSteps, type Value } from "../sql/steps.ts";
import { createTruthSettings } from "../sql/truth-settings.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

export function createReviews(db: DatabaseSync): ReviewLedger {
  const run = createRunStatement(db);
  const answer = async (sql: string, values: readonly Value[]) => run(sql, values);
  const decide = createDecisions(SQLITE, createFlagged(SQLITE));
  return {
    ...createReviewReader({ run: answer, dialect: SQLITE, isStorable: () => true }),
    ...createShares({ run: answer, dialect: SQLITE }),
    ...createTruthSettings(answer),
    async decideReviews(images, decision) {
      return inTransaction(db, () => runSteps(decide(images, decision), run));
    },
  };
}
