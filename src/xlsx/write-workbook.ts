/**
 * Writes a workbook as its rows come, at flat memory: sheets with a header that stays in sight and filters by column, numbers as numbers, instants as
 * dates. Must never write a formula: texts are texts, whatever they begin with. A sheet that is full goes on in another.
 */
import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";
import { type CellValue, packageParts, sheetPart } from "./workbook-text.ts";

export type SheetSource = {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly width?: number }[];
  readonly rows: AsyncIterable<readonly (readonly CellValue[])[]>;
};

/** What Excel opens, less the header. */
const MOST_ROWS = 1_048_575;
/** Texts of URLs shrink little more with more effort. */
const EFFORT = { compressionLevel: 3 } as const;

/** The file's bytes, made as they are taken; `rows` are read no faster. `mostRows` is Excel's own limit unless a test says less. */
export async function* writeWorkbook(sources: readonly SheetSource[], mostRows = MOST_ROWS): AsyncIterable<Buffer> {
  const zip = new ZipFile();
  const open = new Set<Readable>();
  const written = new PassThrough();

  /** Adds the sheets one after the other: whether a source needs another is known when its last is full. */
  async function addSheets(): Promise<void> {
    const names: string[] = [];
    for (const source of sources) {
      const reading = source.rows[Symbol.asyncIterator]();
      const rest: { rows: readonly (readonly CellValue[])[]; ended: boolean } = { rows: [], ended: false };
      for (let part = 1; part === 1 || rest.rows.length > 0; part += 1) {
        names.push(sheetName(source.name, part));
        await addPart(
          `xl/worksheets/sheet${names.length}.xml`,
          sheetPart(source.columns, partOf(reading, rest, mostRows)),
        );
      }
    }
    for (const [name, text] of Object.entries(packageParts(names))) zip.addBuffer(Buffer.from(text), name, EFFORT);
    zip.end();
  }

  async function addPart(name: string, pieces: AsyncIterable<string>): Promise<void> {
    const stream = Readable.from(pieces, { objectMode: false, highWaterMark: 2 ** 16 });
    open.add(stream);
    const ended = new Promise<void>((resolve, reject) => {
      stream.once("end", resolve);
      stream.once("error", reject);
      stream.once("close", resolve);
    });
    zip.addReadStream(stream, name, EFFORT);
    await ended;
    open.delete(stream);
  }

  const fail = (error: Error) => written.destroy(error);
  zip.on("error", fail);
  zip.outputStream.pipe(written);
  addSheets().catch(fail);
  try {
    for await (const bytes of written) yield bytes;
  } finally {
    // Whoever leaves early lets go of the rows that were not read.
    for (const stream of open) stream.destroy();
  }
}

/** Rows for one sheet; what does not fit stays in `rest`. */
async function* partOf(
  reading: AsyncIterator<readonly (readonly CellValue[])[]>,
  rest: { rows: readonly (readonly CellValue[])[]; ended: boolean },
  mostRows: number,
): AsyncIterable<readonly (readonly CellValue[])[]> {
  let room = mostRows;
  try {
    while (room > 0) {
      if (rest.rows.length === 0 && !rest.ended) {
        const { done = false, value } = await reading.next();
        rest.ended = done;
        rest.rows = done ? [] : value;
      }
      if (rest.rows.length === 0 && rest.ended) return;
      const fitting = rest.rows.slice(0, room);
      rest.rows = rest.rows.slice(room);
      room -= fitting.length;
      if (fitting.length > 0) yield fitting;
    }
    // A sheet that is just full needs no other: whether there are rows more is asked now.
    while (rest.rows.length === 0 && !rest.ended) {
      const { done = false, value } = await reading.next();
      rest.ended = done;
      rest.rows = done ? [] : value;
    }
  } finally {
    if (room > 0 && !rest.ended) await reading.return?.();
  }
}

/** At most 31 characters, and none that Excel refuses. */
function sheetName(name: string, part: number): string {
  const suffix = part === 1 ? "" : ` ${part}`;
  return `${name.replace(/[[\]:*?/\\]/g, " ").slice(0, 31 - suffix.length)}${suffix}`;
}
