/** What a call can end with: the service's own problem, or that nobody answered. */
import type { Problem, ProblemCode, ProblemPlace } from "./api-types.ts";

/** Every failed call rejects with one of these. `code` is for programs, the message for people. */
export class StorewalkError extends Error {
  override readonly name = "StorewalkError";
  /** `unreachable` when no answer came, `not_storewalk` when what answered is something else. */
  readonly code: ProblemCode | "unreachable" | "not_storewalk";
  /** 0 when no answer came. */
  readonly status: number;
  /** Names the request in the service's log. */
  readonly requestId: string | null;
  /** The first hundred of all problems. */
  readonly problems: readonly ProblemPlace[];
  /** Of all problems, listed or not. */
  readonly problemsTotal: number;
  /** What the service asked to wait before the next attempt, ms. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    facts: Pick<StorewalkError, "code" | "status"> &
      Partial<Pick<StorewalkError, "requestId" | "problems" | "problemsTotal" | "retryAfterMs">> & {
        readonly cause?: unknown;
      },
  ) {
    super(message, { cause: facts.cause });
    this.code = facts.code;
    this.status = facts.status;
    this.requestId = facts.requestId ?? null;
    this.problems = facts.problems ?? [];
    this.problemsTotal = facts.problemsTotal ?? this.problems.length;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

export async function errorOf(response: Response, url: string): Promise<StorewalkError> {
  const { status, headers } = response;
  const body: unknown = await response.json().catch(() => null);
  if (!isProblem(body)) {
    return new StorewalkError(`what answers at ${url} with ${status} is not Storewalk`, {
      code: "not_storewalk",
      status,
    });
  }
  return new StorewalkError(body.detail, {
    code: body.code,
    status,
    requestId: body.request_id,
    problems: body.problems ?? [],
    ...(body.problems_total === undefined ? {} : { problemsTotal: body.problems_total }),
    retryAfterMs: secondsIn(headers.get("retry-after")),
  });
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== "object" || body === null) return false;
  return "code" in body && "detail" in body && typeof body.detail === "string" && "request_id" in body;
}

function secondsIn(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : null;
}
