/** Requests to each operation of the document, mostly in order, and what an enemy makes of them. As data: what was sent can be shown, shrunk and sent again. */
import fc from "fast-check";
import type { Named } from "../../../src/testing/api-document.ts";
import { type Body, bodyFor } from "./bodies.ts";
import { anyHeaders, type Header, strangeTypes } from "./headers.ts";
import { anyTarget, strayTargets, targetFor } from "./targets.ts";
import { hostileJson } from "./values.ts";

/** By whom; in the service that asks for keys. */
export const CALLERS = [
  "all",
  "admin",
  "reader",
  "other",
  "session",
  "none",
  "expired",
  "revoked",
  "misspelt",
] as const;
export type Caller = (typeof CALLERS)[number];

export type Framing =
  | { readonly kind: "length" }
  | { readonly kind: "chunked"; readonly cuts: readonly number[] }
  /** Says that it is so many bytes longer than it is, or shorter. */
  | { readonly kind: "lying"; readonly by: number };

export type FuzzRequest = {
  readonly service: "open" | "keyed";
  readonly caller: Caller;
  /** What it was made for; what it is in the end its target says. */
  readonly operation: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: Buffer | null;
  readonly framing: Framing;
  /** Where it is cut on its way, of 1. */
  readonly cuts: readonly number[];
};

/** Node takes these and the document has none of them; CONNECT, an upgrade of the connection, has no answer. */
const OTHER_METHODS = [
  "OPTIONS",
  "TRACE",
  "PUT",
  "PATCH",
  "DELETE",
  "POST",
  "GET",
  "HEAD",
  "PROPFIND",
  "QUERY",
  "CONNECT",
];
export const NO_METHODS: readonly string[] = ["FETCH", "get", "GET\t", "", "POST HTTP/1.1\r\n\r\nGET"];

/** How often an operation is asked for, of those whose share is not one. */
const WEIGHTS: Readonly<Record<string, number>> = {
  createJob: 5,
  submit: 4,
  importStores: 2,
  createWebhook: 2,
  createKey: 2,
};

export function requestsTo(operations: readonly Named[]): fc.Arbitrary<FuzzRequest> {
  const choices = operations.map((named) => ({
    arbitrary: requestTo(named),
    weight: 4 * (WEIGHTS[named.operation.operationId ?? ""] ?? 1),
  }));
  return fc.oneof(...choices, { arbitrary: strays, weight: 8 });
}

const rarely = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>, oneIn: number) =>
  fc.oneof({ arbitrary: usual, weight: oneIn - 1 }, { arbitrary: other, weight: 1 });

const cuts = rarely<readonly number[]>(
  fc.constant([]),
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
  12,
);

const framing: fc.Arbitrary<Framing> = fc.oneof(
  { arbitrary: fc.constant<Framing>({ kind: "length" }), weight: 30 },
  {
    arbitrary: fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })
      .map((places): Framing => ({ kind: "chunked", cuts: places })),
    weight: 4,
  },
  {
    arbitrary: fc.constantFrom(1, 7, 100_000, -1, -5).map((by): Framing => ({ kind: "lying", by })),
    weight: 1,
  },
);

const from: fc.Arbitrary<Pick<FuzzRequest, "service" | "caller">> = fc.oneof(
  { arbitrary: fc.constant({ service: "open", caller: "none" } as const), weight: 4 },
  { arbitrary: fc.constant({ service: "keyed", caller: "all" } as const), weight: 4 },
  { arbitrary: fc.constant({ service: "keyed", caller: "admin" } as const), weight: 2 },
  { arbitrary: fc.constantFrom(...CALLERS).map((caller) => ({ service: "keyed", caller }) as const), weight: 2 },
);

const anyMethod = fc.oneof(
  { arbitrary: fc.constantFrom(...OTHER_METHODS), weight: 6 },
  { arbitrary: fc.constantFrom(...NO_METHODS), weight: 1 },
);

const uncalledFor: fc.Arbitrary<Body | null> = hostileJson.map((text) => ({
  type: "application/json",
  bytes: Buffer.from(text),
}));

function requestTo(named: Named): fc.Arbitrary<FuzzRequest> {
  const { name, method, operation } = named;
  const contents = operation.requestBody?.content;
  const none = fc.constant<Body | null>(null);
  const body = contents ? rarely<Body | null>(bodyFor(contents), none, 40) : rarely(none, uncalledFor, 20);
  return fc
    .record({
      from,
      method: rarely(fc.constant(method), method === "GET" ? fc.oneof(fc.constant("HEAD"), anyMethod) : anyMethod, 16),
      target: rarely(targetFor(named), targetFor(named).chain(anyTarget), 12),
      headers: anyHeaders,
      type: rarely<string | null | undefined>(fc.constant(undefined), strangeTypes, 20),
      body,
      framing,
      cuts,
    })
    .map(({ from: sender, body: content, type, headers, ...rest }) => ({
      ...sender,
      operation: name,
      ...rest,
      body: content?.bytes ?? null,
      headers: [...typeHeader(content, type), ...headers],
    }));
}

/** `undefined` is as it should be, `null` without. */
function typeHeader(content: Body | null, type: string | null | undefined): readonly Header[] {
  const value = type === undefined ? content?.type : type;
  return value === undefined || value === null ? [] : [["content-type", value]];
}

/** Where the document has nothing. */
const strays: fc.Arbitrary<FuzzRequest> = fc
  .record({
    from,
    method: fc.oneof(fc.constant("GET"), fc.constant("POST"), anyMethod),
    target: fc.oneof(strayTargets, strayTargets.chain(anyTarget)),
    headers: anyHeaders,
    body: fc.oneof(fc.constant<Body | null>(null), uncalledFor),
    framing,
    cuts,
  })
  .map(({ from: sender, body, headers, ...rest }) => ({
    ...sender,
    operation: "nothing of the document",
    ...rest,
    body: body?.bytes ?? null,
    headers: [...typeHeader(body, undefined), ...headers],
  }));
