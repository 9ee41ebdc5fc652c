import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sizeOf } from "../campaigns.ts";
import { MUTANTS } from "./mutants.ts";
import { simulate } from "./simulate.ts";

const ONE_SEED = process.env.SIMULATION_SEED;
const SEEDS = sizeOf("simulation");
const MOST_SEEDS_TO_CATCH = 2_000;

describe("the simulation of ledger, dispatcher, workers and sweeper", () => {
  it(`keeps every promise over ${ONE_SEED === undefined ? `${SEEDS} seeds` : `seed ${ONE_SEED}`}`, async (t) => {
    const seeds = ONE_SEED === undefined ? Array.from({ length: SEEDS }, (_, seed) => seed + 1) : [Number(ONE_SEED)];
    let steps = 0;
    for (const seed of seeds) {
      const run = await simulate(seed);
      if (run.kind === "broken") {
        assert.fail(
          `seed ${seed}: ${run.promise}\nreplay with SIMULATION_SEED=${seed}; its last events:\n${run.trace.join("\n")}`,
        );
      }
      steps += run.steps;
    }
    t.diagnostic(`${seeds.length} seeds, ${steps} steps`);
  });

  it("gives the same run for the same seed", async () => {
    for (const seed of [1, 2, 3]) assert.deepEqual(await simulate(seed), await simulate(seed));
  });

  for (const mutant of MUTANTS) {
    it(`catches ${mutant.name}`, async (t) => {
      for (let seed = 1; seed <= MOST_SEEDS_TO_CATCH; seed++) {
        const run = await simulate(seed, mutant);
        if (run.kind === "fine") continue;
        t.diagnostic(`caught at seed ${seed}: ${run.promise.split("\n")[0]}`);
        return;
      }
      assert.fail(`${MOST_SEEDS_TO_CATCH} seeds did not catch it`);
    });
  }
});
