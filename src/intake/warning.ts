/** What of a submission is taken all the same and may fail later: with the code that its images would get. */
import type { ErrorCode } from "../domain/error-codes.ts";

export type Warning = {
  /** Where, as of a problem; empty for all of it. */
  readonly pointer: string;
  readonly code: ErrorCode;
  readonly detail: string;
};
