/** The XML of a workbook's parts, as little of it as spreadsheet programs need. */

/** A day of a calendar, in no time zone. */
export type CalendarDay = { readonly day: string };
export type CellValue = string | number | boolean | Date | CalendarDay | null;

/** `day` is written like 2026-11-20; what is no such day stays a text. */
export function calendarDay(day: string): CalendarDay | string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && Number.isFinite(Date.parse(day)) ? { day } : day;
}

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml";
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Places in the list of formats below. */
const STYLE = { header: 1, instant: 2, day: 3 } as const;
const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="4"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/><xf xfId="0" numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`;

const DAY_MS = 86_400_000;
const DAY_ZERO = Date.UTC(1899, 11, 30);
/** Before it Excel counts a day that never was, or none at all. */
const FIRST_DAY = "1900-03-01";
const MOST_CHARACTERS = 32_767;
const USUAL_WIDTH = 14;

/** All parts but the sheets. */
export function packageParts(sheets: readonly string[]): Readonly<Record<string, string>> {
  const nos = sheets.map((_, at) => at + 1);
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  const relations = (list: readonly string[]) =>
    `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${list.join("")}</Relationships>`;
  const part = (name: string, type: string) => `<Override PartName="/xl/${name}" ContentType="${TYPES}.${type}+xml"/>`;
  return {
    "xl/styles.xml": STYLES,
    "xl/workbook.xml": `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><bookViews><workbookView/></bookViews><sheets>${sheets
      .map((name, at) => `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`)
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations([
      ...nos.map((no) => relation(`rId${no}`, "worksheet", `worksheets/sheet${no}.xml`)),
      relation("rIdStyles", "styles", "styles.xml"),
    ]),
    "_rels/.rels": relations([relation("rId1", "officeDocument", "xl/workbook.xml")]),
    "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${part("workbook.xml", "sheet.main")}${part("styles.xml", "styles")}${nos.map((no) => part(`worksheets/sheet${no}.xml`, "worksheet")).join("")}</Types>`,
  };
}

export async function* sheetPart(
  columns: readonly { readonly name: string; readonly width?: number }[],
  rows: AsyncIterable<readonly (readonly CellValue[])[]>,
): AsyncIterable<string> {
  const widths = columns
    .map(({ width = USUAL_WIDTH }, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`)
    .join("");
  const header = columns.map(({ name }, at) => textCell(`${letters(at)}1`, name, STYLE.header)).join("");
  let line = 1;
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths}</cols><sheetData><row r="1">${header}</row>`;
  for await (const some of rows) {
    let text = "";
    for (const row of some) {
      line += 1;
      text += `<row r="${line}">`;
      for (let at = 0; at < row.length; at += 1) text += cell(`${letters(at)}${line}`, row[at] ?? null);
      text += "</row>";
    }
    yield text;
  }
  yield `</sheetData><autoFilter ref="A1:${letters(Math.max(0, columns.length - 1))}${line}"/></worksheet>`;
}

function cell(at: string, value: CellValue): string {
  if (value === null || value === "") return "";
  if (typeof value === "string") return textCell(at, value, 0);
  if (typeof value === "boolean") return `<c r="${at}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === "number") {
    return Number.isFinite(value) ? `<c r="${at}"><v>${value}</v></c>` : textCell(at, String(value), 0);
  }
  if (value instanceof Date) return dateCell(at, value.getTime(), STYLE.instant);
  return value.day < FIRST_DAY ? textCell(at, value.day, 0) : dateCell(at, Date.parse(value.day), STYLE.day);
}

function dateCell(at: string, ms: number, style: number): string {
  return `<c r="${at}" s="${style}"><v>${(ms - DAY_ZERO) / DAY_MS}</v></c>`;
}

function textCell(at: string, text: string, style: number): string {
  const styled = style === 0 ? "" : ` s="${style}"`;
  return `<c r="${at}" t="inlineStr"${styled}><is><t xml:space="preserve">${escaped(text.slice(0, MOST_CHARACTERS))}</t></is></c>`;
}

const NAMES: string[] = [];

/** `AA` for column 26. */
function letters(column: number): string {
  const known = NAMES[column];
  if (known !== undefined) return known;
  const last = String.fromCharCode(65 + (column % 26));
  const made = column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
  NAMES[column] = made;
  return made;
}

/** XML has no place for most control characters; spreadsheet programs write them as `_x0001_`, and what looks so already with `_x005F_` before it. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/_x(?=[0-9A-Fa-f]{4}_)/g, "_x005F_x")
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "")
    .replace(
      /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu,
      (character) => `_x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}_`,
    );
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
