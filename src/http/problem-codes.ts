/** Every code that an error of the API can have, with its HTTP status: the one table. A code stays when its sentence changes. */

type ProblemKind = { readonly status: number; readonly title: string };

export const PROBLEM_CODES = {
  bad_request: { status: 400, title: "The request is not HTTP/1.1 as it should be" },
  invalid_parameter: { status: 400, title: "A parameter cannot be used" },
  invalid_body: { status: 400, title: "The body cannot be used" },
  invalid_submission: { status: 400, title: "The submission has problems; nothing of it was kept" },
  invalid_store_master: { status: 400, title: "The store master has problems; nothing of it was imported" },
  request_broken_off: { status: 400, title: "The request broke off" },
  not_found: { status: 404, title: "There is nothing at this path" },
  job_not_found: { status: 404, title: "There is no such job" },
  image_not_found: { status: 404, title: "The job has no such image" },
  store_not_found: { status: 404, title: "There is no such store" },
  thumbnail_unavailable: { status: 404, title: "The image has no thumbnail" },
  webhook_not_found: { status: 404, title: "There is no such webhook" },
  delivery_not_found: { status: 404, title: "There is no such delivery" },
  method_not_allowed: { status: 405, title: "The method is not possible here" },
  request_timeout: { status: 408, title: "The request did not arrive in time" },
  job_over: { status: 409, title: "The job is over" },
  job_not_over: { status: 409, title: "The job is not over" },
  nothing_to_retry: { status: 409, title: "No failed image is meant" },
  too_many_webhooks: { status: 409, title: "There are as many webhooks as there may be" },
  idempotency_running: { status: 409, title: "The same request is being read" },
  body_too_large: { status: 413, title: "The body is too large" },
  path_too_long: { status: 414, title: "The path is too long" },
  unsupported_media_type: { status: 415, title: "The body has another type than is read here" },
  expectation_failed: { status: 417, title: "The expectation cannot be met" },
  idempotency_mismatch: { status: 422, title: "The key was used for another submission" },
  headers_too_large: { status: 431, title: "The headers are too long" },
  internal: { status: 500, title: "A fault in Storewalk" },
  ledger_unavailable: { status: 503, title: "The ledger cannot be reached at the moment" },
  thumbnails_busy: { status: 503, title: "Too many thumbnails are being made" },
  draining: { status: 503, title: "This process is about to end" },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEM_CODES;
