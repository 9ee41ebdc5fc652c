/** Judges answers by the document alone: status, type and body as told, and nothing in them that is nobody's business. Knows nothing of how the service works. */
import { type ApiDocument, type Named, operationsOf, type Schema } from "../../../src/testing/api-document.ts";
import { createSchemaJudge } from "../../../src/testing/schema-judge.ts";
import type { Answer } from "./answers.ts";
import type { FuzzRequest } from "./requests.ts";
import type { Exchange } from "./wire.ts";

export type Verdict = {
  /** What the request was in the end, as the document names it. */
  readonly operation: string;
  readonly faults: readonly string[];
};

export const NO_OPERATION = "nothing of the document";

/** Told before it is known for which operation a request is. */
const OF_NO_ROUTE: ReadonlySet<number> = new Set([400, 404, 405, 408, 413, 414, 417, 421, 431]);
/** Told by who has read the headers at most, in the shape of no path. */
const OF_NO_PATH: ReadonlySet<number> = new Set([400, 408, 413, 431]);
/** The dashboard's pages and the API's own. */
const OF_PAGES: ReadonlySet<number> = new Set([200, 206, 301, 302, 304, 412, 416]);
const ERROR_TYPES: ReadonlySet<string> = new Set(["application/problem+json", "application/json"]);

