/** Rows of both ledgers as the port shows them: their columns have the same names. */
import { ERROR_CODE_NAMES, type ErrorCode, isErrorCode } from "../../domain/error-codes.ts";
import type { Finding, Findings } from "../../domain/findings.ts";
import { IMAGE_FORMATS, INTEGRITY_LEVELS } from "../../domain/image.ts";
import { type Labels, metadataFromText } from "../../domain/labels.ts";
import type { ImageRow, PastResult, ResultRow, VisitRow } from "../port/job-reader.ts";
import { integer, integerOrNull, oneOf, type Row, text, textOrNull } from "./row.ts";

export function errorCode(code: string): ErrorCode {
  if (!isErrorCode(code)) throw new Error(`column code must be one of ${ERROR_CODE_NAMES.join(", ")}, got "${code}"`);
  return code;
}

export function labels(row: Row, prefix: "" | "image_" | "visit_"): Labels {
  return {
    externalId: textOrNull(row, `${prefix}external_id`),
    metadata: metadataFromText(textOrNull(row, `${prefix}metadata`)),
  };
}

function described(row: Row): Omit<ImageRow, "result"> {
  return {
    image: integer(row, "image"),
    visit: integer(row, "visit"),
    storeId: text(row, "store_id"),
    imageUrl: text(row, "url"),
    visitTime: text(row, "visit_time"),
    imageLabels: labels(row, "image_"),
    visitLabels: labels(row, "visit_"),
  };
}

export function resultRow(row: Row): ResultRow {
  const code = textOrNull(row, "code");
  return {
    jobId: integer(row, "job"),
    ...described(row),
    outcome: code === null ? "measured" : "failed",
    width: integerOrNull(row, "width"),
    height: integerOrNull(row, "height"),
    perimeter: integerOrNull(row, "perimeter"),
    format: row.format === null ? null : oneOf(row, "format", IMAGE_FORMATS),
    bytes: integerOrNull(row, "bytes"),
    code: code === null ? null : errorCode(code),
    detail: textOrNull(row, "detail"),
    attempts: integer(row, "attempts"),
    fetchMs: integerOrNull(row, "fetch_ms"),
    finishedAt: integer(row, "finished_at"),
    integrity: row.integrity === null ? null : oneOf(row, "integrity", INTEGRITY_LEVELS),
    notDecoded: textOrNull(row, "not_decoded"),
    findings: storedFindings(textOrNull(row, "findings")),
    isReused: false,
    reuseOf: [],
    decision: null,
  };
}

type StoredFindings = {
  readonly flags: readonly (Pick<Finding, "flag" | "why"> & Partial<Finding>)[];
  readonly figures?: Findings["figures"];
  readonly notInspected: string | null;
};

/** The first inspections kept no figures. */
export function storedFindings(json: string | null): Findings | null {
  if (json === null) return null;
  const { flags, figures = {}, notInspected }: StoredFindings = JSON.parse(json);
  return {
    flags: flags.map((finding) => ({ ...NO_FIGURE, ...finding })),
    figures,
    notInspected,
  };
}

const NO_FIGURE = { measure: null, figure: null, threshold: null, weight: "likely" } as const;

/** Of an image whose result may not be there yet: its columns are null then. */
export function imageRow(row: Row): ImageRow {
  return { ...described(row), result: row.finished_at === null ? null : resultRow(row) };
}

export function pastResult(row: Row): PastResult {
  return {
    run: integer(row, "run"),
    code: errorCode(text(row, "code")),
    detail: textOrNull(row, "detail"),
    attempts: integer(row, "attempts"),
    finishedAt: integer(row, "finished_at"),
    imageUrl: textOrNull(row, "url"),
  };
}

export function visitRow(row: Row): Omit<VisitRow, "storeKnown"> {
  const failed = integer(row, "failed");
  return {
    visit: integer(row, "visit"),
    storeId: text(row, "store_id"),
    visitTime: text(row, "visit_time"),
    visitDate: textOrNull(row, "visit_date"),
    labels: labels(row, ""),
    images: integer(row, "images"),
    succeeded: integer(row, "done") - failed,
    failed,
  };
}
