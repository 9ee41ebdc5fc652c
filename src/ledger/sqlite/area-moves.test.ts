/** What an import of stores asks of the one writer: it must not grow with what nobody visited, nor with the sums that others have. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aVisit, claimNext, measured, submitJob } from "../../testing/ledger-builders.ts";
import { LEASE_MS } from "../contract/ledger-under-test.ts";
import { runSteps } from "../sql/steps.ts";
import { createSums } from "../sql/sums.ts";
import { openDatabase } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";
import { createSqliteLedger } from "./sqlite-ledger.ts";

/** Of moving these stores, after a visit of S1: the statements that were sent. */
async function statementsOfMoving(ids: readonly string[]) {
  const db = openDatabase(":memory:");
  const ledger = createSqliteLedger({ db, now: () => 1_000_000 });
  await submitJob(ledger, [aVisit({ storeId: "S1" })]);
  const { lease } = await claimNext(ledger);
  await ledger.record(lease, [measured(0)], LEASE_MS);
  await ledger.addUpSums();
  const run = createRunStatement(db);
  const statements: string[] = [];
  const moves = ids.map((id) => ({ id, from: "", to: "north" }));
  runSteps(createSums(SQLITE).moveAreas(moves, moves.length), (sql, values) => {
    statements.push(sql);
    return run(sql, values);
  });
  const planOf = (sql: string) => {
    const steps = db.prepare(`explain query plan ${sql.replaceAll(/\$(?=\d)/g, "?")}`).all();
    return steps.map(({ detail }) => String(detail));
  };
  const plans = statements.flatMap(planOf);
  await ledger.close();
  return { statements, plans };
}

describe("moving sums with their stores' areas", () => {
  it("changes nothing for stores that nobody visited", async () => {
    const { statements } = await statementsOfMoving(Array.from({ length: 1_500 }, (_, no) => `N${no}`));
    assert.deepEqual(
      statements.filter((sql) => /insert|delete|update/.test(sql)),
      [],
    );
  });

  it("never goes through all sums, nor through the periods anew for each store", async () => {
    const { statements, plans } = await statementsOfMoving(["S1", "N1"]);
    assert.ok(statements.some((sql) => sql.includes("insert into sums")));
    assert.deepEqual(
      plans.filter((step) => /^SCAN (sums|totals|cause_sums|moved|visits)\b/.test(step)),
      [],
    );
    assert.ok(plans.includes("MATERIALIZE periods"));
  });
});
