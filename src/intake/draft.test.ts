import assert from "node:assert/strict";
import { it } from "node:test";
import { openDatabase } from "../ledger/sqlite/database.ts";
import { createSqliteLedger } from "../ledger/sqlite/sqlite-ledger.ts";
import { aVisit, jobOptions, submitJob } from "../testing/ledger-builders.ts";
import { createDraft } from "./draft.ts";

it("tells what was added to a job though the draft cannot be removed, or a client would add it again", async () => {
  const ledger = createSqliteLedger({ db: openDatabase(":memory:"), now: Date.now });
  const jobId = await submitJob(ledger, [aVisit()]);
  const discardJob = () => Promise.reject(new Error("the ledger went away"));
  const draft = createDraft({ ...ledger, discardJob }, jobId);
  draft.add(aVisit({ images: 2 }));
  assert.deepEqual(await draft.seal(jobOptions()), { kind: "added", jobId, visits: 1, images: 2, known: 0 });
  await ledger.close();
});
