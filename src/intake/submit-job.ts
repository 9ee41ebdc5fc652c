/**
 * A submission from its bytes to a sealed job, or to the list of everything that is wrong with it. Reads on after a problem to
 * find the others, but stores nothing from then on. Must never leave half a job.
 */

import type { JobOptions } from "../domain/job.ts";
import { type TruthRules, USUAL_SETTINGS } from "../domain/truth-rules.ts";
import type { IntakeLedger } from "../ledger/port/intake-ledger.ts";
import type { ReviewLedger } from "../ledger/port/review-ledger.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import type { TenantLedger } from "../ledger/port/tenant-ledger.ts";
import { isSpoiled, SPOILED } from "../table/spoiled-number.ts";
import { createDraft } from "./draft.ts";
import { metadataFromText } from "./label-rules.ts";
import { didYouMean, nearStores } from "./near-stores.ts";
import { OPTION_NAMES, type OptionDefaults, type Options, readOptions } from "./options.ts";
import { createPhotoNames } from "./photo-names.ts";
import { type Piece, UnreadableBody } from "./pieces.ts";
import { createProblems, type Problems, shown } from "./problems.ts";
import { readJson } from "./read-json.ts";
import { readNdjson } from "./read-ndjson.ts";
import { readTable } from "./read-table.ts";
import type {
  Intake,
  JudgeUrl,
  RequestUnderKey,
  Submission,
  SubmissionBody,
  SubmissionFormat,
  WarningList,
} from "./submission.ts";
import { checkMembers, type Reading, takePiece } from "./take-piece.ts";
import { createUnknownStoreFinder } from "./unknown-stores.ts";
import { createUrlEnds } from "./url-ends.ts";
import { createWarnings, type Warnings } from "./warning.ts";

/** A table is what its bytes say, whichever of both it was called. */
const READERS = { json: readJson, ndjson: readNdjson, csv: readTable, xlsx: readTable } as const satisfies Record<
  SubmissionFormat,
  unknown
>;

