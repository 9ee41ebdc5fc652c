import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Named, operationsOf, readApiDocument, type Schema } from "../../testing/api-document.ts";
import { createSchemaJudge } from "../../testing/schema-judge.ts";
import { startServiceWithWork } from "../../testing/service-with-work.ts";
import { EXAMPLE_KEY_ID, EXAMPLES, SCHEMA_EXAMPLES } from "./api-examples.ts";

/** What makes something comes first, what takes something away last but for what brings it back. */
function turn({ name, operation: { operationId } }: Named): number {
  if (operationId === "restoreJob") return 3;
  if (/^(?:create|add|submit|ping)/.test(operationId ?? "")) return 0;
  return /^(?:DELETE|.*\/revoke$)/.test(name) ? 2 : 1;
}

/** The requests that the document shows for an operation, one for each type of its body. */
function examplesOf({ path, operation }: Named, keyId: string) {
  const values = (place: "path" | "query") =>
    (operation.parameters ?? []).filter(({ in: at, example }) => at === place && example !== undefined);
  const filled = values("path").reduce(
    (whole, { name, example }) => whole.replace(`{${name}}`, encodeURIComponent(String(example))),
    path.replace("{id}", path.startsWith("/api/v1/keys/") ? keyId : "{id}"),
  );
  const query = new URLSearchParams(
    Object.fromEntries(values("query").map(({ name, example }) => [name, String(example)])),
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).filter(
    ([, { example }]) => example !== undefined,
  );
  const url = query.size > 0 ? `${filled}?${query}` : filled;
  if (bodies.length === 0) return [{ url, type: undefined, body: undefined }];
  return bodies.map(([type, { example }]) => ({
    url,
    type,
    body: typeof example === "string" ? example : JSON.stringify(example),
  }));
}

describe("the examples of the OpenAPI document", () => {
  it("are there wherever something must be filled in, and stand at an operation", async (t) => {
    const { service } = await startServiceWithWork(t);
    const operations = operationsOf(await readApiDocument(service));
    for (const { operation, name } of operations) {
      const id = operation.operationId ?? "";
      const needsOne =
        operation.parameters?.some(({ required }) => required) || operation.requestBody?.content["application/json"];
      if (needsOne) assert.ok(EXAMPLES[id], `${name} (${id}) has no example in api-examples.ts`);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    assert.deepEqual(
      Object.keys(EXAMPLES).filter((id) => !ids.includes(id)),
      [],
    );
  });

  it("do what their operations say, as they stand", async (t) => {
    const { service, keyId } = await startServiceWithWork(t);
    const document = await readApiDocument(service);
    const operations = operationsOf(document).toSorted((a, b) => turn(a) - turn(b));
    assert.match(JSON.stringify(EXAMPLES.rotateKey), new RegExp(EXAMPLE_KEY_ID));
    for (const named of operations) {
      if (!EXAMPLES[named.operation.operationId ?? ""]) continue;
      for (const { url, type, body } of examplesOf(named, keyId)) {
        const leave = new AbortController();
        const response = await fetch(service.address + url, {
          method: named.method,
          signal: leave.signal,
          headers: type === undefined ? {} : { "content-type": type },
          ...(body === undefined ? {} : { body }),
        });
        const isStream = response.headers.get("content-type") === "text/event-stream";
        assert.ok(response.ok, `${named.name} ${url}: ${response.status} ${isStream ? "" : await response.text()}`);
        leave.abort();
      }
    }
  });

  it("are refused with a parameter that their operation does not have, as every operation beyond the contract refuses it", async (t) => {
    const { service, keyId } = await startServiceWithWork(t);
    const passed: string[] = [];
    for (const named of operationsOf(await readApiDocument(service))) {
      if (!named.path.startsWith("/api/v1/")) continue;
      const [request] = examplesOf(named, keyId);
      assert.ok(request);
      const url = `${request.url}${request.url.includes("?") ? "&" : "?"}no_such_parameter=1`;
      const [type = "application/json"] = Object.keys(named.operation.requestBody?.content ?? {});
      const response = await fetch(service.address + url.replaceAll(/\{\w+\}/g, "1"), {
        method: named.method,
        ...(named.operation.requestBody
          ? { headers: { "content-type": type.replace("*", "jpeg") }, body: request.body ?? "x" }
          : {}),
      });
      const text = await response.text();
      if (response.status !== 400 || !text.includes("/query/no_such_parameter")) {
        passed.push(`${named.name}: ${response.status} ${text.slice(0, 200)}`);
      }
    }
    assert.deepEqual(passed, []);
  });

  it("are as their schemas say", async (t) => {
    const { service } = await startServiceWithWork(t);
    const { components } = (await readApiDocument(service)) as unknown as { components: { schemas: Schema } };
    const judge = createSchemaJudge();
    for (const [name, example] of Object.entries(SCHEMA_EXAMPLES)) {
      assert.equal(judge(components.schemas[name] as Schema, example), null, name);
    }
  });
});
