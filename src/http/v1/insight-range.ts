/** Ranges of days in queries: the first not behind the last. */
import { ApiError } from "../problems/api-error.ts";

export function assertRange({ from, to }: { readonly from?: string; readonly to?: string }): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw refused("from", `from=${from} must not be after to=${to}`);
}

/** A parameter that is right by itself and wrong beside the others. */
export function refused(parameter: string, detail: string): ApiError {
  return new ApiError("invalid_parameter", detail, {
    problems: [{ pointer: `/query/${parameter}`, code: "mismatch", detail }],
  });
}
