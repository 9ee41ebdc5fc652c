/** An answer that is not the asked-for one: code, one sentence for people, details if any. Never HTML, never a stack trace. */

import type { FaultCode } from "../../domain/fault-codes.ts";
import type { TableColumn } from "../../table/column-names.ts";
import { PROBLEM_CODES, type ProblemCode } from "./problem-codes.ts";

export type ApiProblem = {
  /** JSON pointer, line or parameter: where it is wrong. */
  readonly pointer: string;
  readonly code: FaultCode;
  readonly detail: string;
};

/** The client ended the connection before its request was complete. */
export class RequestBrokenOff extends Error {
  override readonly name = "RequestBrokenOff";
}

export type ErrorDetails = {
  readonly headers?: Readonly<Record<string, string>>;
  /** The first hundred. */
  readonly problems?: readonly ApiProblem[];
  /** Of all problems, listed or not. */
  readonly total?: number;
  /** What the headers of a table were taken for. */
  readonly columns?: readonly TableColumn[];
  readonly unknownStores?: readonly string[];
};

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ProblemCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problems: readonly ApiProblem[];
  readonly total: number;
  readonly columns: NonNullable<ErrorDetails["columns"]>;
  readonly unknownStores: readonly string[];

  constructor(code: ProblemCode, message: string, more: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.status = PROBLEM_CODES[code].status;
    this.headers = more.headers ?? {};
    this.problems = more.problems ?? [];
    this.total = more.total ?? this.problems.length;
    this.columns = more.columns ?? [];
    this.unknownStores = more.unknownStores ?? [];
  }
}

/** The same words for a job that is another tenant's: nobody learns that it is there. */
export function noSuchJob(jobId: number): ApiError {
  return new ApiError("job_not_found", `there is no job ${jobId}`);
}
