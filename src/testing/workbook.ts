/** Workbooks as spreadsheet programs write them, from the XML of their sheet, for tests only. */
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships";

export type WorkbookText = {
  /** What stands between `<sheetData>` and its end. */
  readonly rows: string;
  /** Texts of the shared table, each `<si>…</si>`. */
  readonly sharedStrings?: string;
  /** What `<styleSheet>` holds. */
  readonly styles?: string;
  /** What stands before the sheets in the workbook. */
  readonly properties?: string;
  /** Rows of sheets behind the first, by their names. */
  readonly sheets?: Readonly<Record<string, string>>;
  /** Parts more, or others in place of these. */
  readonly parts?: Readonly<Record<string, string>>;
};

export async function workbook({
  rows,
  sharedStrings,
  styles,
  properties = "",
  sheets = {},
  parts = {},
}: WorkbookText): Promise<Buffer> {
  const sheet = (text: string) => `<worksheet xmlns="${MAIN}"><sheetData>${text}</sheetData></worksheet>`;
  const more = Object.entries(sheets).map(([name, text], at) => ({ name, text, no: at + 2 }));
  const list = more.map(({ name, no }) => `<sheet name="${name}" sheetId="${no}" r:id="sheet${no}"/>`).join("");
  const files: Record<string, string> = {
    "_rels/.rels": relations([["rId1", "officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">${properties}<sheets><sheet name="Visits" sheetId="1" r:id="rId1"/>${list}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations([
      ["rId1", "worksheet", "worksheets/sheet1.xml"],
      ["rId2", "styles", "styles.xml"],
      ["rId3", "sharedStrings", "/xl/sharedStrings.xml"],
      ...more.map(({ no }) => [`sheet${no}`, "worksheet", `worksheets/sheet${no}.xml`] as const),
    ]),
    "xl/worksheets/sheet1.xml": sheet(rows),
    ...Object.fromEntries(more.map(({ no, text }) => [`xl/worksheets/sheet${no}.xml`, sheet(text)])),
    ...(styles === undefined ? {} : { "xl/styles.xml": `<styleSheet xmlns="${MAIN}">${styles}</styleSheet>` }),
    ...(sharedStrings === undefined ? {} : { "xl/sharedStrings.xml": `<sst xmlns="${MAIN}">${sharedStrings}</sst>` }),
    ...parts,
  };
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  return await buffer(zip.outputStream);
}

function relations(list: readonly (readonly [string, string, string])[]): string {
  const entries = list.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="${PACKAGE}">${entries.join("")}</Relationships>`;
}

/** Rows of cells with their texts inline. */
export function textRows(rows: readonly (readonly string[])[]): string {
  return rows
    .map(
      (cells) => `<row>${cells.map((text) => `<c t="inlineStr"><is><t>${escaped(text)}</t></is></c>`).join("")}</row>`,
    )
    .join("");
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
