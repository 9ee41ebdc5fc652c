/** Bodies of every content type that the document names, mostly in order, and what breaks them byte by byte. */
import fc from "fast-check";
import { XLSX_TYPE } from "../../../src/http/submission/submission-format.ts";
import type { Schema } from "../../../src/testing/api-document.ts";
import { textRows, workbook } from "../../../src/testing/workbook.ts";
import { hostileText, isSchema, jsonFor, PROTO_NAMES, textFor } from "./values.ts";

export type Body = { readonly type: string; readonly bytes: Buffer };
type Contents = Readonly<Record<string, { readonly schema: Schema }>>;

/** Cells of the columns that a CSV can have, here or there. */
const COLUMNS = [
  "store_id",
  "image_url",
  "visit_time",
  "external_id",
  "metadata.shelf",
  "metadata",
  "visit_metadata",
  "visit_external_id",
  "visit_metadata.a",
  "store_name",
  "area_code",
];
const STRANGE_COLUMNS = [...PROTO_NAMES, ...PROTO_NAMES.map((name) => `metadata.${name}`), "metadata.", "store_id", ""];
const BOUNDARY = "the-boundary";
const WORKBOOKS = 20;

/** A body of any of an operation's content types. */
export function bodyFor(contents: Contents): fc.Arbitrary<Body> {
  const bodies = Object.entries(contents).map(([type, { schema }]) => wholeBody(type, schema, contents));
  return fc.oneof(...bodies).chain(({ type, bytes }) => damaged(bytes).map((after) => ({ type, bytes: after })));
}

function wholeBody(type: string, schema: Schema, contents: Contents): fc.Arbitrary<Body> {
  switch (type) {
    case "application/json":
      return asBody(type, jsonFor("", schema));
    case "application/x-ndjson":
      return asBody(type, ndjson(contents));
    case "image/*":
      return fc
        .tuple(fc.constantFrom("image/jpeg", "image/png", "image/x"), fc.uint8Array({ maxLength: 200 }))
        .map(([photo, bytes]): Body => ({ type: photo, bytes: Buffer.from(bytes) }));
    case "text/csv":
      return asBody(type, Object.keys(contents).length > 1 ? csv(SUBMISSION_COLUMNS) : csv(STORE_COLUMNS));
    case XLSX_TYPE:
      return fc
        .constantFrom(...(Object.keys(contents).length > 2 ? SUBMISSION_WORKBOOKS : STORE_WORKBOOKS))
        .map((bytes): Body => ({ type, bytes }));
    case "multipart/form-data":
      return parts(contents).map((text) => ({ type: `${type}; boundary=${BOUNDARY}`, bytes: Buffer.from(text) }));
    default:
      throw new Error(`a body of ${type} is not known to the fuzz: give it a generator`);
  }
}

const SUBMISSION_COLUMNS = COLUMNS.slice(0, 3);
const STORE_COLUMNS = ["store_id", "store_name", "area_code"];

const asBody = (type: string, text: fc.Arbitrary<string>) =>
  text.map((content): Body => ({ type, bytes: Buffer.from(content) }));

/** The same cells in workbooks. Some only, made beforehand: packing one is nothing that a generator can wait for. */
const workbooksOf = (needed: readonly string[]): Promise<readonly Buffer[]> =>
  Promise.all(
    fc.sample(csv(needed), { numRuns: WORKBOOKS, seed: 1 }).map((text) => {
      const rows = text.split(/\r\n|\r|\n/).map((line) => line.split(","));
      // XML has no place for other characters than these.
      const texts = rows.map((cells) => cells.map((cell) => cell.replaceAll(/[^\t -\ud7ff]/g, "")));
      return workbook({ rows: textRows(texts) });
    }),
  );

/** Lines of what the JSON form has as its visits. */
function ndjson(contents: Contents): fc.Arbitrary<string> {
  const whole = contents["application/json"]?.schema.properties;
  const visits = isSchema(whole) ? whole.visits : undefined;
  const visit = isSchema(visits) && isSchema(visits.items) ? visits.items : {};
  const ends = fc.constantFrom("\n", "\n", "\n", "\r\n", "\n\n", "\r");
  return fc
    .tuple(fc.array(jsonFor("visit", visit), { minLength: 1, maxLength: 4 }), ends)
    .map(([lines, end]) => lines.join(end));
}

function csv(needed: readonly string[]): fc.Arbitrary<string> {
  const others = COLUMNS.filter((column) => !needed.includes(column));
  const columns = fc
    .tuple(
      fc.oneof(
        { arbitrary: fc.constant(needed), weight: 12 },
        { arbitrary: fc.shuffledSubarray([...needed]), weight: 1 },
      ),
      fc.oneof(
        { arbitrary: fc.constant([]), weight: 2 },
        { arbitrary: fc.subarray(others, { maxLength: 3 }), weight: 1 },
      ),
      fc.oneof(
        { arbitrary: fc.constant([]), weight: 12 },
        {
          arbitrary: fc.array(fc.oneof(fc.constantFrom(...STRANGE_COLUMNS), hostileText), { maxLength: 2 }),
          weight: 1,
        },
      ),
    )
    .map((all) => all.flat());
  const end = fc.constantFrom("\n", "\n", "\r\n", "\r");
  return columns.chain((names) =>
    fc
      .tuple(fc.array(fc.tuple(...names.map((name) => cell(name))), { minLength: 1, maxLength: 4 }), end)
      .map(([rows, after]) => [names.map(quoted), ...rows].map((row) => row.join() + after).join("")),
  );
}

