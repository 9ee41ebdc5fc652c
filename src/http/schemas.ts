/** The shapes of the API's answers, once: they type the handlers and serialise the bodies. */
import { type Static, Type } from "typebox";
import { ERROR_CODE_NAMES } from "../domain/error-codes.ts";
import { JOB_STATUSES } from "../domain/job.ts";

export const JobId = Type.Integer({ minimum: 1, description: "Positive, never reused" });
export const JobStatus = Type.Enum([...JOB_STATUSES], { title: "JobStatus" });
export const ErrorCode = Type.Enum([...ERROR_CODE_NAMES], {
  title: "ErrorCode",
  description: "Why an image failed; for programs, stays when words change",
});
export const Instant = Type.String({ format: "date-time", description: "RFC 3339, UTC" });
const Count = Type.Integer({ minimum: 0 });

export function OrNull<T extends Type.TSchema>(schema: T, description: string) {
  return Type.Union([schema, Type.Null()], { description });
}

export const CountsByCode = Type.Partial(Type.Record(Type.Enum([...ERROR_CODE_NAMES]), Count), {
  title: "CountsByCode",
  description: "Failed images by error code",
});

export const JobCounts = Type.Object(
  { visits: Count, images: Count, done: Count, succeeded: Count, failed: Count },
  { title: "JobCounts" },
);

export const SubmitReply = Type.Object({ job_id: JobId }, { title: "Submitted", description: "The job is accepted" });

export const ErrorReply = Type.Object(
  {
    error: Type.String({ description: "What is wrong and where" }),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
    unknown_stores: Type.Optional(Type.Array(Type.String())),
  },
  { title: "ContractError" },
);

/** Answers of the endpoints whose contract is older than problem details. */
export function contractErrors(...statuses: readonly number[]): Record<number | "default", object> {
  return {
    ...Object.fromEntries(statuses.map((status) => [status, { ...ErrorReply, "x-name": `ContractError${status}` }])),
    default: {
      ...ErrorReply,
      "x-name": "ContractError",
      description: "Whatever may go wrong anywhere: 401, 403, 421, 429, 431, 500, 503",
    },
  };
}

export const StatusReply = Type.Object(
  {
    status: JobStatus,
    job_id: JobId,
    counts: JobCounts,
    progress: Type.Number({ minimum: 0, maximum: 1, description: "Share of the images that have a result" }),
    images_per_second: Type.Number({ minimum: 0 }),
    eta_seconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: "Null when the job is over or its rate is not known yet",
    }),
    created_at: Instant,
    started_at: Type.Union([Instant, Type.Null()]),
    finished_at: Type.Union([Instant, Type.Null()]),
    failures_by_code: CountsByCode,
    error: Type.Optional(Type.Array(Type.Object({ store_id: Type.String(), error: Type.String() }))),
  },
  { title: "Status", description: "Where a job stands" },
);
export type StatusReply = Static<typeof StatusReply>;

export const VisitsReply = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        store_id: Type.String(),
        area: Type.String(),
        store_name: Type.String(),
        data: Type.Array(Type.Object({ date: Type.String(), perimeter: Type.Integer({ minimum: 0 }) })),
      }),
    ),
  },
  { title: "VisitSums", description: "Perimeters by store and visit date" },
);
export type VisitsReply = Static<typeof VisitsReply>;

export const HealthReply = Type.Object({ status: Type.Literal("ok") }, { title: "Health", description: "It is alive" });
export type HealthReply = Static<typeof HealthReply>;

export const ReadinessReply = Type.Object(
  {
    status: Type.Enum(["ready", "draining", "not_ready"]),
    reasons: Type.Array(Type.String({ description: "Why it is not ready" })),
  },
  { title: "Readiness", description: "Whether it takes requests" },
);
export type ReadinessReply = Static<typeof ReadinessReply>;

export const TableColumn = Type.Object(
  { header: Type.String(), means: OrNull(Type.String(), "Null for a column that means nothing here") },
  { title: "TableColumn" },
);
