/** Prints the client's types, made from the service's own OpenAPI document: node scripts/write-sdk-types.ts > sdk/src/api-types.ts */
import { startHttpService } from "../src/testing/http-service.ts";

type Schema = Readonly<Record<string, unknown>>;

export async function sdkTypes(): Promise<string> {
  const ends: (() => Promise<void>)[] = [];
  const service = await startHttpService({ after: (end) => void ends.push(end) });
  const { body } = await service.call("GET", "/openapi.json");
  for (const end of ends) await end();
  return written(body);
}

function written(document: Schema): string {
  const operations = Object.entries(fields(document.paths))
    .flatMap(([path, methods]) =>
      Object.entries(fields(methods)).map(([method, operation]) => ({ path, method, operation: fields(operation) })),
    )
    .filter(({ path }) => path.startsWith("/api/v1/"))
    .sort((a, b) => (String(a.operation.operationId) < String(b.operation.operationId) ? -1 : 1));
  const inFull = inPlace(document);
  const lines = operations.map(({ path, method, operation: written }) => {
    const operation = inFull(written);
    const name = String(operation.operationId);
    return [
      `  /** ${String(operation.summary)} */`,
      `  readonly ${name}: {`,
      `    readonly method: "${method.toUpperCase()}";`,
      `    readonly path: "${path}";`,
      `    readonly query: ${parameters(operation, "query")};`,
      `    readonly body: ${jsonOf(fields(operation.requestBody))};`,
      `    readonly answer: ${answerOf(operation)};`,
      "  };",
    ].join("\n");
  });
  return `/** Made from the service's OpenAPI document by scripts/write-sdk-types.ts; a test fails when it is out of date. Never edit. */

${namedTypes(fields(fields(document.components).schemas))}
export type Operations = {
${lines.join("\n")}
};
`;
}

/** An operation with the parameters and the body that it shares with others. */
function inPlace({ components }: Schema): (operation: Schema) => Schema {
  const found = (part: Schema, place: string): Schema =>
    typeof part.$ref === "string" ? fields(fields(fields(components)[place])[part.$ref.split("/").at(-1) ?? ""]) : part;
  return (operation) => ({
    ...operation,
    parameters: list(operation.parameters).map((parameter) => found(fields(parameter), "parameters")),
    requestBody: found(fields(operation.requestBody), "requestBodies"),
  });
}

function namedTypes(schemas: Schema): string {
  return Object.entries(schemas)
    .map(([name, schema]) => {
      const { description } = fields(schema);
      const about = typeof description === "string" ? `/** ${description} */\n` : "";
      return `${about}export type ${name} = ${typeOf(fields(schema), "\n  ")};\n`;
    })
    .join("\n");
}

function fields(value: unknown): Schema {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function parameters(operation: Schema, place: string): string {
  const given = list(operation.parameters)
    .map(fields)
    .filter((parameter) => parameter.in === place);
  if (given.length === 0) return "Record<string, never>";
  const members = given.map(
    ({ name, required, schema }) =>
      `readonly ${String(name)}${required === true ? "" : "?"}: ${typeOf(fields(schema))};`,
  );
  return `{ ${members.join(" ")} }`;
}

/** Of a body or an answer; other types are left to whoever reads them. */
function jsonOf({ content }: Schema): string {
  const json = fields(fields(content)["application/json"]);
  return json.schema === undefined ? "undefined" : typeOf(fields(json.schema));
}

/** The first of its good answers with a JSON body. */
function answerOf({ responses }: Schema): string {
  const good = Object.entries(fields(responses)).filter(([status]) => /^2/.test(status));
  const types = good.map(([, response]) => jsonOf(fields(response))).filter((type) => type !== "undefined");
  return types.length === 0 ? "undefined" : types.join(" | ");
}

/** The members of an object stand behind `before` each. */
function typeOf(schema: Schema, before = " "): string {
  if (typeof schema.$ref === "string") return schema.$ref.replace("#/components/schemas/", "");
  if (Array.isArray(schema.enum)) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.allOf)) return schema.allOf.map((part) => typeOf(fields(part), before)).join(" & ");
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type }, before)));
  if (Array.isArray(schema.anyOf)) return union(schema.anyOf.map((choice) => typeOf(fields(choice))));
  switch (schema.type) {
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return String(schema.type);
    case "array":
      return arrayOf(schema);
    case "object":
      return objectOf(schema, before);
    default:
      return "unknown";
  }
}

/** So many and no other number of elements are named one by one. */
function arrayOf({ items, minItems: least, maxItems: most }: Schema): string {
  const type = typeOf(fields(items));
  if (typeof least !== "number" || least !== most) return listOf(type);
  return `readonly [${Array.from({ length: least }, () => type).join(", ")}]`;
}

const listOf = (type: string) => (type.includes(" | ") ? `readonly (${type})[]` : `readonly ${type}[]`);
const union = (types: readonly string[]) => [...new Set(types)].join(" | ");

function objectOf(schema: Schema, before: string): string {
  const required = list(schema.required);
  const members = Object.entries(fields(schema.properties)).map(
    ([name, member]) =>
      `readonly ${/^\w+$/.test(name) ? name : JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(fields(member))};`,
  );
  if (members.length > 0)
    return `{${before}${members.join(before)}${before.trimEnd() === "" ? before.replace("  ", "") : " "}}`;
  const [values] = Object.values(fields(schema.patternProperties));
  if (values !== undefined) return `Readonly<Record<string, ${typeOf(fields(values))}>>`;
  const rest = fields(schema.additionalProperties);
  return `Readonly<Record<string, ${Object.keys(rest).length > 0 ? typeOf(rest) : "unknown"}>>`;
}

if (import.meta.main) process.stdout.write(await sdkTypes());
