/**
 * Lists as files: the same elements as the pages of JSON have, all of them from the cursor on, as CSV or as a workbook. A column for each field
 * that an element's schema names; what is nested has its path for a name.
 */
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { type TSchema, Type } from "typebox";
import { TABLE_FORMATS, type TableFormat } from "../../reports/report-formats.ts";
import { TABLE_CONTENT_TYPES, writeTable } from "../../reports/table-file.ts";
import { type CellValue, calendarDay } from "../../xlsx/workbook-text.ts";
import type { SheetSource } from "../../xlsx/write-workbook.ts";

export const ByteOrderMark = Type.Integer({
  minimum: 0,
  maximum: 1,
  default: 0,
  description: "1: a CSV begins with a byte order mark, which Excel needs to read letters with accents",
});

export const tableParameters = {
  format: Type.Optional(
    Type.Enum(["json", ...TABLE_FORMATS], {
      default: "json",
      description: "csv, xlsx: all elements, from the cursor on where there is one, as one file, whatever the limit",
    }),
  ),
  bom: Type.Optional(ByteOrderMark),
};

type TableQuery = {
  readonly format?: "json" | TableFormat;
  readonly bom?: number;
  limit?: number;
  cursor?: string;
};
type Listed = { readonly data: readonly object[]; readonly next_cursor?: string | null };
type ListRequest = { readonly method: string; readonly query: TableQuery };

/** The answer of a list as the document shows it. */
export function listAnswer(page: TSchema) {
  return {
    description: "The answer, or a file of it",
    content: {
      "application/json": { schema: page },
      [TABLE_CONTENT_TYPES.csv.split(";")[0] ?? ""]: { schema: Type.String() },
      [TABLE_CONTENT_TYPES.xlsx]: { schema: Type.String() },
    },
  };
}

/** A list's answer, or the file that was asked for. `name` is the file's; `read` answers the page that a request asks for. */
export async function listOrTable<Request extends ListRequest, Page extends Listed>(
  list: {
    readonly request: Request;
    readonly reply: FastifyReply;
    readonly name: string;
    readonly element: TSchema;
  },
  read: (request: Request) => Promise<Page>,
): Promise<Page | FastifyReply> {
  const { request, reply, name, element } = list;
  const { format = "json" } = request.query;
  if (format === "json") return await read(request);
  request.query.limit = 200;
  // What is wrong with the request is said before a file begins.
  const first = await read(request);
  const pages = pagesFrom(first, async (cursor) => {
    request.query.cursor = cursor;
    return await read(request);
  });
  return sendSheets({ request, reply, name, format }, [sheetOf(name, element, pages)]);
}

/** Sends sheets as one file; a CSV has the first of them only. */
export function sendSheets(
  file: {
    readonly request: ListRequest;
    readonly reply: FastifyReply;
    readonly name: string;
    readonly format: TableFormat;
  },
  sheets: readonly [SheetSource, ...SheetSource[]],
): FastifyReply {
  const { request, reply, name, format } = file;
  reply.type(TABLE_CONTENT_TYPES[format]).header("content-disposition", `attachment; filename="${name}.${format}"`);
  // It would be written to nobody, to its end.
  if (request.method === "HEAD") return reply.send(Readable.from([]));
  return reply.send(Readable.from(writeTable(format, sheets, { mark: request.query.bom === 1 })));
}

/** A row for each object of the pages, a column for each field that `element` names. */
export function sheetOf(
  name: string,
  element: TSchema,
  pages: AsyncIterable<readonly object[]> | Iterable<readonly object[]>,
): SheetSource {
  const columns = columnsOf(element);
  async function* rows() {
    for await (const page of pages)
      yield page.map((object) => columns.map(({ path, time }) => cellOf(valueAt(object, path), time)));
  }
  return { name, columns: columns.map((column) => ({ name: column.name })), rows: rows() };
}

async function* pagesFrom(first: Listed, read: (cursor: string) => Promise<Listed>): AsyncIterable<readonly object[]> {
  for (let page = first; ; page = await read(page.next_cursor)) {
    yield page.data;
    if (typeof page.next_cursor !== "string") return;
  }
}

/** What a text says of time: an instant, a day, or nothing. */
type Time = "date-time" | "date" | null;
type Column = { readonly name: string; readonly path: readonly string[]; readonly time: Time };
type Fields = Readonly<Record<string, unknown>>;

function columnsOf(schema: unknown, path: readonly string[] = []): readonly Column[] {
  const { properties } = fieldsOf(schema);
  const named = Object.entries(fieldsOf(properties));
  if (named.length === 0) return [{ name: path.join("."), path, time: timeOf(schema) }];
  return named.flatMap(([name, inner]) => columnsOf(inner, [...path, name]));
}

/** One of the choices of a value that may be null counts. */
function timeOf(schema: unknown): Time {
  const { format, anyOf } = fieldsOf(schema);
  if (format === "date-time" || format === "date") return format;
  return Array.isArray(anyOf) ? (anyOf.map(timeOf).find((time) => time !== null) ?? null) : null;
}

const valueAt = (element: unknown, path: readonly string[]) =>
  path.reduce<unknown>((inner, name) => fieldsOf(inner)[name], element);

function cellOf(value: unknown, time: Time): CellValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (time === "date") return calendarDay(value);
    return time === "date-time" ? new Date(value) : value;
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(" ");
  return JSON.stringify(value);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
