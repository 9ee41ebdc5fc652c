/** What a route says about itself in the OpenAPI document: its answers and the codes of its errors. */
import { type TSchema, Type } from "typebox";
import { PROBLEM_TYPE, Problem } from "../problems/problem.ts";
import { PROBLEM_CODES, type ProblemCode } from "../problems/problem-codes.ts";

/** What may go wrong at any route that asks who calls. */
const ALWAYS: readonly ProblemCode[] = [
  "unauthenticated",
  "missing_scope",
  "cross_site",
  "behind_proxy",
  "wrong_host",
  "bad_request",
  "invalid_parameter",
  "path_too_long",
  "headers_too_large",
  "too_many_requests",
  "internal",
  "ledger_unavailable",
  "overloaded",
];

/** The answers of a route: those that were asked for, a problem for each status of its codes, and one for what may go wrong anywhere. */
export function answers<T extends Readonly<Record<number, unknown>>>(asked: T, ...codes: readonly ProblemCode[]) {
  // Whatever reads a body waits for it so long only.
  const late: readonly ProblemCode[] = codes.includes("body_too_large") ? ["request_timeout"] : [];
  return { ...problemAnswers([...codes, ...late]), default: ANYWHERE, ...asked };
}

const content = { [PROBLEM_TYPE]: { schema: Problem } };
const ANYWHERE: TSchema | object = {
  "x-name": "Problem",
  description: `Whatever may go wrong anywhere. ${sentenceOf(ALWAYS, (code) => ` (${PROBLEM_CODES[code].status})`)}`,
  content,
};

/** By status; a code that is possible anywhere stands beside those of the route that have its status. */
function problemAnswers(codes: readonly ProblemCode[]): Record<number, TSchema | object> {
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEM_CODES[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => {
      const everywhere = ALWAYS.filter((code) => PROBLEM_CODES[code].status === status);
      return [
        status,
        // In one order, so that equal sets are equal answers.
        { "x-name": nameOf(own.toSorted()), description: sentenceOf([...own.toSorted(), ...everywhere]), content },
      ];
    }),
  );
}

function sentenceOf(codes: readonly ProblemCode[], more: (code: ProblemCode) => string = () => ""): string {
  return codes.map((code) => `\`${code}\`: ${PROBLEM_CODES[code].title}${more(code)}`).join("; ");
}

/** Of an answer that operations share: job_not_found is JobNotFound. */
const nameOf = (codes: readonly ProblemCode[]): string =>
  codes.map((code) => code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())).join("Or");

/** An answer that is not JSON, described for the document only: what is sent is not checked against it. */
export function textAnswer(type: string, description: string) {
  return { description, content: { [type]: { schema: Type.String() } } };
}
