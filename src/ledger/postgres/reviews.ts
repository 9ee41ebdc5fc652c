/** Flagged images, decisions about them and truth settings in the fleet's ledger. */
import type { Database } from "../../postgres/database.ts";
import { isStorable } from "../../postgres/values.ts";
import type { ReviewLedger } from "../port/review-ledger.ts";
import { createDecisions } from "../sql/decisions.ts";
import { createFlagged } from "../sql/flagged.ts";
import { createReviewReader } from "../sql/reviews.ts";
import { createShares } from "../sql/shares.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { createTruthSettings } from "../sql/truth-settings.ts";
import { POSTGRES } from "./dialect.ts";

export function createReviews(db: Database): ReviewLedger {
  const decide = createDecisions(POSTGRES, createFlagged(POSTGRES));
  return {
    ...createReviewReader({ run: db.read, dialect: POSTGRES, isStorable }),
    ...createShares({ run: db.read, dialect: POSTGRES }),
    ...createTruthSettings(db.write),
    decideReviews: (images, decision) => db.inTransaction((run) => runStepsAwaiting(decide(images, decision), run)),
  };
}
