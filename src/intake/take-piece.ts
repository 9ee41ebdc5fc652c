/**
 * A submission's pieces as they come: each is checked, and what is in order goes on to the job. Adds up what is wrong or doubtful; decides nothing about
 * the submission as a whole.
 */
import { firstOf } from "../domain/counted.ts";
import type { FaultCode } from "../domain/fault-codes.ts";
import type { TruthRules } from "../domain/truth-rules.ts";
import type { NewVisit } from "../domain/visit.ts";
import type { TenantTimes } from "../ledger/port/tenant-ledger.ts";
import { ignoredHeaders, type TableColumn } from "../table/column-names.ts";
import type { Draft } from "./draft.ts";
import { OPTION_NAMES, OPTIONS_OF_THE_JOB, type OptionDefaults, readOptions } from "./options.ts";
import type { PhotoNames } from "./photo-names.ts";
import type { Piece } from "./pieces.ts";
import { createProblems, type Problems, shown } from "./problems.ts";
import type { MemberPath } from "./repeated-member.ts";
import type { ImageQuota, JudgeUrl } from "./submission.ts";
import type { UnknownStoreFinder } from "./unknown-stores.ts";
import type { UrlEnds } from "./url-ends.ts";
import { checkVisit, type Place } from "./visit-rules.ts";
import { createVisitTimes, type VisitTimes } from "./visit-times.ts";
import type { Warnings } from "./warning.ts";

export type Reading = {
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

/** What the times of visits are read by, so it must be known before the first. */
const FIXED_WITH_VISITS: readonly string[] = ["dates", "unread_times"];
const FIXED_WHEN_OPENED: readonly string[] = OPTION_NAMES.filter((name) => name !== "unknown_stores");
const KNOWN_MEMBERS: readonly string[] = ["count", "visits", ...OPTION_NAMES];

/** A URL that cannot be fetched is taken all the same: its image fails alone. */
function warnOfUrls({ images }: NewVisit, place: Place, { judgeUrl, warnings }: Reading): void {
  if (judgeUrl === null) return;
  for (const [index, { url }] of images.entries()) {
    const fault = judgeUrl(url);
    if (fault !== null) warnings.add(place("image_url", index), fault.code, fault.detail);
  }
}

export function takePiece(piece: Piece, reading: Reading): void {
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
      warnOfIgnored(piece.columns, reading.warnings);
      return;
    case "note":
      reading.warnings.add(piece.pointer, piece.code, piece.detail);
      return;
    case "problem":
      reading.elements += 1;
      problems.add(piece.pointer, piece.code, piece.detail);
  }
}

function warnOfIgnored(columns: readonly TableColumn[], warnings: Warnings): void {
  const ignored = ignoredHeaders(columns);
  if (ignored.length === 0) return;
  const named = firstOf(ignored.map(shown));
  warnings.add(
    "",
    "columns_ignored",
    `columns that mean nothing here: ${named}; columns=visit_metadata.KEY:NAME or metadata.KEY:NAME keeps one as a label`,
  );
}

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
export function checkMembers({ members, problems, elements }: Reading): void {
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