/** What an answer must not tell: where our files are, what our stack was, how our statements read, what our code stumbled on. */
const LEAKS: readonly RegExp[] = [
  /\bat (?:async )?[\w$.<>[\] ]+ \(?(?:file:|node:|\/)/,
  /node_modules|file:\/\/\/|\bnode:internal|\.(?:ts|js):\d+/,
  /\/(?:root|home|tmp|usr|var|proc|work)\//,
  /\bSQLITE|ERR_SQLITE|constraint failed|no such (?:table|column)|\b(?:select|insert into|update|delete from) \w+ (?:from|set|values|where)\b/i,
  /Cannot read propert|is not a function|is not iterable|is not defined|Maximum call stack|Invalid array length|FST_ERR|\bE(?:NOENT|ACCES|ISDIR|NOTDIR)\b/,
  /\[object \w+\]|\bundefined\b/,
  /s3cr3t-of-the-fuzz/,
  /swk_live_\w{12}_\w{49}/,
  /"devDependencies"|root:x:0/,
];
/** The two answers that show a key, once. */
const SHOW_A_KEY = /^POST \/api\/v1\/keys(?:\/\{id\}\/rotate)?$/;

export type Oracle = { judge(request: FuzzRequest, exchange: Exchange): Verdict };

export function createOracle(document: ApiDocument): Oracle {
  const judge = createSchemaJudge();
  const routes = operationsOf(document)
    .map((named) => ({ named, path: new RegExp(`^${named.path.replaceAll(/\{\w+\}/g, "[^/]*")}/?$`) }))
    // What is fixed goes before what is a parameter.
    .toSorted((a, b) => Number(a.named.path.includes("{")) - Number(b.named.path.includes("{")));
  const errors = operationsOf(document).flatMap(({ operation }) => {
    const { content = {} } = operation.responses[400] ?? {};
    return Object.entries(content).map(([type, { schema }]) => [type, schema] as const);
  });
  const errorSchemas = new Map<string, Schema>(errors);

  function named(request: FuzzRequest): Named | undefined {
    const path = pathOf(request.target);
    const method = request.method === "HEAD" ? "GET" : request.method;
    return routes.find((route) => route.path.test(path) && route.named.method === method)?.named;
  }

  /** What the body is not. */
  function bodyFaults(schema: Schema, { body, headers }: Answer): string[] {
    const type = typeOf(headers);
    if (!/^application\/(?:\w+\+)?json$/.test(type)) return [];
    const value = parsed(body);
    if (value === undefined) return ["the body is no JSON"];
    const fault = judge(schema, value);
    return fault === null ? [] : [`the body is not as the document says: ${fault}`];
  }

  function contentFaults(operation: Named | undefined, answer: Answer, request: FuzzRequest | null): string[] {
    const { status, headers } = answer;
    const type = typeOf(headers);
    if (status >= 500) return [`${status} is a fault of ours`];
    const documented = operation?.operation.responses[status];
    if (request?.method === "HEAD" || answer.isEndless)
      return documented || OF_NO_ROUTE.has(status) || (!operation && OF_PAGES.has(status))
        ? []
        : [`${status} is not documented`];
    const schema = documented?.content?.[type]?.schema;
    if (schema) return bodyFaults(schema, answer);
    if (documented && documented.content === undefined) return answer.body.length > 0 ? ["there is a body"] : [];
    if (!operation && OF_PAGES.has(status)) return [];
    // A browser is shown the page that says so.
    if (!operation && status === 404 && type === "text/html" && headers.has("content-security-policy")) return [];
    // A path without Host, or with headers too long, is not looked at.
    const isOfNoPath = OF_NO_PATH.has(status) && headers.get("connection") === "close" && type === "application/json";
    if (documented && !isOfNoPath) return [`${status} as ${type || "no type"} is not documented`];
    if (!OF_NO_ROUTE.has(status)) return [`${status} is not documented`];
    const ofErrors = ERROR_TYPES.has(type) ? errorSchemas.get(type) : undefined;
    return ofErrors ? bodyFaults(ofErrors, answer) : [`an error came as ${type || "no type"}`];
  }

  function answerFaults(operation: Named | undefined, answer: Answer, request: FuzzRequest | null): string[] {
    const faults = contentFaults(operation, answer, request);
    const { status, headers } = answer;
    const requestId = headers.get("x-request-id");
    if (!requestId) faults.push("there is no x-request-id");
    if (typeOf(headers) === "application/problem+json" && request?.method !== "HEAD") {
      const problem = parsed(answer.body);
      if (field(problem, "status") !== status) faults.push("the problem has another status");
      if (field(problem, "request_id") !== requestId) faults.push("the problem has another request_id");
    }
    if (status === 401 && !headers.has("www-authenticate")) faults.push("a 401 without WWW-Authenticate");
    if (status === 405 && !headers.has("allow")) faults.push("a 405 without Allow");
    return [...faults, ...leaksOf(operation, answer)];
  }

  return {
    judge(request, { answers, fault }) {
      const operation = named(request);
      const [first, ...others] = answers;
      return {
        operation: operation?.name ?? NO_OPERATION,
        faults: [
          ...(fault === null ? [] : [fault]),
          ...(first ? answerFaults(operation, first, request) : []),
          // The rest of a request that did not end where it said, read as another one.
          ...others.flatMap((answer) => answerFaults(undefined, answer, null)),
        ],
      };
    },
  };
}

/** As the service sees it: the absolute form is the same, percent signs are read, the query is not looked at. */
function pathOf(target: string): string {
  const path =
    target
      .trim()
      .replace(/^https?:\/\/[^/]*/i, "")
      .split(/[?#;]/, 1)[0] ?? "";
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function leaksOf(operation: Named | undefined, { headers, body }: Answer): string[] {
  const type = typeOf(headers);
  // Scripts and styles of pages are for everybody, and the document shows how a key looks.
  const isData = operation !== undefined || ERROR_TYPES.has(type) || type === "";
  const text = [...headers].map((pair) => pair.join(": ")).join("\n") + (isData ? `\n${body}` : "");
  const found = LEAKS.filter((leak) => leak.test(text)).filter(
    (leak) => !(leak.source.startsWith("swk_live_") && SHOW_A_KEY.test(operation?.name ?? "")),
  );
  return found.map((leak) => `the answer tells what it must not: ${leak.exec(text)?.[0]}`);
}

function typeOf(headers: Answer["headers"]): string {
  return headers.get("content-type")?.split(";", 1)[0] ?? "";
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
