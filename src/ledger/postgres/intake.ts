/**
 * The way in: a job in preparation, its visits and images, its chunks at the end. Nothing is visible before `sealJob`. Each step names what
 * the job had before, so that a step whose answer was lost can be sent again: it is done once, and the second sees that it was.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { agentOf, type Labels, metadataText } from "../../domain/labels.ts";
import { firstExpiry } from "../../domain/signed-url.ts";
import { type NewVisit, urlsOf } from "../../domain/visit.ts";
import type { Database, Row } from "../../postgres/database.ts";
import { numbers, storable, texts, type Value } from "../../postgres/values.ts";
import type { DraftAdded, IntakeLedger } from "../port/intake-ledger.ts";
import { LedgerUnavailable } from "../port/ledger-unavailable.ts";
import type { MadeRun } from "../port/schedule-ledger.ts";
import { createDraftSteps, JobClosed, OPEN_DRAFT } from "../sql/drafts.ts";
import { FORGET_GIVEN_UP } from "../sql/given-up-hosts.ts";
import { KEY_KNOWN_MS } from "../sql/request-keys.ts";
import { integer, onlyRow, text } from "../sql/row.ts";
import { noteMadeRun } from "../sql/schedule-runs.ts";
import { runStepsAwaiting } from "../sql/steps.ts";
import { filesUsedBy, useUploads } from "../sql/uploads.ts";
import { agentKeyIn, agentKeySql } from "../sql/visit-agent.ts";
import { POSTGRES } from "./dialect.ts";
import { LOCK_SHAPES } from "./job-shapes.ts";

const AGENT_KEY = agentKeySql(POSTGRES);

const OPEN_JOB = `
  insert into jobs (status, priority, integrity, inspect, rules, external_id, metadata, callback_url, tenant, created_at, store_version)
  values ('preparing', $1, $2, $3, $4, $5, $6, $7, $8, storewalk_now(), (select max(no) from store_versions)) returning id`;

const JOB_SO_FAR = `
  select status, visits, images, ${AGENT_KEY} from jobs where id = $1 and pruned_at is null`;

// One statement where SQLite has five: it is one round trip, and the counts in its condition make it safe to repeat.
const ADD_VISITS = `
  with job as (
    update jobs set visits = $4, images = $5, touched_at = storewalk_now(), urls_end_at = least(urls_end_at, $22::bigint)
    where id = $1 and status = 'preparing' and pruned_at is null and visits = $2 and images = $3
    returning id, tenant
  ), added_visits as (
    insert into visits (job, no, store_id, store_known, visit_time, visit_date, first_image, last_image,
                        external_id, metadata, agent, visit_at)
    select job.id, given.no, given.store_id, exists (select 1 from stores where stores.id = given.store_id),
           given.visit_time, given.visit_date, given.first_image, given.last_image, given.external_id, given.metadata,
           given.agent, given.visit_at
    from job, unnest($6::integer[], $7::text[], $8::text[], $9::text[], $10::integer[], $11::integer[], $12::text[], $13::text[],
                     $14::text[], $15::text[])
      as given (no, store_id, visit_time, visit_date, first_image, last_image, external_id, metadata, agent, visit_at)
  ), added_images as (
    insert into images (job, no, visit, url, external_id, metadata)
    select job.id, given.*
    from job, unnest($16::integer[], $17::integer[], $18::text[], $19::text[], $20::text[]) as given
  ), used_uploads as (
    ${useUploads("select unnest($21::text[]) as file", "job")}
  )
  select id from job`;

// A request that is not its holder's any more leaves the job as it is; $4 is null without a request. A job that is discarded at this moment leaves its request as it is:
// the key would lead to a job that never was.
const SEAL_JOB = `
  with ready as (
    select id from jobs where id = $1 and status = 'preparing' and pruned_at is null and images = $2 for update
  ), request as (
    update idempotency set job = $1, fingerprint = $6, until = storewalk_now() + $7
    where key = $4 and holder = $5 and job is null and exists (select 1 from ready) returning 1
  ), job as (
    update jobs set status = 'ongoing', chunks_left = (images + $3 - 1) / $3
    from ready where jobs.id = ready.id and ($4::text is null or exists (select 1 from request))
    returning jobs.id, images
  ), planned as (
    insert into chunks (job, no, first, last, state)
    select id, no, no * $3, least((no + 1) * $3, images) - 1, 'pending'
    from job, generate_series(0, (images - 1) / $3) as no
  )
  select id from job`;

// Its visits and images are numbered on from what the job has.
const LOCK_ADDING = `
  select pg_advisory_xact_lock(hashtextextended('storewalk adding to job ' || $1 || ' ' || current_schema(), 0))`;

// From here on nothing can be added, so no row can come behind the deletes.
const BEGIN_DISCARD = `
  update jobs set pruned_at = storewalk_now()
  where id = $1 and status = 'preparing' and (pruned_at is not null or coalesce(touched_at, created_at) <= $2) returning id`;

const DISCARD_BATCH = 20_000;
const discardFrom = (table: string, owner = "job") => `
  with gone as (
    delete from ${table} where ctid = any (array(select ctid from ${table} where ${owner} = $1 limit ${DISCARD_BATCH})) returning 1
  )
  select count(*) as rows from gone`;
const DISCARD_IMAGES = discardFrom("images");
const DISCARD_VISITS = discardFrom("visits");
const DISCARD_UPLOAD_USES = discardFrom("upload_uses");
const DISCARD_FRESH_URLS = discardFrom("fresh_urls", "draft");

const DISCARD_JOB = `
  delete from jobs where id = $1 and status = 'preparing'`;

/** A step whose answer was lost is sent again for so long. */
const KNOW_WITHIN_MS = 10_000;
const PAUSE_MS = 250;

