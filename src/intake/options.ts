/** What a submission may choose for its job, beside its visits: the same names in a JSON body and as query parameters. */
import { INSPECTION_LEVELS, type InspectionLevel } from "../domain/findings.ts";
import { INTEGRITY_LEVELS, type Integrity } from "../domain/image.ts";
import type { Labels } from "../domain/labels.ts";
import {
  THRESHOLD_NAMES,
  THRESHOLDS,
  type ThresholdName,
  type Thresholds,
  type TruthRules,
} from "../domain/truth-rules.ts";
import { DATE_ORDERS, type DateOrder } from "../domain/visit-time.ts";
import { readChosenColumns } from "../table/chosen-columns.ts";
import type { ChosenColumns } from "../table/column-names.ts";
import { checkLabels } from "./label-rules.ts";
import { type Problems, shown } from "./problems.ts";
import { type TextFault, textFault } from "./text-rules.ts";
import { UNREAD_TIMES, type UnreadTimes } from "./visit-times.ts";

export const UNKNOWN_STORES = ["fail", "reject"] as const;
export type UnknownStores = (typeof UNKNOWN_STORES)[number];

export type Options = {
  readonly unknownStores: UnknownStores;
  readonly integrity: Integrity;
  readonly inspect: InspectionLevel;
  /** Those that the submission gives. */
  readonly thresholds: Partial<Thresholds>;
  readonly priority: number;
  readonly labels: Labels;
  readonly callbackUrl: string | null;
  /** Null where the submission does not say. */
  readonly dates: DateOrder | null;
  readonly unreadTimes: UnreadTimes;
  /** Of a table. */
  readonly columns: ChosenColumns;
};

export const OPTION_NAMES = [
  "unknown_stores",
  "integrity",
  "inspect",
  "priority",
  "external_id",
  "metadata",
  "callback_url",
  "columns",
  "dates",
  "unread_times",
  ...THRESHOLD_NAMES,
] as const;

/** Those that a job keeps: visits that are added to it have no say in them. */
export const OPTIONS_OF_THE_JOB: readonly string[] = [
  "integrity",
  "inspect",
  "priority",
  "external_id",
  "metadata",
  "callback_url",
  ...THRESHOLD_NAMES,
];

/** In the middle of 0 (last) to 9 (first). */
const USUAL_PRIORITY = 5;

export type OptionDefaults = Pick<Options, "unknownStores" | "integrity"> & {
  /** Off when nothing is said. */
  readonly inspect?: InspectionLevel;
  /** What photos are judged by where the tenant set nothing. */
  readonly rules?: TruthRules;
  /** Whether jobs may have a callback: there must be a secret to sign it with. */
  readonly callbacks?: boolean;
};

const MOST_URL_CHARACTERS = 2_048;

/** Reads the options out of `given`; a value that cannot be used becomes a problem and its default. */
export function readOptions(
  given: Readonly<Record<string, unknown>>,
  defaults: OptionDefaults,
  problems: Problems,
): Options {
  function oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = given[name];
    if (value === undefined) return fallback;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      problems.add(`/${name}`, "not_allowed", `must be one of ${choices.join(", ")}, got ${shown(value)}`);
    return found ?? fallback;
  }

  function priority(): number {
    const { priority: value = USUAL_PRIORITY } = given;
    // A query has it as text.
    const isDigit = (typeof value === "string" || typeof value === "number") && /^\d$/.test(String(value));
    if (isDigit) return Number(value);
    problems.add("/priority", "not_allowed", `must be a whole number from 0 (last) to 9 (first), got ${shown(value)}`);
    return USUAL_PRIORITY;
  }

  function thresholds(): Partial<Thresholds> {
    const found: Partial<Record<ThresholdName, number>> = {};
    for (const name of THRESHOLD_NAMES) {
      const value = given[name];
      if (value === undefined) continue;
      const { least, most } = THRESHOLDS[name];
      const number = numberIn(value);
      if (number !== null && number >= least && number <= most) found[name] = number;
      else problems.add(`/${name}`, "not_allowed", `must be a number from ${least} to ${most}, got ${shown(value)}`);
    }
    return found;
  }

  function columns(): ChosenColumns {
    const { columns: text } = given;
    if (text === undefined) return new Map();
    if (typeof text !== "string") {
      problems.add("/columns", "malformed", `must be text like store_id:Shop,image_url:Photo, got ${shown(text)}`);
      return new Map();
    }
    const { chosen, fault } = readChosenColumns(text);
    if (fault !== null) problems.add("/columns", "malformed", fault);
    return chosen;
  }

  function callbackUrl(): string | null {
    const { callback_url: url } = given;
    if (url === undefined || url === null) return null;
    const fault = callbackFault(url, defaults.callbacks === true);
    if (fault === null) return String(url);
    problems.add("/callback_url", fault.code, fault.detail);
    return null;
  }

  return {
    unknownStores: oneOf("unknown_stores", UNKNOWN_STORES, defaults.unknownStores),
    integrity: oneOf("integrity", INTEGRITY_LEVELS, defaults.integrity),
    inspect: oneOf("inspect", INSPECTION_LEVELS, defaults.inspect ?? "off"),
    thresholds: thresholds(),
    priority: priority(),
    labels: checkLabels(given, (field) => `/${field}`, problems),
    callbackUrl: callbackUrl(),
    dates: given.dates === undefined ? null : oneOf("dates", DATE_ORDERS, DATE_ORDERS[0]),
    unreadTimes: oneOf("unread_times", UNREAD_TIMES, "keep"),
    columns: columns(),
  };
}

/** A query has it as text. */
function numberIn(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : null;
}

function callbackFault(url: unknown, isPossible: boolean): TextFault | null {
  const fault = textFault(url, MOST_URL_CHARACTERS);
  if (fault !== null) return fault;
  const parsed = URL.parse(String(url));
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    return { code: "malformed", detail: `must be an http or https URL, got ${shown(url)}` };
  }
  if (isPossible) return null;
  return {
    code: "not_allowed",
    detail: "is not possible here: the service has no STOREWALK_CALLBACK_SECRET to sign it with",
  };
}
