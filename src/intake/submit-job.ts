/**
 * A submission from its bytes to a sealed job, or to the list of everything that is wrong with it. Reads on after a problem to
 * find the others, but stores nothing from then on. Must never leave half a job.
 */

import type { FaultCode } from "../domain/fault-codes.ts";
import type { UrlFault } from "../domain/image-url.ts";
import type { JobOptions } from "../domain/job.ts";
import { type TruthRules, USUAL_SETTINGS } from "../domain/truth-rules.ts";
import type { NewVisit } from "../domain/visit.ts";
import type { IntakeLedger } from "../ledger/port/intake-ledger.ts";
import type { FinishedRequest } from "../ledger/port/request-ledger.ts";
import type { ReviewLedger } from "../ledger/port/review-ledger.ts";
import type { MadeRun } from "../ledger/port/schedule-ledger.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import type { TenantLedger, TenantTimes } from "../ledger/port/tenant-ledger.ts";
import { createDraft, type Draft } from "./draft.ts";
import { metadataFromText } from "./label-rules.ts";
import { didYouMean, isSpoiled, nearStores, SPOILED } from "./near-stores.ts";
import { OPTION_NAMES, OPTIONS_OF_THE_JOB, type OptionDefaults, type Options, readOptions } from "./options.ts";
import { createPhotoNames, type PhotoNames, type Photos } from "./photo-names.ts";
import { type Bytes, type Piece, type TableColumn, UnreadableBody } from "./pieces.ts";
import { createProblems, type Problem, type Problems, shown } from "./problems.ts";
import { readJson } from "./read-json.ts";
import { readNdjson } from "./read-ndjson.ts";
import { readTable } from "./read-table.ts";
import type { MemberPath } from "./repeated-member.ts";
import { createUnknownStoreFinder, type UnknownStoreFinder } from "./unknown-stores.ts";
import { createUrlEnds, type UrlEnds } from "./url-ends.ts";
import { checkVisit, type Place } from "./visit-rules.ts";
import { createVisitTimes, type OpenDates, type VisitTimes } from "./visit-times.ts";
import { createWarnings, type Warning, type Warnings } from "./warning.ts";

/** A table is what its bytes say, whichever of both it was called. */
const READERS = { json: readJson, ndjson: readNdjson, csv: readTable, xlsx: readTable } as const;
export type SubmissionFormat = keyof typeof READERS;

export type Submission =
  /** Another sending of the same request goes on with it, or another attempt at the same run; nothing of this one is left. */
  | { readonly kind: "superseded" }
  /** The job that was to get the visits was cancelled, or is not there any more. */
  | { readonly kind: "closed" }
  | {
      readonly kind: "added";
      readonly jobId: number;
      readonly visits: number;
      readonly images: number;
      /** Visits that the job had already, by their names. */
      readonly known: number;
      readonly ends: UrlEnds;
      readonly warnings: WarningList;
    }
  | {
      readonly kind: "accepted";
      readonly jobId: number;
      readonly visits: number;
      readonly images: number;
      readonly ends: UrlEnds;
      readonly warnings: WarningList;
    }
  | {
      readonly kind: "refused";
      /** The first hundred; `total` counts all. */
      readonly problems: readonly Problem[];
      readonly total: number;
      /** All of them, when they are the reason. */
      readonly unknownStores: readonly string[];
    };

/** The first of each kind; `total` counts all. */
export type WarningList = { readonly kept: readonly Warning[]; readonly total: number };

export type Intake = {
  /**
   * Resolves after the durable commit, or with the problems. `options` are the query's; a JSON body may have its own.
   * Rejects when the bytes or the ledger fail; nothing of the job is left then.
   */
  submit(body: Body, request?: RequestUnderKey): Promise<Submission>;
  /** Reads a submission as `submit` does and keeps nothing. */
  check(body: Body): Promise<Check>;
};

