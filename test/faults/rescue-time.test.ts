/** When the chunks of a worker that died run again where nobody but the lease knows of it, by a clock that stands still. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openDatabase } from "../../src/ledger/sqlite/database.ts";
import { createSqliteLedger } from "../../src/ledger/sqlite/sqlite-ledger.ts";
import { loadConfig } from "../../src/settings/config.ts";
import { createFakeClock } from "../../src/testing/fake-clock.ts";
import { aVisit, claimNext, submitJob } from "../../src/testing/ledger-builders.ts";
import { startSweeper } from "../../src/worker/sweeper.ts";

/** For the sweep itself, the dispatch and the claim. */
const THE_REST_MS = 1_000;

describe("chunks of a dead worker", () => {
  it("run again within half a minute with the default settings, and not before their lease is over", async (t) => {
    const { leaseMs } = loadConfig({}, {});
    const clock = createFakeClock();
    const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: clock.now });
    await submitJob(ledger, [aVisit()]);
    const rescued: number[] = [];
    const sweeper = startSweeper({
      ledger,
      clock,
      leaseMs,
      onRescued: () => void rescued.push(clock.now()),
      onError: (error) => assert.fail(String(error)),
    });
    t.after(() => sweeper.stop());
    // The worst that can be: the worker says that it is there right after a look, and never again.
    await clock.pass(1);
    await claimNext(ledger, leaseMs);
    await clock.pass(leaseMs - 1);
    assert.deepEqual(rescued, []);
    await clock.pass(30_000 - THE_REST_MS - leaseMs);
    assert.equal(rescued.length, 1);
  });
});
