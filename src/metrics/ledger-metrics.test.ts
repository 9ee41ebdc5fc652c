import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Registry } from "prom-client";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aStore } from "../testing/ledger-builders.ts";
import { seriesOf } from "../testing/metrics-text.ts";
import { addLedgerMetrics } from "./ledger-metrics.ts";

function setup() {
  let at = 0;
  const registry = new Registry();
  const { timeCalls } = addLedgerMetrics(registry, () => at);
  return {
    timeCalls,
    pass: (ms: number) => {
      at += ms;
    },
    valueAt: async (name: string) => seriesOf(await registry.metrics()).get(`storewalk_ledger_call_${name}`),
  };
}

describe("a ledger whose calls are timed", () => {
  it("answers as the ledger does, each call counted under its method's name", async () => {
    const { timeCalls, valueAt } = setup();
    const ledger = timeCalls(createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now }));
    await ledger.importStores([aStore({ id: "S1" })]);
    assert.deepEqual([await ledger.countStores(), await ledger.unknownStores(["S1", "S2"])], [1, ["S2"]]);
    assert.deepEqual(
      [await valueAt('seconds_count{method="countStores"}'), await valueAt('errors_total{method="countStores"}')],
      [1, 0],
    );
    await ledger.close();
  });

  it("counts the time until the answer, not until the promise", async () => {
    const { timeCalls, pass, valueAt } = setup();
    const answer = Promise.withResolvers<number>();
    const call = timeCalls({ countStores: () => answer.promise }).countStores();
    pass(2_000);
    answer.resolve(3);
    assert.equal(await call, 3);
    assert.equal(await valueAt('seconds_sum{method="countStores"}'), 2);
  });

  it("passes a fault on as it is, and counts it", async () => {
    const { timeCalls, valueAt } = setup();
    const fault = new Error("away");
    const ledger = timeCalls({ readFleet: async () => Promise.reject(fault) });
    await assert.rejects(ledger.readFleet(), (error) => error === fault);
    assert.deepEqual(
      [await valueAt('errors_total{method="readFleet"}'), await valueAt('seconds_count{method="readFleet"}')],
      [1, 1],
    );
  });

  it("gives every method its own ledger to work on", async () => {
    const { timeCalls } = setup();
    const ledger = timeCalls({
      stores: 4,
      async countStores() {
        return this.stores;
      },
    });
    assert.equal(await ledger.countStores(), 4);
  });
});
