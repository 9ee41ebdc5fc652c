import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type Named,
  operationsOf,
  readApiDocument,
  readWrittenDocument,
  type Schema,
} from "../../testing/api-document.ts";
import { type HttpService, startHttpService } from "../../testing/http-service.ts";
import { createSchemaJudge } from "../../testing/schema-judge.ts";
import { PROBLEM_CODES } from "../problems/problem-codes.ts";

/** Calls to each operation. Bounded: the machine is shared. */
const CALLS = 40;

/** A value that a schema allows, or now and then anything at all. */
function valueFor(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: allowedBy(schema), weight: 4 }, { arbitrary: fc.jsonValue({ maxDepth: 1 }), weight: 1 });
}

function allowedBy(schema: Schema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map(allowedBy));
  const { minimum = 0, maximum = 1_000 } = schema as { minimum?: number; maximum?: number };
  switch (schema.type) {
    case "integer":
      return fc.oneof(
        fc.constantFrom(minimum, Math.min(maximum, minimum + 1)),
        fc.integer({ min: minimum, max: maximum }),
      );
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(valueFor((schema.items ?? {}) as Schema), { maxLength: 3 });
    case "object": {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
      return fc.record(Object.fromEntries(properties.map(([name, inner]) => [name, valueFor(inner)])), {
        requiredKeys: [],
      });
    }
    case "null":
      return fc.constant(null);
    default:
      return schema.format === "date-time"
        ? fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString())
        : fc.oneof(fc.constantFrom("S1", "A1", "2024-05-01"), fc.string({ maxLength: 20 }));
  }
}

/** One request to an operation, as its parameters and body may be. */
function requestTo({ path, operation }: Named): fc.Arbitrary<{ readonly url: string; readonly body: unknown }> {
  const parameters = operation.parameters ?? [];
  const ofPath = parameters.filter((parameter) => parameter.in === "path");
  const ofQuery = parameters.filter((parameter) => parameter.in === "query");
  const body = operation.requestBody?.content["application/json"]?.schema;
  return fc
    .record({
      path: fc.record(Object.fromEntries(ofPath.map(({ name, schema }) => [name, valueFor(schema)]))),
      query: fc.record(Object.fromEntries(ofQuery.map(({ name, schema }) => [name, valueFor(schema)])), {
        requiredKeys: [],
      }),
      body: body ? valueFor(body) : fc.constant(undefined),
    })
    .map(({ path: inPath, query, body: sent }) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => segmentOf(textOf(inPath[name])));
      const search = new URLSearchParams(
        Object.fromEntries(Object.entries(query).map(([name, value]) => [name, textOf(value)])),
      );
      return { url: `${filled}?${search}`, body: sent };
    });
}

/** A dot would be resolved away, and another path asked for. */
const segmentOf = (text: string): string => (/^\.{0,2}$/.test(text) ? "-" : encodeURIComponent(text));

function textOf(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : (JSON.stringify(value) ?? "");
}

/** The schemas of all bodies and answers in JSON below. */
function jsonSchemas(value: unknown, at = ""): { readonly schema: Schema; readonly at: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    /^application\/(?:problem\+)?json$/.test(name)
      ? [{ schema: (inner as { schema: Schema }).schema, at }]
      : jsonSchemas(inner, `${at}/${name}`),
  );
}

/** Objects with two members or more, without what is said about them. */
function objectsIn(value: unknown, at: string): { readonly text: string; readonly at: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const { description, ...schema } = value as Schema;
  const inner = Object.entries(schema).flatMap(([name, one]) => objectsIn(one, `${at}/${name}`));
  const isObject = schema.type === "object" && Object.keys(schema.properties ?? {}).length > 1;
  return isObject ? [{ text: JSON.stringify(schema), at }, ...inner] : inner;
}

async function aServiceWithJobs(t: Parameters<typeof startHttpService>[0]): Promise<HttpService> {
  // Keys that it makes by chance must not shut it.
  const service = await startHttpService(t, { auth: "off" });
  const visit = { store_id: "S1", image_url: ["http://photos.example/1.jpg"], visit_time: "2024-05-01T10:00:00Z" };
  for (let job = 0; job < 3; job += 1) await service.call("POST", "/api/v1/jobs", { count: 1, visits: [visit] });
  return service;
}

