/**
 * Checks path, query and body of a request against its route's schema and says everything that is wrong with it in sentences.
 * Text of a path or query becomes a number or boolean only where it is written as one: "0x10" and "" are no numbers.
 */
import type { FastifyInstance, FastifySchemaCompiler } from "fastify";
import { type Static, type TSchema, Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { FaultCode } from "../../domain/fault-codes.ts";
import { ApiError, type ApiProblem } from "../problems/api-error.ts";
import { wantedOf } from "./wanted.ts";

const MOST_PROBLEMS = 100;
const MOST_SHOWN = 60;

/** What is not here is a value that the schema does not allow. */
const CODE_OF_KEYWORD: Readonly<Record<string, FaultCode>> = {
  type: "malformed",
  format: "malformed",
  minLength: "missing",
  minItems: "missing",
  maxLength: "too_long",
  maxItems: "too_long",
  maxProperties: "too_long",
  uniqueItems: "repeated",
};

type Part = "body" | "query" | "path";
type Fields = Readonly<Record<string, unknown>>;
type SchemaError = ReturnType<Validator["Errors"]>[number];

export const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = partOf(httpPart);
  let check: Validator | undefined;
  return (given: unknown) => {
    check ??= Compile(schema);
    const value = part === "body" ? (given ?? {}) : fromText(schema, given);
    return check.Check(value)
      ? { value }
      : { error: refusal(problemsOf(schema, check.Errors(value), value, part), part) };
  };
};

const NO_PARAMETERS = Type.Object({}, { additionalProperties: false });

/** A parameter that a route does not have is a limit that somebody believes in: routes of /api/v1 without any refuse all. Before the routes. */
export function refuseUnknownParameters(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    if (!route.url.startsWith("/api/v1/")) return;
    route.schema = { querystring: NO_PARAMETERS, ...route.schema };
  });
}

/** The same for a body that its route reads itself. */
export function createBodyCheck<T extends TSchema>(schema: T): (given: unknown) => Static<T> {
  const check = Compile(schema);
  return (given) => {
    const value: unknown = given ?? {};
    if (check.Check(value)) return value;
    throw refusal(problemsOf(schema, check.Errors(value), value, "body"), "body");
  };
}

function refusal(problems: readonly ApiProblem[], part: Part): ApiError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new ApiError(part === "body" ? "invalid_body" : "invalid_parameter", `${first?.detail ?? ""}${more}`, {
    problems: problems.slice(0, MOST_PROBLEMS),
    total: problems.length,
  });
}

function partOf(httpPart: string | undefined): Part {
  if (httpPart === "params") return "path";
  return httpPart === "body" ? "body" : "query";
}

function problemsOf(schema: TSchema, errors: readonly SchemaError[], value: unknown, part: Part): ApiProblem[] {
  const problems = new Map<string, ApiProblem>();
  const add = (path: string, code: FaultCode, detail: string) => {
    const pointer = part === "body" ? path : `/${part}${path}`;
    if (!problems.has(pointer)) problems.set(pointer, { pointer, code, detail });
  };
  for (const error of errors) {
    const choice = choiceAround(schema, error.instancePath);
    const at = choice ?? error.instancePath;
    if (choice === null && error.keyword === "required") {
      for (const name of error.params.requiredProperties) {
        const wanted = wantedOf(childOf(schemaAt(schema, at), name));
        add(`${at}/${name}`, "missing", `${name} must be ${wanted}; it is missing`);
      }
    } else if (choice === null && error.keyword === "additionalProperties") {
      for (const name of error.params.additionalProperties) {
        add(`${at}/${name}`, "unknown", unknownName(schema, at, name));
      }
    } else if (choice !== null || error.keyword !== "boolean") {
      const name = at === "" ? "the body" : at.slice(1);
      const wanted = schemaAt(schema, at);
      const got = isSecret(wanted) ? "what came is not repeated" : `got ${shown(valueAt(value, at))}`;
      const sentence = `${name} must be ${wantedOf(wanted)}, ${got}`;
      add(at, choice === null ? (CODE_OF_KEYWORD[error.keyword] ?? "not_allowed") : "not_allowed", sentence);
    }
  }
  return [...problems.values()];
}

/** What each of the alternatives lacks helps nobody who meant one of them: a choice that has words of its own says what there is. Null outside of one. */
function choiceAround(schema: TSchema, pointer: string): string | null {
  for (let end = pointer.indexOf("/", 1); ; end = pointer.indexOf("/", end + 1)) {
    const at = end === -1 ? pointer : pointer.slice(0, end);
    const around = schemaAt(schema, at);
    if (around.anyOf !== undefined && around["x-wanted"] !== undefined) return at;
    if (end === -1) return null;
  }
}

/** An object around a secret is one as well. */
function isSecret(schema: Fields): boolean {
  if (schema["x-secret"] === true) return true;
  const inner = [
    ...Object.values(fieldsOf(schema.properties)),
    ...Object.values(fieldsOf(schema.patternProperties)),
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []),
  ];
  return inner.some((part) => isSecret(fieldsOf(part)));
}

function unknownName(schema: TSchema, at: string, name: string): string {
  const { properties = {} } = fieldsOf(schemaAt(schema, at));
  const known = Object.keys(fieldsOf(properties));
  const possible = known.length > 0 ? `; possible are ${known.join(", ")}` : "; none is possible";
  return `there is no ${JSON.stringify(name.slice(0, MOST_SHOWN))} here${possible}`;
}

/** The part of a schema that stands for the place of a JSON pointer; an empty one where nothing does. */
function schemaAt(schema: unknown, pointer: string): Fields {
  return pointer
    .split("/")
    .slice(1)
    .reduce((inner, name) => childOf(inner, name), fieldsOf(schema));
}

function childOf(schema: Fields, name: string): Fields {
  const properties = fieldsOf(schema.properties);
  if (Object.hasOwn(properties, name)) return fieldsOf(properties[name]);
  return fieldsOf(schema.items ?? Object.values(fieldsOf(schema.patternProperties))[0]);
}

function valueAt(value: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((inner, name) => fieldsOf(inner)[name], value);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

function fromText(schema: TSchema, given: unknown): unknown {
  const properties = fieldsOf(fieldsOf(schema).properties);
  return Object.fromEntries(
    Object.entries(fieldsOf(given)).map(([name, value]) => [name, typed(fieldsOf(properties[name]).type, value)]),
  );
}

function typed(type: unknown, value: unknown): unknown {
  if (type === "integer" && typeof value === "string" && /^-?\d{1,16}$/.test(value)) {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (type === "number" && typeof value === "string" && /^-?\d{1,9}(?:\.\d{1,9})?$/.test(value)) return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}
