/**
 * Lists as files: the same elements as the pages of JSON have, all of them from the cursor on, as CSV or as a workbook. A column for each field
 * that an element's schema names; what is nested has its path for a name.
 */
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { type TSchema, Type } from "typebox";
import { TABLE_CONTENT_TYPES, TABLE_FORMATS, writeTable } from "../../reports/table-file.ts";
import type { CellValue } from "../../xlsx/workbook-text.ts";

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
      description: "csv, xlsx: all elements from the cursor on as one file, whatever the limit",
    }),
  ),
  bom: Type.Optional(ByteOrderMark),
};

type TableQuery = {
  readonly format?: "json" | "csv" | "xlsx";
  readonly bom?: number;
  limit?: number;
  cursor?: string;
};
type Listed = { readonly data: readonly object[]; readonly next_cursor: string | null };
type ListRequest = { readonly method: string; readonly query: TableQuery };

/** The answer of a list as the document shows it. */
export function listAnswer(page: TSchema) {
  return {
    description: "The list, or a file of it",
    content: {
      "application/json": { schema: page },
      [TABLE_CONTENT_TYPES.csv.split(";")[0] ?? ""]: { schema: Type.String({ description: "A row an element" }) },
      [TABLE_CONTENT_TYPES.xlsx]: { schema: Type.String({ format: "binary" }) },
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
  const { format = "json", bom = 0 } = request.query;
  if (format === "json") return await read(request);
  request.query.limit = 200;
  // What is wrong with the request is said before a file begins.
  const first = await read(request);
  reply.type(TABLE_CONTENT_TYPES[format]).header("content-disposition", `attachment; filename="${name}.${format}"`);
  if (request.method === "HEAD") return reply.send(Readable.from([]));
  const columns = columnsOf(element);
  const rows = rowsOf(first, columns, async (cursor) => {
    request.query.cursor = cursor;
    return await read(request);
  });
  const sheet = { name, columns: columns.map((column) => ({ name: column.name })), rows };
  return reply.send(Readable.from(writeTable(format, [sheet], { mark: bom === 1 })));
}

async function* rowsOf(
  first: Listed,
  columns: readonly Column[],
  read: (cursor: string) => Promise<Listed>,
): AsyncIterable<readonly (readonly CellValue[])[]> {
  for (let page = first; ; page = await read(page.next_cursor)) {
    yield page.data.map((element) => columns.map(({ path, isInstant }) => cellOf(valueAt(element, path), isInstant)));
    if (page.next_cursor === null) return;
  }
}

type Column = { readonly name: string; readonly path: readonly string[]; readonly isInstant: boolean };
type Fields = Readonly<Record<string, unknown>>;

function columnsOf(schema: unknown, path: readonly string[] = []): readonly Column[] {
  const { properties } = fieldsOf(schema);
  const named = Object.entries(fieldsOf(properties));
  if (named.length === 0) return [{ name: path.join("."), path, isInstant: isInstant(schema) }];
  return named.flatMap(([name, inner]) => columnsOf(inner, [...path, name]));
}

/** One of the choices of a value that may be null counts. */
function isInstant(schema: unknown): boolean {
  const { format, anyOf } = fieldsOf(schema);
  return format === "date-time" || (Array.isArray(anyOf) && anyOf.some(isInstant));
}

const valueAt = (element: unknown, path: readonly string[]) =>
  path.reduce<unknown>((inner, name) => fieldsOf(inner)[name], element);

function cellOf(value: unknown, isInstantField: boolean): CellValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return isInstantField ? new Date(value) : value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(" ");
  return JSON.stringify(value);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
