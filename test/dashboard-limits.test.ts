/** What the dashboard's forms let somebody set, against what the service takes: a value that is kept must not stand in a form that refuses it. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { THRESHOLDS } from "../src/domain/truth-rules.ts";
import { LIMITS } from "../web/src/truth/limits.ts";

it("the dashboard's fields for limits of photos take what the service takes", () => {
  const ofForms = Object.fromEntries(LIMITS.map(({ option, least, most }) => [option, { least, most }]));
  const ofService = Object.fromEntries(
    Object.entries(THRESHOLDS).map(([option, { least, most }]) => [option, { least, most }]),
  );
  assert.deepEqual(ofForms, ofService);
});
