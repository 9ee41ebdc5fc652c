/** The refusal of what the service cannot take on now, and could later. */
import { ApiError } from "../problems/api-error.ts";
import { retryAfter } from "./rate-limit-fields.ts";

export function overloaded(detail: string, waitMs: number): ApiError {
  return new ApiError("overloaded", `${detail}; try again later`, { headers: retryAfter(waitMs) });
}