/** Characters of the document, by operation: what is written twice is to be named once, before this grows. */
const MOST_CHARACTERS = 2_300;

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1 and describes each route of the API by name, sentence and tag", async (t) => {
    const service = await startHttpService(t);
    const document = await readApiDocument(service);
    assert.equal(document.openapi, "3.1.0");
    const operations = operationsOf(document);
    assert.ok(operations.length > 8);
    for (const { name, operation } of operations) {
      assert.ok(operation.operationId, `${name} has no operationId`);
      assert.ok(operation.summary, `${name} has no summary`);
      assert.ok(operation.description, `${name} has no description`);
      assert.equal(operation.tags?.length, 1, `${name} must have one tag`);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length, "an operationId stands twice");
  });

  it("is small, and sent once: compressed, and not again to whoever has it", async (t) => {
    const { address } = await startHttpService(t);
    const compressed = { "accept-encoding": "gzip, br" };
    const response = await fetch(`${address}/openapi.json`, { headers: compressed });
    assert.equal(response.headers.get("content-encoding"), "br");
    const text = await response.text();
    const operations = operationsOf(JSON.parse(text)).length;
    assert.ok(text.length <= operations * MOST_CHARACTERS, `${text.length} characters for ${operations} operations`);
    const headers = { ...compressed, "if-none-match": response.headers.get("etag") ?? "" };
    assert.equal((await fetch(`${address}/openapi.json`, { headers })).status, 304);
    const plain = await fetch(`${address}/openapi.json`, { headers: { "accept-encoding": "identity" } });
    assert.equal(plain.headers.get("content-encoding"), null);
  });

  it("has a name for each body and answer in JSON, and writes no object out twice", async (t) => {
    const { paths, components } = await readWrittenDocument(await startHttpService(t));
    const schemas = [...jsonSchemas(paths), ...jsonSchemas((components as Schema).responses)];
    for (const { schema, at } of schemas) {
      assert.ok(schema.$ref ?? schema.type === "array", `${at} has no name: give its schema a title`);
    }
    const places = Map.groupBy(objectsIn({ paths, components }, ""), ({ text }) => text);
    for (const [text, same] of places) {
      assert.equal(
        same.length,
        1,
        `written out at ${same.map(({ at }) => at).join(" and ")}: give it a title: ${text}`,
      );
    }
  });

  it("names every problem code at a route that can answer with it, and none that is gone", async (t) => {
    const text = JSON.stringify((await readApiDocument(await startHttpService(t))).paths);
    const named = new Set([...text.matchAll(/`([a-z_]+)`: /g)].map(([, code]) => code));
    // Told before a route is found.
    const ofNoRoute = ["not_found", "method_not_allowed", "expectation_failed"];
    assert.deepEqual([...named, ...ofNoRoute].toSorted(), Object.keys(PROBLEM_CODES).toSorted());
  });

  it("can be read at /docs, every operation and schema of it, without a script", async (t) => {
    const service = await startHttpService(t);
    const response = await fetch(`${service.address}/docs`);
    assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src 'sha256-/);
    const page = await response.text();
    assert.doesNotMatch(page, /<script|(?:src|href)="https?:/);
    const { components, webhooks } = (await readWrittenDocument(service)) as Record<string, Record<string, object>>;
    const ids = operationsOf(await readApiDocument(service)).map(({ operation }) => operation.operationId);
    const schemas = Object.keys(components?.schemas ?? {}).map((name) => `schema-${name}`);
    for (const id of [...ids, ...schemas, ...Object.keys(webhooks ?? {}).map((event) => `told.${event}`)]) {
      assert.ok(page.includes(`id="${id}"`), `${id} is not on the page`);
    }
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g))
      assert.ok(page.includes(`id="${id}"`), `#${id} leads nowhere`);
  });

  it("tells every status and body that the operations answer, whatever they are sent", async (t) => {
    const service = await aServiceWithJobs(t);
    const judge = createSchemaJudge();
    for (const named of operationsOf(await readApiDocument(service))) {
      // Streams of events have no end; their own tests read them.
      if (named.path.endsWith("/events")) continue;
      await fc.assert(
        fc.asyncProperty(requestTo(named), async ({ url, body }) => {
          const response = await fetch(service.address + url, {
            method: named.method,
            ...(body === undefined
              ? {}
              : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
          });
          const text = await response.text();
          const documented = named.operation.responses[response.status];
          assert.ok(documented, `${named.name}: ${response.status} is not documented: ${text}`);
          assert.ok(response.status < 500, `${named.name}: ${text}`);
          const type = response.headers.get("content-type")?.split(";", 1)[0] ?? "";
          const schema = documented.content?.[type]?.schema;
          if (!type.endsWith("json") || text === "") return;
          assert.ok(schema, `${named.name}: ${response.status} as ${type} is not documented`);
          assert.equal(judge(schema, JSON.parse(text)), null, `${named.name}: ${text}`);
        }),
        { numRuns: CALLS },
      );
    }
  });
});
