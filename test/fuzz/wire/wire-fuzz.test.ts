/**
 * The reader of answers against answers that are right, wrong and cut anywhere, and against faults built into its own source.
 * `WIRE_FUZZ_RUNS=100000` for a longer run.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAnswerReader } from "../../../src/pipeline/fetch/wire/answer-reader.ts";
import { sizeOf } from "../../campaigns.ts";
import { loadMutated } from "./load-mutated.ts";
import { MUTANTS } from "./mutants.ts";
import { PROMISES } from "./promises.ts";

const RUNS = sizeOf("wireFuzz");
const RUNS_TO_FIND = 1_000;

describe("the reader of answers", () => {
  for (const { name, hold } of PROMISES) it(name, () => hold(createAnswerReader, RUNS));

  for (const [no, mutant] of MUTANTS.entries()) {
    it(`would not get away with one that ${mutant.name}`, async (t) => {
      const create = await loadMutated(mutant, no);
      const broken = PROMISES.find(({ hold }) => {
        try {
          hold(create, RUNS_TO_FIND);
          return false;
        } catch {
          return true;
        }
      });
      assert.ok(broken, "every promise still holds");
      t.diagnostic(`caught by: ${broken.name}`);
    });
  }
});