/** Takes the transaction back. */
class RunLost extends Error {}

type SoFar = {
  readonly preparing: boolean;
  readonly visits: number;
  readonly images: number;
  readonly agentKey: string;
};

export type PostgresIntake = IntakeLedger & {
  /** Discards the job unless something was added to it after `at`; says whether it did. */
  discardUntouched(jobId: number, at: number): Promise<boolean>;
};

export function createIntake(deps: {
  readonly db: Database;
  /** Images a chunk for a job of so many images. */
  readonly chunkSize: (images: number) => number;
}): PostgresIntake {
  const { db } = deps;

  const drafts = createDraftSteps({
    dialect: POSTGRES,
    chunkSize: deps.chunkSize,
    forgetGivenUp: FORGET_GIVEN_UP,
    lockShapes: LOCK_SHAPES,
  });

  async function soFar(jobId: number): Promise<SoFar | null> {
    const [row] = await db.write(JOB_SO_FAR, [jobId]);
    return row ? soFarFromRow(row) : null;
  }

  async function inPreparation(jobId: number): Promise<SoFar> {
    const job = await soFar(jobId);
    if (!job?.preparing) throw new Error(`job ${jobId} is not in preparation`);
    return job;
  }

  /**
   * Sends a step that changes a job once at most; `isDone` tells from the job whether an earlier sending did it. False when the step did not
   * fit the job as it is, though it is in preparation.
   */
  const once = (jobId: number, send: () => Promise<boolean>, isDone: (job: SoFar) => boolean) =>
    untilKnown(async (doubted) => {
      if (await send()) return true;
      const job = await soFar(jobId);
      if (doubted && job && isDone(job)) return true;
      if (job?.preparing) return false;
      throw new Error(`job ${jobId} is not in preparation`);
    });

  const sends = (sql: string, values: readonly Value[]) => async () => (await db.write(sql, values)).length > 0;

  /** The job first: whoever finds it sealed finds its run noted. */
  const sendsRun = (jobId: number, seal: readonly Value[], made: MadeRun) => async () => {
    try {
      return await db.inTransaction(async (run) => {
        const [sealed] = await run(SEAL_JOB, seal);
        if (sealed && !(await runStepsAwaiting(noteMadeRun(jobId, made), run))) throw new RunLost();
        return sealed !== undefined;
      });
    } catch (error) {
      if (error instanceof RunLost) return false;
      throw error;
    }
  };

  async function remove(jobId: number): Promise<void> {
    // Bounded deletes: a million rows in one transaction would hold up vacuum and replicas.
    for (const sql of [DISCARD_IMAGES, DISCARD_VISITS, DISCARD_UPLOAD_USES, DISCARD_FRESH_URLS]) {
      while (integer(onlyRow(await db.write(sql, [jobId])), "rows") > 0);
    }
    await db.write(DISCARD_JOB, [jobId]);
  }

  async function discardUntouched(jobId: number, at: number): Promise<boolean> {
    const [found] = await db.write(BEGIN_DISCARD, [jobId, at]);
    if (!found) return false;
    await remove(jobId);
    return true;
  }

  return {
    async openJob(options) {
      // An answer that is lost leaves a job in preparation that nobody knows; the sweeper discards it.
      return integer(
        onlyRow(
          await db.write(OPEN_JOB, [
            options.priority,
            options.integrity,
            options.inspect,
            options.rules && JSON.stringify(options.rules),
            ...labelsOf(options.labels),
            options.callbackUrl,
            options.tenant,
          ]),
        ),
        "id",
      );
    },

    async addVisits(jobId, visits) {
      const before = await inPreparation(jobId);
      const rows = numberRows(visits, before);
      const after = { visits: before.visits + visits.length, images: before.images + rows.images };
      const counts = [before.visits, before.images, after.visits, after.images];
      const added = await once(
        jobId,
        sends(ADD_VISITS, [jobId, ...counts, ...rows.columns, texts(filesUsedBy(visits)), firstExpiry(urlsOf(visits))]),
        (job) => job.preparing && job.visits === after.visits && job.images === after.images,
      );
      if (!added) throw new Error(`job ${jobId} was added to by somebody else`);
    },

    async sealJob(jobId, request, run) {
      const { images } = await inPreparation(jobId);
      if (images === 0) throw new Error(`job ${jobId} has no images and cannot be sealed`);
      const { key = null, holder = null, fingerprint = null } = request ?? {};
      const values = [jobId, images, deps.chunkSize(images), key, holder, fingerprint, KEY_KNOWN_MS];
      const send = run ? sendsRun(jobId, values, run) : sends(SEAL_JOB, values);
      const sealed = await once(jobId, send, (job) => !job.preparing);
      if (!sealed && !request && !run) throw new Error(`job ${jobId} was changed while it was sealed`);
      return sealed;
    },

    async openDraft(jobId) {
      const [row] = await db.write(OPEN_DRAFT, [jobId]);
      return row ? integer(row, "id") : null;
    },

    addDraft: (draft, jobId, request) =>
      untilKnown(async (doubted): Promise<DraftAdded> => {
        try {
          return await db.inTransaction(async (run) => {
            // It is held until a transaction in doubt has ended.
            await run(LOCK_ADDING, [jobId]);
            const before = doubted ? await runStepsAwaiting(drafts.readOutcome(draft), run) : null;
            return before ?? (await runStepsAwaiting(drafts.addDraft(draft, jobId, request), run));
          });
        } catch (error) {
          if (error instanceof JobClosed) return { kind: "closed" };
          throw error;
        }
      }),

    async discardJob(jobId) {
      await discardUntouched(jobId, Number.MAX_SAFE_INTEGER);
    },

    discardUntouched,
  };
}