type Reading = {
  readonly addTo: number | null;
  /** Says of a URL how its image would fail; asked only where somebody looks at the answer before anything is kept. */
  readonly judgeUrl: JudgeUrl | null;
  readonly tenant: string;
  /** What inspected photos of the tenant are judged by, once it was asked for; null where it set nothing. */
  rules: TruthRules | null | undefined;
  readonly draft: Draft;
  readonly stores: UnknownStoreFinder;
  readonly photoNames: PhotoNames;
  readonly quota: ImageQuota | null;
  readonly problems: Problems;
  /** The members of a JSON body that were read so far, and the query's options. */
  readonly members: Map<string, unknown>;
  readonly ends: UrlEnds;
  readonly warnings: Warnings;
  /** What the tenant chose for its times, once it was asked for. */
  tenantTimes: TenantTimes | undefined;
  /** From the first visit on. */
  times: VisitTimes | null;
  /** Elements of the list of visits, good or not. */
  elements: number;
  /** Of a table. */
  readonly columns: TableColumn[];
};

/** How many images a submission may bring; each call throws when they are too many. */
export type ImageQuota = {
  /** Asked while it is read, with those that came so far. */
  check(images: number): void;
  /** Asked once, when all of it is in order and before it becomes a job. */
  take(images: number): Promise<void>;
};

type Body = {
  /** Whose job it becomes. */
  readonly tenant: string;
  /** The job that gets the visits; absent for a job of their own. */
  readonly addTo?: number | undefined;
  readonly format: SubmissionFormat;
  readonly bytes: Bytes;
  readonly options: Readonly<Record<string, unknown>>;
  /** Those that came with it, if it may bring any. */
  readonly photos?: Photos;
  readonly quota?: ImageQuota;
  /** Of a schedule, when the job is what it makes; asked for when all of it was read. */
  readonly run?: () => MadeRun;
};

/** The key under which a submission was sent; its fingerprint is known when all of it was read. */
export type RequestUnderKey = Omit<FinishedRequest, "fingerprint"> & { readonly fingerprint: () => string };

/** What a submission would come to. */
export type Check = {
  readonly visits: number;
  readonly images: number;
  /** The first hundred; `total` counts all. With none the submission would be accepted. */
  readonly problems: readonly Problem[];
  readonly total: number;
  /** Whether or not they are a reason to refuse it. */
  readonly unknownStores: readonly string[];
  /** The same, when they are a reason to refuse it. */
  readonly refusedStores: readonly string[];
  readonly ends: UrlEnds;
  readonly warnings: WarningList;
  /** Of a table, in its order. */
  readonly columns: readonly TableColumn[];
  /** Times that could be read if somebody said in which order day and month stand. */
  readonly openDates: OpenDates | null;
};

