/** A request with JSON to a service, and its answer as an object: what tests of the whole program ask it by. */
import assert from "node:assert/strict";
import { isObject } from "../src/intake/text-rules.ts";

export async function callAt(url: string, method: string, path: string, body?: unknown) {
  const response = await fetch(url + path, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  assert.ok(isObject(parsed), text);
  return { status: response.status, body: parsed };
}
