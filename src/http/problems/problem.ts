/**
 * The two shapes of an error's body: RFC 9457 problem details under /api/v1, `{"error": …}` for the endpoints whose contract is older.
 * Lists stand only where there is something to list.
 */
import { type Static, Type } from "typebox";
import { FAULT_CODES, type FaultCode } from "../../domain/fault-codes.ts";
import { TableColumn } from "../schemas.ts";
import type { ApiError } from "./api-error.ts";
import { PROBLEM_CODES, type ProblemCode } from "./problem-codes.ts";

export const PROBLEM_TYPE = "application/problem+json";

const FaultCodeName = Type.Enum(Object.keys(FAULT_CODES) as FaultCode[], {
  title: "FaultCode",
  description: "What kind of thing is wrong; for programs, stays when words change",
});

export const ProblemPlace = Type.Object(
  {
    pointer: Type.String({
      description: "JSON pointer into the body, a line of it, or /query/NAME, /path/NAME, /header/NAME",
    }),
    code: FaultCodeName,
    detail: Type.String(),
  },
  { title: "ProblemPlace" },
);

export const Problem = Type.Object(
  {
    type: Type.String({ description: "urn:storewalk:problem: and the code" }),
    title: Type.String({ description: "What kind of problem it is, the same for each of its code" }),
    status: Type.Integer({ description: "The HTTP status" }),
    code: Type.Enum(Object.keys(PROBLEM_CODES) as ProblemCode[], {
      title: "ProblemCode",
      description: "For programs; stays when words change",
    }),
    detail: Type.String({ description: "What is wrong, where, and what was wanted" }),
    request_id: Type.String({ description: "Names the request in Storewalk's log; also in x-request-id" }),
    problems: Type.Optional(Type.Array(ProblemPlace, { description: "The first hundred of all problems" })),
    problems_total: Type.Optional(Type.Integer({ description: "Of all problems, listed or not" })),
    columns: Type.Optional(
      Type.Array(TableColumn, {
        description: "Of a table, where they may be the reason",
      }),
    ),
    unknown_stores: Type.Optional(Type.Array(Type.String(), { description: "All of them, when they are the reason" })),
  },
  { title: "Problem", description: "RFC 9457 problem details" },
);
export type Problem = Static<typeof Problem>;

function problemBody(error: ApiError, requestId: string): Problem {
  const { code, problems, total, columns, unknownStores } = error;
  const { status, title } = PROBLEM_CODES[code];
  return {
    type: `urn:storewalk:problem:${code}`,
    title,
    status,
    code,
    detail: error.message,
    request_id: requestId,
    ...(problems.length > 0 ? { problems: [...problems], problems_total: total } : {}),
    ...(columns.length > 0 ? { columns: [...columns] } : {}),
    ...(unknownStores.length > 0 ? { unknown_stores: [...unknownStores] } : {}),
  };
}

function contractBody({ message, problems, unknownStores }: ApiError) {
  return {
    error: message,
    ...(problems.length > 0 ? { errors: problems.map(({ pointer, detail }) => ({ pointer, detail })) } : {}),
    ...(unknownStores.length > 0 ? { unknown_stores: unknownStores } : {}),
  };
}

/** An error as it goes out. */
export type ErrorAnswer = { readonly type: string; readonly body: string; readonly requestId: string };

export function errorAnswer(
  error: ApiError,
  { path, requestId }: { readonly path: string; readonly requestId: string },
): ErrorAnswer {
  return hasProblems(path)
    ? { type: PROBLEM_TYPE, body: JSON.stringify(problemBody(error, requestId)), requestId }
    : { type: "application/json; charset=utf-8", body: JSON.stringify(contractBody(error)), requestId };
}

/** Whether errors at this path are problem details. However the path is written: it is read as the router reads it. */
function hasProblems(target: string): boolean {
  return /^\/api\/v1(?:\/|$)/.test(pathOf(target));
}

/** Without the origin that a proxy's client puts in front, and what follows the path; letters in their short form. */
function pathOf(target: string): string {
  const [path = ""] = target.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#;]/, 1);
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
