/** The embedded ledger's way in: a job in preparation, its visits and images, its chunks at the end. Nothing is visible before `sealJob`. */
import type { DatabaseSync } from "node:sqlite";
import { agentOf, type Labels, metadataText } from "../../domain/labels.ts";
import { firstExpiry } from "../../domain/signed-url.ts";
import { type NewVisit, urlsOf } from "../../domain/visit.ts";
import type { IntakeLedger } from "../port/intake-ledger.ts";
import type { FinishedRequest } from "../port/request-ledger.ts";
import { createDraftSteps, OPEN_DRAFT } from "../sql/drafts.ts";
import { FORGET_GIVEN_UP } from "../sql/given-up-hosts.ts";
import { integer } from "../sql/row.ts";
import { noteMadeRun } from "../sql/schedule-runs.ts";
import { runSteps } from "../sql/steps.ts";
import { filesUsedBy, useUploads } from "../sql/uploads.ts";
import { agentKeyIn, agentKeySql } from "../sql/visit-agent.ts";
import { inTransaction } from "./database.ts";
import { createRunStatement, SQLITE } from "./dialect.ts";

const OPEN_JOB = `
  insert into jobs (status, priority, integrity, inspect, rules, external_id, metadata, callback_url, tenant, created_at, store_version)
  values ('preparing', ?, ?, ?, ?, ?, ?, ?, ?, ?, (select max(no) from store_versions))
  returning id`;

const JOB_SO_FAR = `
  select visits, images, ${agentKeySql(SQLITE)} from jobs where id = ? and status = 'preparing'`;

const ADD_VISITS = `
  insert into visits (job, no, store_id, store_known, visit_time, visit_date, first_image, last_image,
                      external_id, metadata, agent, visit_at)
  select ?, value ->> 0, value ->> 1, exists (select 1 from stores where id = value ->> 1), value ->> 2, value ->> 3,
         value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9
  from json_each(?)`;

const ADD_IMAGES = `
  insert into images (job, no, visit, url, external_id, metadata)
  select ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)`;

const USE_UPLOADS = useUploads(
  "select value as file from json_each(?2)",
  "(select id, tenant from jobs where id = ?1) job",
);

const GROW_JOB = `
  update jobs
  set visits = visits + :visits, images = images + :images, touched_at = :now,
      urls_end_at = min(coalesce(urls_end_at, :urlsEndAt), coalesce(:urlsEndAt, urls_end_at))
  where id = :job`;

const PLAN_CHUNKS = `
  with recursive starts (no, first) as (
    select 0, 0
    union all
    select no + 1, first + :size from starts where first + :size < :images
  )
  insert into chunks (job, no, first, last, state)
  select :job, no, first, min(first + :size, :images) - 1, 'pending' from starts`;

const SEAL_JOB = `
  update jobs set status = 'ongoing', chunks_left = (select count(*) from chunks where job = :job)
  where id = :job and status = 'preparing'`;

const DISCARD_BATCH = 20_000;
const DISCARD_IMAGES = `
  delete from images where job = ?1 and no in (select no from images where job = ?1 limit ${DISCARD_BATCH})`;
const DISCARD_VISITS = `
  delete from visits where job = ?1 and no in (select no from visits where job = ?1 limit ${DISCARD_BATCH})`;
const DISCARD_UPLOAD_USES = `
  delete from upload_uses where job = ?1 and file in (select file from upload_uses where job = ?1 limit ${DISCARD_BATCH})`;
const DISCARD_FRESH_URLS = `
  delete from fresh_urls where draft = ?1 and image in (select image from fresh_urls where draft = ?1 limit ${DISCARD_BATCH})`;
const DISCARD_JOB = `
  delete from jobs where id = ? and status = 'preparing'`;

type SoFar = { readonly visits: number; readonly images: number; readonly agentKey: string };

export type IntakeStep =
  | "accept:opened"
  | "accept:visits-added"
  | "accept:run-noted"
  | "accept:chunks-planned"
  | "accept:sealed";

