/** Values as the document's schemas want them, mostly, and else as an enemy would choose them. Knows JSON as text: what no JavaScript value can be is possible. */
import fc from "fast-check";
import type { Schema } from "../../../src/testing/api-document.ts";

/** What is kept for hosts: stands in no answer and no line of the log. */
export const FUZZ_SECRET = "s3cr3t-of-the-fuzz";
/** More rows of it than the fuzz removes. */
export const ACCESS_ROWS = 60;

/** Of so many values one is hostile: an object of ten is in order more often than not. */
const HOSTILE_ONE_IN = 100;

/** Names that mean something to JavaScript itself. */
export const PROTO_NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__defineGetter__"];

/** What hides in a text: bytes of no text, halves of pairs, what turns or hides what stands beside it, what other languages read. */
export const HOSTILE_TEXTS = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "x\udfff y",
  "\u202eexe.gpj",
  "a\u200bb\u200d\ufeff",
  "👩‍👩‍👧‍👦🏳️‍🌈",
  "e\u0301\u0327".repeat(20),
  "ＳＴＯＲＥ\u2028\u2029\u0085",
  "NaN",
  "-0",
  "Infinity",
  "1e999",
  "0x10",
  "１２",
  "null",
  "' or 1=1; --",
  "%",
  "%00",
  "_%\\",
  "{{7*7}}<%= 7 %>",
  "<script>alert(1)</script>",
  "=cmd|' /C calc'!A0",
  "../../../../etc/passwd",
  "\r\nset-cookie: a=b",
  "a".repeat(129),
  "ä".repeat(600),
  "9".repeat(30),
  ...PROTO_NAMES,
];

const HOSTILE_NUMBERS = [
  "-0",
  "-1",
  "0.5",
  "1e3",
  "1e400",
  "-1E+999999",
  "9007199254740993",
  "123456789012345678901234567890",
  "2147483648",
  "4.9e-324",
  "1.0",
];

/** Values that mean something in the services under test, by the names of what asks for them. */
const MEANT: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  store_id: fc.constantFrom("S1", "S2", "S00339218", "S404"),
  storeid: fc.constantFrom("S1", "S2", "S404"),
  store: fc.constantFrom("S1", "S2", "S404"),
  area: fc.constantFrom("A1", "A2", "A9"),
  area_code: fc.constantFrom("A1", "A2", "A9"),
  id: fc.integer({ min: 1, max: 12 }),
  no: fc.integer({ min: 1, max: 8 }),
  image: fc.integer({ min: 0, max: 3 }),
  jobid: fc.integer({ min: 1, max: 12 }),
  job_id: fc.integer({ min: 1, max: 12 }),
  webhook_id: fc.integer({ min: 1, max: 6 }),
  count: fc.constant(1),
  visit_time: fc.constantFrom("2024-05-01T10:00:00Z", "2024-05-01", "2024-02-30", "yesterday"),
  url: fc.constantFrom("http://photos.example/1.jpg", "https://photos.example/2.jpg?a=b", "http://other.example:81/3"),
  image_url: mostly("http://photos.example/1.jpg", "file:a.jpg", "http://[::1]/", "no url"),
  callback_url: mostly("https://hooks.example/end", "http://127.0.0.1/", "no url"),
  host: fc.constantFrom("photos.example", "other.example:81"),
  pattern: fc.integer({ min: 1, max: 9_999 }).map((no) => `host${no}.example`),
  headers: fc.constantFrom(
    { Authorization: `Token ${FUZZ_SECRET}` },
    { "X-Key": FUZZ_SECRET, "X-Other": "b" },
    {},
    { Host: "a" },
  ),
  query: fc.constantFrom({ token: FUZZ_SECRET }, {}),
  user_agent: fc.constantFrom("Acme photos (photos@acme.example)", null),
  external_id: fc.constantFrom("order-7", "ünï", "0"),
  tenant: fc.constantFrom("a", "b"),
  key: fc.constantFrom("KEY_all_", "KEY_reader_", "KEY_expired_", "KEY_misspelt_"),
  name: fc.constantFrom("for a test", "ключ"),
  priority: fc.integer({ min: 0, max: 9 }),
  cron: mostly("0 6 * * 1", "* * * * * *", "never"),
  time_zone: mostly("Asia/Kolkata", "UTC", "Mars/Olympus"),
  manifest_url: mostly("https://files.example/visits.csv", "http://127.0.0.1/", "no url"),
  cursor: fc
    .oneof(fc.integer({ min: -2, max: 20 }), fc.constantFrom("S1", "", null, 1e300, { a: 1 }, [1], "__proto__"))
    .map((content) => Buffer.from(JSON.stringify(content)).toString("base64url")),
};

