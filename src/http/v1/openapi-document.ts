/**
 * The OpenAPI 3.1 document, made from the schemas by which the routes check and write: it cannot say anything else than they do. Made when
 * somebody asks for it. Schemas and answers that have a name stand in it once.
 */
import { STATUS_CODES } from "node:http";
import type { RouteOptions } from "fastify";
import packageFile from "../../../package.json" with { type: "json" };
import { EXAMPLES, type Example, SCHEMA_EXAMPLES } from "./api-examples.ts";
import { compactDocument } from "./compact-document.ts";
import { createNamedParts, isPart, type Part } from "./named-parts.ts";
import { WEBHOOK_ANSWERS, WEBHOOK_MESSAGES, WebhookHeaders } from "./webhook-message.ts";

/** In the order in which one reads them. */
export const TAGS = [
  { name: "jobs", description: "Submit jobs, follow them, change their course, read their results" },
  { name: "images", description: "What a job is made of" },
  { name: "insight", description: "What was visited over all jobs" },
  {
    name: "truth",
    description: "Photos that cannot be trusted: flagged images, decisions about them, what they are judged by",
  },
  { name: "stores", description: "The store master and what was visited of it" },
  { name: "schedules", description: "Jobs that repeat" },
  { name: "webhooks", description: "Who is told of the ends of jobs, and of what alerts watch" },
  { name: "hosts", description: "What is sent to hosts and buckets that ask who is there" },
  { name: "keys", description: "API keys, signing in, and who changed what" },
  { name: "service", description: "The whole service at one look, and the hosts that images wait for" },
  {
    name: "contract",
    description: "The endpoints that clients have relied on from the first version; their answers stay",
  },
  { name: "operation", description: "For those who run Storewalk" },
] as const;

const INFO = {
  title: "Storewalk",
  version: packageFile.version,
  description:
    "The bulk engine for store-visit photos: nothing lost, nothing counted twice, every failure names its cause.",
  license: { name: "MIT", identifier: "MIT" },
};

const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "An API key: swk_live_…" },
  api_key: { type: "apiKey", in: "header", name: "X-API-Key", description: "The same in a header of its own" },
  session: { type: "apiKey", in: "cookie", name: "storewalk_session", description: "Of the dashboard" },
};

const JSON_TYPE = "application/json";
const PLACES = [
  ["params", "path"],
  ["querystring", "query"],
  ["headers", "header"],
] as const;

type Parts = ReturnType<typeof createNamedParts>;

export function openapiDocument(routes: readonly RouteOptions[]): Part {
  const parts = createNamedParts();
  const operations = routes
    .filter(({ schema }) => schema && !schema.hide)
    .map((route) => ({
      path: route.url.replace(/:(\w+)/g, "{$1}"),
      method: String(route.method).toLowerCase(),
      operation: operationOf(route, parts),
    }));
  const inOrder = TAGS.flatMap(({ name }) => operations.filter(({ operation }) => operation.tags.includes(name)));
  const unplaced = operations.filter((one) => !inOrder.includes(one)).map(({ path }) => path);
  if (unplaced.length > 0) throw new Error(`no tag of the document is at ${unplaced.join(", ")}`);
  const paths: Record<string, Record<string, Part>> = {};
  for (const { path, method, operation } of inOrder) paths[path] = { ...paths[path], [method]: operation };
  const webhooks = Object.fromEntries(
    Object.entries(WEBHOOK_MESSAGES).map(([type, message]) => [type, { post: webhookOf(type, message, parts) }]),
  );
  const { schemas, responses } = parts.components();
  return compactDocument({
    openapi: "3.1.0",
    info: INFO,
    servers: [{ url: "/" }],
    tags: TAGS,
    paths,
    webhooks,
    components: { schemas: withExamples(schemas), responses, securitySchemes: SECURITY_SCHEMES },
  });
}

type Message = (typeof WEBHOOK_MESSAGES)[keyof typeof WEBHOOK_MESSAGES];

function webhookOf(type: string, { schema, summary, description }: Message, parts: Parts): Part {
  return {
    operationId: `told.${type}`,
    summary,
    description,
    tags: ["webhooks"],
    parameters: parametersOf(WebhookHeaders, "header", {}, parts),
    requestBody: { required: true, content: contentOf(schema, parts) },
    responses: WEBHOOK_ANSWERS,
    security: [],
  };
}

function operationOf({ schema = {} }: RouteOptions, parts: Parts) {
  const { operationId = "", summary, description, tags = [], security, body, response } = schema;
  const example = EXAMPLES[operationId] ?? {};
  const parameters = PLACES.flatMap(([part, place]) => parametersOf(schema[part], place, example, parts));
  return {
    operationId,
    summary,
    description,
    tags,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(isPart(body) ? { requestBody: { required: true, content: contentOf(body, parts, example.body) } } : {}),
    responses: responsesOf(response, parts),
    security,
  };
}

function parametersOf(given: unknown, place: "path" | "query" | "header", example: Example, parts: Parts): Part[] {
  if (!isPart(given) || !isPart(given.properties)) return [];
  const required = Array.isArray(given.required) ? given.required : [];
  const examples: Part = (place === "path" ? example.path : example.query) ?? {};
  return Object.entries(given.properties).flatMap(([name, property]) => {
    if (!isPart(property)) return [];
    const { description, ...schema } = property;
    return {
      name,
      in: place,
      ...(place === "path" || required.includes(name) ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema: parts.schemaOf(schema),
      ...(examples[name] === undefined ? {} : { example: examples[name] }),
    };
  });
}

function contentOf(given: object, parts: Parts, examples: Readonly<Record<string, unknown>> = {}): Part {
  const content = "content" in given && isPart(given.content) ? given.content : { [JSON_TYPE]: { schema: given } };
  return Object.fromEntries(
    Object.entries(content).map(([type, media]) => {
      const schema = isPart(media) && isPart(media.schema) ? parts.schemaOf(media.schema) : {};
      return [type, { schema, ...(examples[type] === undefined ? {} : { example: examples[type] }) }];
    }),
  );
}

function responsesOf(given: unknown, parts: Parts): Part {
  if (!isPart(given)) return {};
  return Object.fromEntries(
    Object.entries(given).map(([status, response]) => {
      if (!isPart(response)) return [status, response];
      const { description = STATUS_CODES[status], "x-name": name } = response;
      const written = { description, ...(response.type === "null" ? {} : { content: contentOf(response, parts) }) };
      return [status, parts.responseOf(written, typeof name === "string" ? name : undefined)];
    }),
  );
}

function withExamples(schemas: Part): Part {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const example = SCHEMA_EXAMPLES[name];
      return [name, example === undefined || !isPart(schema) ? schema : { ...schema, examples: [example] }];
    }),
  );
}
