/**
 * A submission from its bytes to a sealed job, or to the list of everything that is wrong with it. Reads on after a problem to
 * find the others, but stores nothing from then on. Must never leave half a job.
 */

import type { FaultCode } from "../domain/fault-codes.ts";
import type { JobOptions } from "../domain/job.ts";
import { type TruthRules, USUAL_SETTINGS } from "../domain/truth-rules.ts";
import type { IntakeLedger } from "../ledger/port/intake-ledger.ts";
import type { HeldRequest } from "../ledger/port/request-ledger.ts";
import type { ReviewLedger } from "../ledger/port/review-ledger.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import { createDraft, type Draft } from "./draft.ts";
import { metadataFromText } from "./label-rules.ts";
import { OPTION_NAMES, type OptionDefaults, type Options, readOptions } from "./options.ts";
import { createPhotoNames, type PhotoNames, type Photos } from "./photo-names.ts";
import { type Bytes, type Piece, UnreadableBody } from "./pieces.ts";
import { createProblems, type Problem, type Problems, shown } from "./problems.ts";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import { readNdjson } from "./read-ndjson.ts";
import type { MemberPath } from "./repeated-member.ts";
import { createUnknownStoreFinder, type UnknownStoreFinder } from "./unknown-stores.ts";
import { createUrlEnds, type UrlEnds } from "./url-ends.ts";
import { checkVisit } from "./visit-rules.ts";

const READERS = { json: readJson, ndjson: readNdjson, csv: readCsv } as const;
export type SubmissionFormat = keyof typeof READERS;

export type Submission =
  /** Another sending of the same request goes on with it; nothing of this one is left. */
  | { readonly kind: "superseded" }
  | {
      readonly kind: "accepted";
      readonly jobId: number;
      readonly visits: number;
      readonly images: number;
      readonly ends: UrlEnds;
    }
  | {
      readonly kind: "refused";
      /** The first hundred; `total` counts all. */
      readonly problems: readonly Problem[];
      readonly total: number;
      /** All of them, when they are the reason. */
      readonly unknownStores: readonly string[];
    };

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
  /** Elements of the list of visits, good or not. */
  elements: number;
  readonly ignoredColumns: string[];
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
  readonly format: SubmissionFormat;
  readonly bytes: Bytes;
  readonly options: Readonly<Record<string, unknown>>;
  /** Those that came with it, if it may bring any. */
  readonly photos?: Photos;
  readonly quota?: ImageQuota;
};

/** The key under which a submission was sent; its fingerprint is known when all of it was read. */
export type RequestUnderKey = HeldRequest & { readonly fingerprint: () => string };

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
  /** Of a CSV. */
  readonly ignoredColumns: readonly string[];
  readonly ends: UrlEnds;
};

export function createIntake(deps: {
  readonly ledger: IntakeLedger & Pick<StoreLedger, "unknownStores"> & Pick<ReviewLedger, "readTruthSettings">;
  readonly defaults: OptionDefaults;
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

  function checkUnknownStores({ stores, problems }: Reading, options: Options): readonly string[] {
    const unknownStores = options.unknownStores === "reject" ? [...stores.found.keys()] : [];
    for (const storeId of unknownStores) {
      const place = stores.found.get(storeId)?.("store_id") ?? "";
      problems.add(place, "unknown", `store ${shown(storeId)} is not in the store master`);
    }
    return unknownStores;
  }

  async function decide(reading: Reading, request: RequestUnderKey | undefined): Promise<Submission> {
    const { draft, problems } = reading;
    const options = await optionsOf(reading, problems);
    const unknownStores = checkUnknownStores(reading, options);
    if (problems.total > 0) {
      await draft.discard();
      return { kind: "refused", problems: problems.kept, total: problems.total, unknownStores };
    }
    await reading.quota?.take(draft.images);
    const jobId = await draft.seal(options, request && { ...request, fingerprint: request.fingerprint() });
    if (jobId === null) return { kind: "superseded" };
    return { kind: "accepted", jobId, visits: draft.visits, images: draft.images, ends: reading.ends };
  }

  function beginReading({ tenant, options, photos, quota }: Body): Reading {
    const problems = createProblems();
    return {
      tenant,
      rules: undefined,
      draft: createDraft(deps.ledger),
      stores: createUnknownStoreFinder(deps.ledger),
      photoNames: createPhotoNames(photos, problems),
      quota: quota ?? null,
      problems,
      ends: createUrlEnds(Date.now()),
      elements: 0,
      members: new Map(
        OPTION_NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, given(name, options[name])]])),
      ),
      ignoredColumns: [],
    };
  }

  async function readWhole({ format, bytes }: Body, reading: Reading): Promise<void> {
    const readable = await read(READERS[format](bytes), reading);
    if (readable && format === "json") checkMembers(reading);
    else if (readable && reading.elements === 0) {
      reading.problems.add("", "missing", "the body has no visits; at least one is needed");
    }
    if (readable) reading.photoNames.checkAllUsed();
  }

  return {
    async submit(body, request) {
      const reading = beginReading(body);
      try {
        await readWhole(body, reading);
        return await decide(reading, request);
      } catch (error) {
        // The first cause is what the caller must hear; what cannot be removed now is swept later.
        await reading.draft.discard().catch(() => {});
        throw error;
      }
    },

    async check(body) {
      const reading = beginReading(body);
      const { draft, problems, stores, ignoredColumns } = reading;
      await draft.discard();
      await readWhole(body, reading);
      const refusedStores = checkUnknownStores(reading, await optionsOf(reading, problems));
      return {
        visits: draft.visits,
        images: draft.images,
        problems: problems.kept,
        total: problems.total,
        unknownStores: [...stores.found.keys()],
        refusedStores,
        ignoredColumns,
        ends: reading.ends,
      };
    },
  };
}

/** An option as a query gives it: a text. */
function given(name: (typeof OPTION_NAMES)[number], value: unknown): unknown {
  return name === "metadata" && typeof value === "string" ? metadataFromText(value) : value;
}

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
      const visit = checkVisit(piece.value, piece.place, problems, photoNames);
      if (!visit) return;
      draft.add(visit);
      for (const { url } of visit.images) reading.ends.note(url);
      stores.note(visit.storeId, piece.place);
      return;
    }
    case "visits-begin":
      if (members.has("visits")) problems.add("/visits", "repeated", "is given twice");
      members.set("visits", []);
      return;
    case "member":
      if (!KNOWN_MEMBERS.includes(piece.name)) return;
      if (piece.repeated) addRepeated(`/${piece.name}`, piece.repeated, problems);
      if (members.has(piece.name)) problems.add(`/${piece.name}`, "repeated", "is given twice");
      else if (draft.isOpen() && FIXED_WHEN_OPENED.includes(piece.name)) {
        problems.add(`/${piece.name}`, "misplaced", "must stand before visits in a submission of this size");
      }
      members.set(piece.name, piece.value);
      return;
    case "ignored-columns":
      reading.ignoredColumns.push(...piece.names);
      return;
    case "problem":
      reading.elements += 1;
      problems.add(piece.pointer, piece.code, piece.detail);
  }
}

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