function mostly(usual: string, ...others: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 20 }, { arbitrary: fc.constantFrom(...others), weight: 1 });
}

/** A text that no schema asks for. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...HOSTILE_TEXTS), weight: 6 },
  { arbitrary: fc.string({ unit: "binary", maxLength: 20 }), weight: 2 },
  { arbitrary: fc.constantFrom(2_100, 9_000, 70_000).map((length) => "x".repeat(length)), weight: 1 },
  { arbitrary: fc.constantFrom(7_000, 20_000).map((depth) => nested("[", "]", depth)), weight: 1 },
);

/** A JSON value of no schema, as text. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: hostileText.map((text) => JSON.stringify(text)), weight: 6 },
  { arbitrary: fc.constantFrom(...HOSTILE_NUMBERS), weight: 4 },
  { arbitrary: fc.constantFrom("null", "true", "[]", "{}", "[[]]", "[null]", '""'), weight: 4 },
  { arbitrary: fc.constantFrom(...PROTO_NAMES).map((name) => `{"${name}":{"polluted":true}}`), weight: 2 },
  { arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)), weight: 2 },
  { arbitrary: fc.constantFrom(200, 2_000, 10_000).map((depth) => nested("[", "]", depth)), weight: 1 },
  { arbitrary: fc.constant(nested('{"constructor":{"prototype":', "}}", 1_000)), weight: 1 },
);

function nested(open: string, close: string, depth: number): string {
  return open.repeat(depth) + (open.endsWith(":") ? "1" : "") + close.repeat(depth);
}

function sometimes<T>(usual: fc.Arbitrary<T>, hostile: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight: HOSTILE_ONE_IN - 1 }, { arbitrary: hostile, weight: 1 });
}

/** A parameter's value as text. */
export function textFor(name: string, schema: Schema): fc.Arbitrary<string> {
  return sometimes(allowed(name, schema).map(textOf), hostileText);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** A value without parts, as the schema allows it. */
function allowed(name: string, schema: Schema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  // The metadata of a query is JSON in a text.
  if (name === "metadata" && schema.type === "string")
    return fc.constantFrom("{}", '{"a":"b"}', '{"__proto__":"x"}', '{"constructor":"y"}', "[]");
  const meant = Object.hasOwn(MEANT, name) ? MEANT[name] : undefined;
  if (!meant) return bySchema(schema);
  return fc.oneof({ arbitrary: meant, weight: 5 }, { arbitrary: bySchema(schema), weight: 1 });
}

function bySchema(schema: Schema): fc.Arbitrary<unknown> {
  const { minimum, maximum, minLength, maxLength, pattern, format } = schema;
  switch (schema.type) {
    case "number": {
      const [min, max] = [numberOr(minimum, 0), numberOr(maximum, 1_000)];
      const between = fc.double({ min, max, noNaN: true }).map((value) => Math.round(value * 1_000) / 1_000);
      return fc.oneof(between, fc.constantFrom(min, max));
    }
    case "integer": {
      const min = numberOr(minimum, 0);
      const max = Math.min(numberOr(maximum, min + 1_000), Number.MAX_SAFE_INTEGER);
      return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
    }
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern), { maxLength: 60 });
      if (format === "date-time") return instants.map((date) => date.toISOString());
      if (format === "date") return instants.map((date) => date.toISOString().slice(0, 10));
      return stringOf(numberOr(minLength, 0), Math.min(numberOr(maxLength, 30), 30));
  }
}