export function createIntake(deps: {
  readonly ledger: IntakeLedger &
    Pick<StoreLedger, "unknownStores" | "countStores" | "readStores"> &
    Pick<ReviewLedger, "readTruthSettings"> &
    Pick<TenantLedger, "readTenantTimes">;
  readonly defaults: OptionDefaults;
  /** Absent where nobody can tell. */
  readonly judgeUrl?: JudgeUrl;
}): Intake {
  async function optionsOf(reading: Reading, problems: Problems): Promise<JobOptions & Options> {
    const options = readOptions(Object.fromEntries(reading.members), deps.defaults, problems);
    return { ...options, rules: await rulesOf(reading, options), tenant: reading.tenant };
  }

  /** Asked for when a job is about to be opened, once: nothing may wait between a body's coming and its being read. */
  async function rulesOf(reading: Reading, { inspect, thresholds }: Options): Promise<TruthRules | null> {
    if (inspect === "off") return null;
    if (reading.rules === undefined) {
      reading.rules = (await deps.ledger.readTruthSettings(reading.tenant))?.settings ?? null;
    }
    const { reuse, thresholds: usual } = reading.rules ?? deps.defaults.rules ?? USUAL_SETTINGS;
    return { reuse, thresholds: { ...usual, ...thresholds } };
  }

  /** Resolves to false when the body could not be read to its end. */
  async function read(pieces: AsyncIterable<readonly Piece[]>, reading: Reading): Promise<boolean> {
    const { draft, stores, problems } = reading;
    try {
      for await (const some of pieces) {
        reading.tenantTimes ??= await deps.ledger.readTenantTimes(reading.tenant);
        for (const piece of some) takePiece(piece, reading);
        reading.quota?.check(draft.images);
        await stores.lookUp();
        if (problems.total > 0) await draft.discard();
        else await draft.writeBatches(await optionsOf(reading, createProblems()));
      }
      return true;
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      problems.add(error.pointer, error.code, error.message);
      return false;
    }
  }

  function checkUnknownStores({ stores, problems, warnings }: Reading, options: Options): readonly string[] {
    const isRefused = options.unknownStores === "reject";
    for (const [storeId, placeOf] of stores.found) {
      const place = placeOf("store_id");
      if (isRefused) problems.add(place, "unknown", `store ${shown(storeId)} is not in the store master`);
      if (isSpoiled(storeId)) warnings.add(place, "id_spoiled", `${shown(storeId)} ${SPOILED}`);
    }
    return isRefused ? [...stores.found.keys()] : [];
  }

  /** Costs a look at the whole store master, so only where somebody looks at the answer before anything is kept. */
  async function suggestStores({ stores, warnings }: Reading): Promise<void> {
    const near = await nearStores(deps.ledger, [...stores.found.keys()]);
    for (const [storeId, ids] of near) {
      const place = stores.found.get(storeId)?.("store_id") ?? "";
      warnings.add(
        place,
        "near_store",
        `store ${shown(storeId)} is not in the store master. ${didYouMean(storeId, ids)}`,
      );
    }
  }

  async function decide(
    reading: Reading,
    { run }: SubmissionBody,
    request: RequestUnderKey | undefined,
  ): Promise<Submission> {
    const { draft, problems } = reading;
    const options = await optionsOf(reading, problems);
    const unknownStores = checkUnknownStores(reading, options);
    if (problems.total > 0) {
      await draft.discard();
      return { kind: "refused", problems: problems.kept, total: problems.total, unknownStores };
    }
    await reading.quota?.take(draft.images);
    const sealed = await draft.seal(options, request && { ...request, fingerprint: request.fingerprint() }, run?.());
    const said = { ends: reading.ends, warnings: listed(reading.warnings) };
    if (sealed.kind === "added") return { ...sealed, ...said };
    if (sealed.kind !== "sealed") return sealed;
    return { kind: "accepted", jobId: sealed.jobId, visits: draft.visits, images: draft.images, ...said };
  }

  function beginReading({ tenant, addTo: job, options, photos, quota }: SubmissionBody): Reading {
    const addTo = job ?? null;
    const problems = createProblems();
    return {
      tenant,
      addTo,
      judgeUrl: null,
      rules: undefined,
      draft: createDraft(deps.ledger, addTo),
      stores: createUnknownStoreFinder(deps.ledger),
      photoNames: createPhotoNames(photos, problems),
      quota: quota ?? null,
      problems,
      ends: createUrlEnds(Date.now()),
      warnings: createWarnings(),
      tenantTimes: undefined,
      times: null,
      elements: 0,
      members: new Map(
        OPTION_NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, given(name, options[name])]])),
      ),
      columns: [],
    };
  }

  async function readWhole({ format, bytes }: SubmissionBody, reading: Reading): Promise<void> {
    const { columns } = readOptions(Object.fromEntries(reading.members), deps.defaults, createProblems());
    const readable = await read(READERS[format](bytes, columns), reading);
    if (readable && format === "json") checkMembers(reading);
    else if (readable && reading.elements === 0) {
      reading.problems.add("", "missing", "there are no visits in it; at least one is needed");
    }
    if (readable) reading.photoNames.checkAllUsed();
  }

  return {
    async submit(body, request) {
      const reading = beginReading(body);
      try {
        await readWhole(body, reading);
        return await decide(reading, body, request);
      } catch (error) {
        // The first cause is what the caller must hear; what cannot be removed now is swept later.
        await reading.draft.discard().catch(() => {});
        throw error;
      }
    },

    async check(body) {
      const reading = { ...beginReading(body), judgeUrl: deps.judgeUrl ?? null };
      const { draft, problems, stores, warnings, columns } = reading;
      await draft.discard();
      await readWhole(body, reading);
      const refusedStores = checkUnknownStores(reading, await optionsOf(reading, problems));
      await suggestStores(reading);
      return {
        visits: draft.visits,
        images: draft.images,
        problems: problems.kept,
        total: problems.total,
        unknownStores: [...stores.found.keys()],
        refusedStores,
        warnings: listed(warnings),
        columns,
        openDates: reading.times?.openDates() ?? null,
        ends: reading.ends,
      };
    },
  };
}

/** An option as a query gives it: a text. */
function given(name: (typeof OPTION_NAMES)[number], value: unknown): unknown {
  return name === "metadata" && typeof value === "string" ? metadataFromText(value) : value;
}

const listed = ({ kept, total }: Warnings): WarningList => ({ kept, total });
