/** A submission as the document shows it. The intake reads the body itself, as a stream, and says what is wrong with it. */
import { type Static, Type } from "typebox";
import type { Check } from "../../intake/submit-job.ts";
import type { Warning } from "../../intake/warning.ts";
import { ProblemPlace } from "../problems/problem.ts";
import { ErrorCode } from "../schemas.ts";

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
      description: "RFC 3339 or a date gives the visit its date; other text is kept",
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

export const Warnings = Type.Array(
  Type.Object(
    {
      pointer: Type.String({ description: "Where; empty for all of it" }),
      code: ErrorCode,
      detail: Type.String(),
    },
    { title: "Warning", description: "Something that may fail later, with the code that its images would get" },
  ),
  { description: "What is taken all the same and may fail later" },
);

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
    ignored_columns: Type.Array(Type.String(), { description: "Of a CSV" }),
    warnings: Warnings,
  },
  { title: "DryRun", description: "What would become of the submission" },
);

export function dryRunView(
  { visits, images, problems, total, unknownStores, ignoredColumns }: Check,
  warnings: readonly Warning[],
): Static<typeof DryRun> {
  return {
    would_be_accepted: total === 0,
    visits,
    images,
    problems: [...problems],
    problems_total: total,
    unknown_stores: [...unknownStores],
    ignored_columns: [...ignoredColumns],
    warnings: [...warnings],
  };
}

export const submissionBody = {
  content: {
    "application/json": { schema: Submission },
    "application/x-ndjson": { schema: Type.String({ description: "One visit a line" }) },
    "text/csv": {
      schema: Type.String({
        description:
          "The columns store_id, image_url, visit_time in any order, one image a row; also external_id, metadata.KEY, visit_external_id, visit_metadata.KEY",
      }),
    },
    "multipart/form-data": {
      schema: Form,
    },
  },
};

/** For a part of a request that its route reads itself: the schema is there for the document. */
export const readByRoute = () => () => true;