const strings = new Map<string, fc.Arbitrary<string>>();

/** Each kind is made once: it costs a table of all graphemes. */
function stringOf(minLength: number, maxLength: number): fc.Arbitrary<string> {
  const kind = `${minLength} to ${maxLength}`;
  const made = strings.get(kind) ?? fc.string({ unit: "grapheme", minLength, maxLength });
  strings.set(kind, made);
  return made;
}

const instants = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) });
const numberOr = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);

const known = new WeakMap<Schema, Map<string, fc.Arbitrary<string>>>();

/** A value as JSON text. `name` is that of the member, or of the list, that it stands in. */
export function jsonFor(name: string, schema: Schema): fc.Arbitrary<string> {
  const ofSchema = known.get(schema) ?? new Map<string, fc.Arbitrary<string>>();
  known.set(schema, ofSchema);
  const made = ofSchema.get(name) ?? sometimes(allowedJson(name, schema), hostileJson);
  ofSchema.set(name, made);
  return made;
}

function allowedJson(name: string, schema: Schema): fc.Arbitrary<string> {
  const { anyOf, items, properties, additionalProperties } = schema;
  // Names of headers and parameters: by chance none would be one.
  const meant = name === "headers" || name === "query" ? MEANT[name] : undefined;
  if (meant) return meant.map((value) => JSON.stringify(value));
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.filter(isSchema).map((choice) => jsonFor(name, choice)));
  if (schema.type === "array") {
    const { minItems, maxItems, uniqueItems } = schema;
    const limits = { minLength: numberOr(minItems, 0), maxLength: Math.min(numberOr(maxItems, 3), 3) };
    const item = jsonFor(name, isSchema(items) ? items : {});
    // A count of visits is right for one of them.
    const max = name === "visits" ? { ...limits, maxLength: 1 } : limits;
    return (uniqueItems === true ? fc.uniqueArray(item, max) : fc.array(item, max)).map((all) => `[${all.join()}]`);
  }
  if (isSchema(properties)) return objectOf(properties, Array.isArray(schema.required) ? schema.required : []);
  if (isSchema(additionalProperties)) {
    const names = fc.oneof(
      { arbitrary: fc.constantFrom("a", "b", "shelf", ...PROTO_NAMES), weight: 30 },
      { arbitrary: hostileText, weight: 1 },
    );
    return fc
      .array(
        fc.tuple(
          names.map((text) => JSON.stringify(text)),
          jsonFor("", additionalProperties),
        ),
        { maxLength: 3 },
      )
      .map(asObject);
  }
  return allowed(name, schema).map((value) => JSON.stringify(value) ?? "null");
}

type Member = readonly [name: string, value: string];

function objectOf(properties: Schema, required: readonly unknown[]): fc.Arbitrary<string> {
  const members = Object.entries(properties).map(([name, schema]) => {
    const member = jsonFor(name, isSchema(schema) ? schema : {}).map((value): Member => [JSON.stringify(name), value]);
    const isWanted = required.includes(name) ? 2 * HOSTILE_ONE_IN : 1;
    return fc.oneof(
      { arbitrary: member.map((one): readonly Member[] => [one]), weight: isWanted },
      { arbitrary: fc.constant<readonly Member[]>([]), weight: 1 },
      // Twice under one name.
      ...(isWanted > 1 ? [{ arbitrary: fc.tuple(member, member), weight: 1 }] : []),
    );
  });
  const strange = fc.tuple(
    fc.oneof(fc.constantFrom(...PROTO_NAMES), hostileText).map((name) => JSON.stringify(name)),
    hostileJson,
  );
  const more = sometimes(fc.constant<readonly Member[]>([]), fc.array(strange, { minLength: 1, maxLength: 2 }));
  return fc.tuple(...members, more).map((parts) => asObject(parts.flat()));
}

function asObject(members: readonly Member[]): string {
  return `{${members.map(([name, value]) => `${name}:${value}`).join()}}`;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
