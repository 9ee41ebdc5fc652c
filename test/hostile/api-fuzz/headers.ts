/** Headers of every kind that the service reads, and of some that it must not. */
import fc from "fast-check";
import { hostileText } from "./values.ts";

export type Header = readonly [name: string, value: string];

/** A header's value may be anything but the end of its line. */
const hostileValue = fc.oneof(
  { arbitrary: hostileText.map((text) => text.replace(/[\r\n\0]/g, "?")), weight: 8 },
  { arbitrary: fc.constantFrom("a\0b", "a\rb", "a\nb: c", "a\r\n b", "\x7f", "ÿþ", "x".repeat(17_000)), weight: 1 },
);

const values = (...usual: readonly string[]) =>
  fc.oneof({ arbitrary: fc.constantFrom(...usual), weight: 3 }, { arbitrary: hostileValue, weight: 1 });

const SESSION = "storewalk_session";
const OF_INTEREST: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "idempotency-key": values("k1", "k2", "k3", "k4", "__proto__", "a b", "ä"),
  "if-none-match": values("*", '"x"', 'W/"x", "y"', ",,,", '"'),
  "last-event-id": values("0", "1", "999999999999999", "-1", "1e3"),
  expect: values("100-continue", "100-CONTINUE", "200-ok", ""),
  "x-request-id": values("mine-1", "a".repeat(64), "a".repeat(65), "a b"),
  authorization: values("Bearer ", "Bearer x", "Basic YTpi", "bearer KEY_all_", "Bearer KEY_all_ KEY_all_"),
  "x-api-key": values("KEY_all_", "swk_live_x", "__proto__"),
  cookie: values(`${SESSION}=x`, `${SESSION}`, `${SESSION}=a; ${SESSION}=b`, "__proto__=x; constructor=y", "=", ";;;"),
  origin: values("null", "https://evil.example", "http://127.0.0.1", "x"),
  "sec-fetch-site": values("cross-site", "same-origin", "none", "same-site"),
  "content-encoding": values("identity", "gzip", "br, gzip"),
  accept: values("text/html", "application/xml;q=0.1", "*/*"),
  range: values("bytes=0-1", "bytes=-1", "bytes=5-2,0-", "x=1"),
  "if-modified-since": values("Thu, 01 Jan 1970 00:00:00 GMT", "yesterday"),
  "x-forwarded-for": values("1.2.3.4", "::1, x"),
  "x-http-method-override": values("DELETE"),
  connection: values("close", "keep-alive", "upgrade", "x-request-id", "__proto__"),
  upgrade: values("websocket", "h2c"),
  te: values("trailers"),
  __proto__x: values("1"),
  constructor: values("1"),
};

const one: fc.Arbitrary<Header> = fc.oneof(
  {
    arbitrary: fc
      .constantFrom(...Object.keys(OF_INTEREST))
      .chain((name) => (OF_INTEREST[name] ?? hostileValue).map((value): Header => [name, value])),
    weight: 30,
  },
  // What the request's framing and its host hang on, a second time or otherwise.
  {
    arbitrary: fc.constantFrom<Header>(
      ["content-length", "0"],
      ["content-length", "-1"],
      ["content-length", "9".repeat(20)],
      ["transfer-encoding", "chunked"],
      ["transfer-encoding", "gzip, chunked"],
      ["transfer-encoding", "x"],
      ["host", "evil.example"],
      ["host", ""],
      ["host", "[::"],
      ["trailer", "x"],
      ["bad name", "x"],
      ["", "x"],
    ),
    weight: 2,
  },
);

/** None, mostly. */
export const anyHeaders: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { arbitrary: fc.constant([]), weight: 60 },
  { arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }), weight: 36 },
  {
    arbitrary: fc
      .constantFrom(150, 3_000)
      .map((count) => Array.from({ length: count }, (_, no): Header => [`x-${no}`, "y"])),
    weight: 1,
  },
);

/** Types of a body that are not what it is; null for none. */
export const strangeTypes: fc.Arbitrary<string | null> = fc.oneof(
  fc.constantFrom(
    null,
    "application/json; charset=utf-8",
    'text/csv; charset="UTF-8"',
    "application/json; charset=utf-16",
    "text/csv; charset=latin1",
    "APPLICATION/JSON",
    "application/ndjson",
    "application/jsonl",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    `multipart/form-data; boundary=${"b".repeat(300)}`,
    'multipart/form-data; boundary="the-boundary"',
    "application/x-www-form-urlencoded",
    "text/plain",
    "__proto__",
    "constructor",
    "application/json, text/csv",
    "/",
    ";",
  ),
  hostileValue,
);