/** How the image at a URL would fail, as far as its text tells; null for one that may be fetched. */
export type JudgeUrl = (url: string) => UrlFault | null;

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
        for (const piece of some) take(piece, reading);
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

  async function decide(reading: Reading, { run }: Body, request: RequestUnderKey | undefined): Promise<Submission> {
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

  function beginReading({ tenant, addTo: job, options, photos, quota }: Body): Reading {
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

  async function readWhole({ format, bytes }: Body, reading: Reading): Promise<void> {
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

/** A URL that cannot be fetched is taken all the same: its image fails alone. */
function warnOfUrls({ images }: NewVisit, place: Place, { judgeUrl, warnings }: Reading): void {
  if (judgeUrl === null) return;
  for (const [index, { url }] of images.entries()) {
    const fault = judgeUrl(url);
    if (fault !== null) warnings.add(place("image_url", index), fault.code, fault.detail);
  }
}

/** An option as a query gives it: a text. */
function given(name: (typeof OPTION_NAMES)[number], value: unknown): unknown {
  return name === "metadata" && typeof value === "string" ? metadataFromText(value) : value;
}

/** What the times of visits are read by, so it must be known before the first. */
const FIXED_WITH_VISITS: readonly string[] = ["dates", "unread_times"];
const FIXED_WHEN_OPENED: readonly string[] = OPTION_NAMES.filter((name) => name !== "unknown_stores");
const KNOWN_MEMBERS: readonly string[] = ["count", "visits", ...OPTION_NAMES];

function take(piece: Piece, reading: Reading): void {
  const { draft, stores, problems, members, photoNames } = reading;
  switch (piece.kind) {
    case "visit": {
      reading.elements += 1;
      if (piece.repeated) {
        const [field, ...inner] = piece.repeated;
        addRepeated(piece.place(String(field)), inner, problems);
      }
      reading.times ??= timesOf(reading);
      const visit = checkVisit(piece.value, piece.place, problems, { photoNames, times: reading.times });
      if (!visit) return;
      draft.add(visit);
      for (const { url } of visit.images) reading.ends.note(url);
      warnOfUrls(visit, piece.place, reading);
      stores.note(visit.storeId, piece.place);
      return;
    }
    case "visits-begin":
      if (members.has("visits")) problems.add("/visits", "repeated", "is given twice");
      members.set("visits", []);
      return;
    case "member":
      if (!KNOWN_MEMBERS.includes(piece.name)) return;
      if (reading.addTo !== null && OPTIONS_OF_THE_JOB.includes(piece.name)) {
        problems.add(`/${piece.name}`, "not_allowed", `is that of job ${reading.addTo} already`);
      }
      if (piece.repeated) addRepeated(`/${piece.name}`, piece.repeated, problems);
      if (members.has(piece.name)) problems.add(`/${piece.name}`, "repeated", "is given twice");
      else if (reading.elements > 0 && FIXED_WITH_VISITS.includes(piece.name)) {
        problems.add(`/${piece.name}`, "misplaced", "must stand before visits");
      } else if (draft.isOpen() && FIXED_WHEN_OPENED.includes(piece.name)) {
        problems.add(`/${piece.name}`, "misplaced", "must stand before visits in a submission of this size");
      }
      members.set(piece.name, piece.value);
      return;
    case "columns":
      reading.columns.push(...piece.columns);
      return;
    case "note":
      reading.warnings.add(piece.pointer, "read_as", piece.detail);
      return;
    case "problem":
      reading.elements += 1;
      problems.add(piece.pointer, piece.code, piece.detail);
  }
}

const listed = ({ kept, total }: Warnings): WarningList => ({ kept, total });

/** A bad choice is a problem when the options are read. */
function timesOf({ members, tenantTimes, problems, warnings }: Reading): VisitTimes {
  const { dates, unreadTimes } = readOptions(Object.fromEntries(members), USUAL_OPTIONS, createProblems());
  const rules = {
    order: dates ?? tenantTimes?.dates ?? null,
    zone: tenantTimes?.timeZone ?? null,
    unread: unreadTimes,
  };
  return createVisitTimes(rules, { problems, warnings });
}

/** Those that play no part for times. */
const USUAL_OPTIONS: OptionDefaults = { unknownStores: "fail", integrity: "header" };

/** Nobody can tell which of the two is meant, and whichever is dropped is lost. */
function addRepeated(pointer: string, inner: MemberPath, problems: Problems): void {
  problems.add(pointer, "repeated", inner.length === 0 ? "is given twice" : `gives ${shown(inner.join("/"))} twice`);
}

/** The members that a JSON body must have. */
function checkMembers({ members, problems, elements }: Reading): void {
  const count = members.get("count");
  const visits = members.get("visits");
  if (!Array.isArray(visits))
    problems.add("/visits", absentOr("malformed", visits), `must be a list of visits, got ${shown(visits)}`);
  else if (elements === 0) problems.add("/visits", "missing", "must have at least one visit, got an empty list");
  if (typeof count !== "number")
    problems.add("/count", absentOr("malformed", count), `must be the number of visits, got ${shown(count)}`);
  else if (Array.isArray(visits) && count !== elements) {
    problems.add("/count", "mismatch", `must be the number of visits, ${elements}, got ${shown(count)}`);
  }
}

const absentOr = (code: FaultCode, value: unknown): FaultCode => (value === undefined ? "missing" : code);
