/** A submission as the document shows it. The intake reads the body itself, as a stream, and says what is wrong with it. */
import { type Static, Type } from "typebox";
import { ERROR_CODE_NAMES } from "../../domain/error-codes.ts";
import { DATE_ORDERS } from "../../domain/visit-time.ts";
import { UNKNOWN_STORES } from "../../intake/options.ts";
import type { Check, WarningList } from "../../intake/submission.ts";
import { UNREAD_TIMES } from "../../intake/visit-times.ts";
import { isOwnWarningCode, WARNING_CODES, type Warning } from "../../intake/warning.ts";
import { ignoredHeaders } from "../../table/column-names.ts";
import { ProblemPlace } from "../problems/problem.ts";
import { OrNull, TableColumn } from "../schemas.ts";
import { XLSX_TYPE } from "../submission/submission-format.ts";

const labels = {
  external_id: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Null()])),
  metadata: Type.Optional(
    Type.Union([Type.Record(Type.String(), Type.String({ maxLength: 512 }), { maxProperties: 16 }), Type.Null()], {
      description: "The client's own facts, echoed everywhere: at most 16 keys of at most 64 characters",
    }),
  ),
};
const Url = Type.String({
  minLength: 1,
  description: "At most 8,192 characters can be fetched; a longer one fails alone",
});

const Image = Type.Object({ url: Url, ...labels }, { title: "SubmittedImage" });

const Visit = Type.Object(
  {
    store_id: Type.String({ minLength: 1, maxLength: 128 }),
    image_url: Type.Array(Type.Union([Url, Image]), { minItems: 1 }),
    visit_time: Type.String({
      minLength: 1,
      maxLength: 128,
      description:
        "RFC 3339, or a date and time that can be read in one way; dates of numbers need the option dates. Other text is kept, with a warning",
    }),
    ...labels,
  },
  { title: "SubmittedVisit" },
);

const Submission = Type.Object(
  {
    count: Type.Integer({ minimum: 1, description: "The number of visits" }),
    visits: Type.Array(Visit, { minItems: 1 }),
    callback_url: Type.Optional(Type.String({ description: "Told of the job's end" })),
    ...labels,
  },
  { title: "Submission", description: "What a job is made of" },
);

const Form = Type.Object(
  {
    job: Type.String({
      description:
        "The submission in one of the other formats; file:NAME in place of a URL names a photo by its filename",
    }),
    photos: Type.Array(Type.String({ format: "binary" }), {
      description: "The photos themselves, each with a filename; their parts may have any other name too",
    }),
  },
  { title: "SubmissionForm", description: "A submission with its photos" },
);

export const WarningFields = {
  warnings: Type.Array(
    Type.Object(
      {
        pointer: Type.String({ description: "Where, as of a problem; empty for all of it" }),
        code: Type.Enum([...Object.keys(WARNING_CODES).filter(isOwnWarningCode), ...ERROR_CODE_NAMES], {
          title: "WarningCode",
          description: "The code that images would get, or a warning's own",
        }),
        detail: Type.String(),
      },
      { title: "Warning" },
    ),
    { description: "What is taken all the same and may not be meant so: the first 25 of each code" },
  ),
  warnings_total: Type.Integer({ minimum: 0 }),
};

export const ChosenColumnsText = Type.String({
  minLength: 1,
  maxLength: 4_096,
  description: "Which header of a table means which column: store_id:Shop,image_url:Photo",
});

export const NO_WARNINGS: WarningList = { kept: [], total: 0 };

/** `foreseen` is what may fail later, beside what was seen while reading. */
export function warningsView({ kept, total }: WarningList, foreseen: readonly Warning[]) {
  return { warnings: [...kept, ...foreseen], warnings_total: total + foreseen.length };
}

export const DryRun = Type.Object(
  {
    would_be_accepted: Type.Boolean(),
    visits: Type.Integer({ minimum: 0 }),
    images: Type.Integer({ minimum: 0 }),
    problems: Type.Array(ProblemPlace, {
      description: "The first hundred",
    }),
    problems_total: Type.Integer({ minimum: 0 }),
    unknown_stores: Type.Array(Type.String(), { description: "Not in the store master: their images would fail" }),
    ignored_columns: Type.Array(Type.String(), { description: "Those that mean nothing" }),
    columns: Type.Array(TableColumn, {
      description: "Of a table, in its order; the option columns changes what they mean",
    }),
    open_dates: OrNull(
      Type.Object({
        count: Type.Integer({ minimum: 1 }),
        orders: Type.Array(Type.Enum([...DATE_ORDERS]), { description: "In which all of them could be read" }),
        example: Type.String(),
      }),
      "Times that could be read if the option dates said which number is the day; null without any",
    ),
    ...WarningFields,
  },
  { title: "DryRun", description: "What would become of the submission" },
);

export function dryRunView(
  { visits, images, problems, total, unknownStores, columns, openDates, warnings }: Check,
  foreseen: readonly Warning[],
): Static<typeof DryRun> {
  return {
    would_be_accepted: total === 0,
    visits,
    images,
    problems: [...problems],
    problems_total: total,
    unknown_stores: [...unknownStores],
    ignored_columns: [...ignoredHeaders(columns)],
    columns: [...columns],
    open_dates: openDates && { ...openDates, orders: [...openDates.orders] },
    ...warningsView(warnings, foreseen),
  };
}

/** How a submission is read, whatever it is for. */
export const readingOptions = {
  unknown_stores: Type.Optional(
    Type.Enum([...UNKNOWN_STORES], {
      description: "fail: images of a store that is not in the store master fail; reject: nothing is taken",
    }),
  ),
  columns: Type.Optional(ChosenColumnsText),
  dates: Type.Optional(
    Type.Enum([...DATE_ORDERS], {
      description:
        "The order of day, month and year in dates of numbers; the tenant's if not given, else they are not read",
    }),
  ),
  unread_times: Type.Optional(
    Type.Enum([...UNREAD_TIMES], {
      description:
        "Times of visits that cannot be read: kept as text with a warning, or a reason to refuse the submission",
    }),
  ),
};

export const IdempotencyHeader = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({ description: "Sent again under the same key within 24 hours, a submission makes no second job" }),
  ),
});

export const submissionBody = {
  content: {
    "application/json": { schema: Submission },
    "application/x-ndjson": { schema: Type.String({ description: "One visit a line" }) },
    "text/csv": {
      schema: Type.String({
        description:
          "Columns store_id, image_url, visit_time in any order and usual spelling, an image a row; also external_id, metadata.KEY, visit_external_id, visit_metadata.KEY",
      }),
    },
    [XLSX_TYPE]: {
      schema: Type.String({ format: "binary", description: "The same columns, in the first sheet" }),
    },
    "multipart/form-data": {
      schema: Form,
    },
  },
};

/** For a part of a request that its route reads itself: the schema is there for the document. */
export const readByRoute = () => () => true;