export function createIntake(deps: {
  db: DatabaseSync;
  now: () => number;
  /** Images a chunk for a job of so many images. */
  chunkSize: (images: number) => number;
  finishRequest: (jobId: number, request: FinishedRequest) => boolean;
  onStep: (step: IntakeStep) => void;
}): IntakeLedger {
  const { db, onStep } = deps;
  const runStatement = createRunStatement(db);
  const drafts = createDraftSteps({
    dialect: SQLITE,
    chunkSize: deps.chunkSize,
    forgetGivenUp: FORGET_GIVEN_UP,
    lockShapes: null,
  });
  const openJob = db.prepare(OPEN_JOB);
  const jobSoFar = db.prepare(JOB_SO_FAR);
  const addVisitRows = db.prepare(ADD_VISITS);
  const addImageRows = db.prepare(ADD_IMAGES);
  const useUploads = db.prepare(USE_UPLOADS);
  const growJob = db.prepare(GROW_JOB);
  const planChunks = db.prepare(PLAN_CHUNKS);
  const sealJob = db.prepare(SEAL_JOB);
  const discardImages = db.prepare(DISCARD_IMAGES);
  const discardVisits = db.prepare(DISCARD_VISITS);
  const discardUploadUses = db.prepare(DISCARD_UPLOAD_USES);
  const discardFreshUrls = db.prepare(DISCARD_FRESH_URLS);
  const discardJob = db.prepare(DISCARD_JOB);

  function inPreparation(jobId: number): SoFar {
    const row = jobSoFar.get(jobId);
    if (!row) throw new Error(`job ${jobId} is not in preparation`);
    return { visits: integer(row, "visits"), images: integer(row, "images"), agentKey: agentKeyIn(row) };
  }

  return {
    async openJob(options) {
      return inTransaction(db, () => {
        const row = openJob.get(
          options.priority,
          options.integrity,
          options.inspect,
          options.rules && JSON.stringify(options.rules),
          ...labelColumns(options.labels),
          options.callbackUrl,
          options.tenant,
          deps.now(),
        );
        if (!row) throw new Error("a new job must get an id");
        onStep("accept:opened");
        return integer(row, "id");
      });
    },

    async addVisits(jobId, visits) {
      const uploads = filesUsedBy(visits);
      const urlsEndAt = firstExpiry(urlsOf(visits));
      inTransaction(db, () => {
        const rows = numberRows(visits, inPreparation(jobId));
        addVisitRows.run(jobId, JSON.stringify(rows.visits));
        addImageRows.run(jobId, JSON.stringify(rows.images));
        if (uploads.length > 0) useUploads.run(jobId, JSON.stringify(uploads));
        growJob.run({
          job: jobId,
          visits: rows.visits.length,
          images: rows.images.length,
          now: deps.now(),
          urlsEndAt,
        });
        onStep("accept:visits-added");
      });
    },

    async sealJob(jobId, request, run) {
      return inTransaction(db, () => {
        const { images } = inPreparation(jobId);
        if (images === 0) throw new Error(`job ${jobId} has no images and cannot be sealed`);
        if (request && !deps.finishRequest(jobId, request)) return false;
        if (run && !runSteps(noteMadeRun(jobId, run), runStatement)) return false;
        onStep("accept:run-noted");
        planChunks.run({ job: jobId, images, size: deps.chunkSize(images) });
        onStep("accept:chunks-planned");
        sealJob.run({ job: jobId });
        onStep("accept:sealed");
        return true;
      });
    },

    async openDraft(jobId) {
      const [row] = runStatement(OPEN_DRAFT, [jobId]);
      return row ? integer(row, "id") : null;
    },

    async addDraft(draft, jobId, request) {
      return inTransaction(db, () => runSteps(drafts.addDraft(draft, jobId, request), runStatement));
    },

    async discardJob(jobId) {
      if (!jobSoFar.get(jobId)) return;
      // Bounded deletes: a million rows in one transaction would hold up every other writer.
      while (discardImages.run(jobId).changes > 0);
      while (discardVisits.run(jobId).changes > 0);
      while (discardUploadUses.run(jobId).changes > 0);
      while (discardFreshUrls.run(jobId).changes > 0);
      discardJob.run(jobId);
    },
  };
}

const labelColumns = ({ externalId, metadata }: Labels) => [externalId, metadataText(metadata)] as const;

/** Numbers visits and images on from what the job has, as rows for `json_each`. */
function numberRows(visits: readonly NewVisit[], soFar: SoFar) {
  const visitRows: (readonly (string | number | null)[])[] = [];
  const imageRows: (readonly (string | number | null)[])[] = [];
  let image = soFar.images;
  for (const visit of visits) {
    const no = soFar.visits + visitRows.length;
    const first = image;
    for (const { url, labels } of visit.images) imageRows.push([image++, no, url, ...labelColumns(labels)]);
    visitRows.push([
      no,
      visit.storeId,
      visit.visitTime,
      visit.visitDate,
      first,
      image - 1,
      ...labelColumns(visit.labels),
      agentOf(visit.labels, soFar.agentKey),
      visit.visitAt,
    ]);
  }
  return { visits: visitRows, images: imageRows };
}