/** Sends again what had no answer; `doubted` when an earlier sending may have been carried out. */
async function untilKnown<T>(send: (doubted: boolean) => Promise<T>): Promise<T> {
  const until = Date.now() + KNOW_WITHIN_MS;
  for (let doubted = false; ; doubted = true) {
    try {
      return await send(doubted);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable) || Date.now() >= until) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

function soFarFromRow(row: Row): SoFar {
  return {
    preparing: text(row, "status") === "preparing",
    visits: integer(row, "visits"),
    images: integer(row, "images"),
    agentKey: agentKeyIn(row),
  };
}

const labelsOf = ({ externalId, metadata }: Labels) =>
  [externalId === null ? null : storable(externalId), metadataText(metadata)] as const;

function labelColumns(labelled: readonly { readonly labels: Labels }[]): readonly string[] {
  return [
    texts(labelled.map(({ labels }) => labels.externalId)),
    texts(labelled.map(({ labels }) => metadataText(labels.metadata))),
  ];
}

/** Numbers visits and images on from what the job has, as columns for `unnest`. */
function numberRows(visits: readonly NewVisit[], soFar: SoFar) {
  const visitNos: number[] = [];
  const firsts: number[] = [];
  const lasts: number[] = [];
  const imageNos: number[] = [];
  const visitOfImage: number[] = [];
  let image = soFar.images;
  for (const [index, visit] of visits.entries()) {
    const no = soFar.visits + index;
    visitNos.push(no);
    firsts.push(image);
    for (let of = 0; of < visit.images.length; of++) {
      imageNos.push(image++);
      visitOfImage.push(no);
    }
    lasts.push(image - 1);
  }
  const visitColumns = [
    numbers(visitNos),
    texts(visits.map(({ storeId }) => storeId)),
    texts(visits.map(({ visitTime }) => visitTime)),
    texts(visits.map(({ visitDate }) => visitDate)),
    numbers(firsts),
    numbers(lasts),
    ...labelColumns(visits),
    texts(visits.map(({ labels }) => agentOf(labels, soFar.agentKey))),
    texts(visits.map(({ visitAt }) => visitAt)),
  ];
  const images = visits.flatMap((visit) => visit.images);
  const urls = texts(images.map(({ url }) => url));
  const imageColumns = [numbers(imageNos), numbers(visitOfImage), urls, ...labelColumns(images)];
  return { images: imageNos.length, columns: [...visitColumns, ...imageColumns] };
}
