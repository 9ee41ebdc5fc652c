/** The order of the migrations: a ledger counts those that it has, so one that is put between others would never run where they did. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";

const numbersIn = (ledger: string): readonly number[] =>
  readdirSync(new URL(`${ledger}/`, import.meta.url))
    .filter((name) => name.endsWith(".sql"))
    .map((name) => Number(name.slice(0, 4)))
    .sort((a, b) => a - b);

describe("the migrations", () => {
  for (const ledger of ["sqlite", "postgres"]) {
    it(`of ${ledger} are numbered from 1 without a gap and none twice`, () => {
      const numbers = numbersIn(ledger);
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => index + 1),
      );
    });
  }
});