const cells = new Map<string, fc.Arbitrary<string>>();

function cell(column: string): fc.Arbitrary<string> {
  const made = cells.get(column) ?? cellOf(column);
  cells.set(column, made);
  return made;
}

function cellOf(column: string): fc.Arbitrary<string> {
  const text = textFor(column, { type: "string", maxLength: 30 });
  return fc.oneof(
    { arbitrary: text.map(quoted), weight: 60 },
    { arbitrary: hostileText, weight: 1 },
    { arbitrary: fc.constantFrom('"', '""', 'a"b', '"a"b', "a,b"), weight: 1 },
  );
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function parts(contents: Contents): fc.Arbitrary<string> {
  const json = jsonFor("", contents["application/json"]?.schema ?? {});
  const job = fc
    .oneof(
      { arbitrary: fc.tuple(json, fc.constantFrom("application/json", "text/plain")), weight: 8 },
      { arbitrary: fc.tuple(csv(SUBMISSION_COLUMNS), fc.constant("text/csv")), weight: 2 },
      { arbitrary: fc.tuple(json, fc.constantFrom("text/csv", "image/png")), weight: 1 },
    )
    .map(([text, type]) => part('name="job"', type, text));
  const names = fc.oneof(
    { arbitrary: fc.constantFrom("a.jpg", "b.png", "shelf 1.jpg", ...PROTO_NAMES), weight: 8 },
    { arbitrary: hostileText, weight: 1 },
  );
  const photo = fc
    .tuple(
      fc.constantFrom("photos", "photos", "__proto__", "constructor", "job", ""),
      names,
      fc.string({ maxLength: 60 }),
    )
    .map(([name, filename, bytes]) => part(`name="${name}"; filename="${inQuotes(filename)}"`, "image/jpeg", bytes));
  const strange = fc.constantFrom(
    part("", "text/plain", "x"),
    `--${BOUNDARY}\r\n\r\nno headers\r\n`,
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name\r\n\r\n`,
    `--${BOUNDARY}\r\n${"x-long: y\r\n".repeat(3_000)}\r\n`,
    part(`name*=UTF-8''%ff%fe; filename*=utf-8''%`, "a/b; charset=\0", ""),
  );
  const any = fc.oneof(
    { arbitrary: photo, weight: 20 },
    { arbitrary: strange, weight: 1 },
    { arbitrary: job, weight: 1 },
  );
  const ending = fc.oneof(
    { arbitrary: fc.constant(`--${BOUNDARY}--\r\n`), weight: 12 },
    { arbitrary: fc.constantFrom("", "--"), weight: 1 },
  );
  return fc
    .tuple(fc.array(any, { maxLength: 2 }), job, fc.array(any, { maxLength: 2 }), ending)
    .map(([before, one, after, end]) => [...before, one, ...after, end].join(""));
}

function part(disposition: string, type: string, content: string): string {
  return `--${BOUNDARY}\r\ncontent-disposition: form-data; ${disposition}\r\ncontent-type: ${type}\r\n\r\n${content}\r\n`;
}

const inQuotes = (text: string) => text.replace(/[\r\n"\\]/g, (sign) => encodeURIComponent(sign));

/** Whole, mostly; else cut, flipped, or with bytes in it that are no text. */
function damaged(bytes: Buffer): fc.Arbitrary<Buffer> {
  const place = fc.nat({ max: bytes.length });
  const inserted = fc
    .tuple(
      place,
      fc.constantFrom(
        [0xff, 0xfe],
        [0xc3],
        [0xed, 0xa0, 0x80],
        [0xf8],
        [0],
        [0xef, 0xbb, 0xbf],
        [0x0a],
        [0x22],
        [0x7b],
        [0x5d],
      ),
    )
    .map(([at, what]) => Buffer.concat([bytes.subarray(0, at), Buffer.from(what), bytes.subarray(at)]));
  return fc.oneof(
    { arbitrary: fc.constant(bytes), weight: 40 },
    { arbitrary: place.map((at) => bytes.subarray(0, at)), weight: 2 },
    { arbitrary: place.map((at) => bytes.subarray(at)), weight: 1 },
    { arbitrary: inserted, weight: 2 },
    {
      arbitrary: fc
        .tuple(place, place)
        .map(([one, two]) => Buffer.concat([bytes.subarray(0, one), bytes.subarray(two)])),
      weight: 1,
    },
    { arbitrary: fc.constant(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])), weight: 1 },
    { arbitrary: fc.constant(Buffer.from(bytes.toString("utf8"), "utf16le")), weight: 1 },
    {
      arbitrary: fc.constantFrom(Buffer.alloc(0), Buffer.from(" "), Buffer.alloc(300_000, "["), Buffer.alloc(250_000)),
      weight: 1,
    },
  );
}

const SUBMISSION_WORKBOOKS = await workbooksOf(SUBMISSION_COLUMNS);
const STORE_WORKBOOKS = await workbooksOf(STORE_COLUMNS);
