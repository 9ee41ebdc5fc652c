/** What a cell's format makes of its number: a date, an id with leading zeros, or the number itself. */
import { walkXml } from "./walk-xml.ts";
import type { WorkbookParts } from "./workbook-parts.ts";
import { XlsxFault } from "./xlsx-fault.ts";

export type NumberFormat =
  | { readonly kind: "plain" }
  | { readonly kind: "date" }
  | { readonly kind: "padded"; readonly digits: number };

const PLAIN: NumberFormat = { kind: "plain" };
const DATE: NumberFormat = { kind: "date" };

/** Formats by number that no file spells out (ECMA-376, 18.8.30): dates and times, East Asian ones too. */
const BUILT_IN_DATES: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
const MOST_DIGITS = 32;
/** Excel has 65,490 styles of cells, and fewer formats. */
const MOST_FORMATS = 2 ** 16;

/** The format of each style of a cell, in their order. */
export async function readNumberFormats(parts: WorkbookParts, name: string | null): Promise<readonly NumberFormat[]> {
  if (name === null || !parts.has(name)) return [];
  const codes = new Map<number, NumberFormat>();
  const formats: NumberFormat[] = [];
  let inCellFormats = false;
  const visitor = {
    open(element: string, attribute: (name: string) => string | undefined) {
      if (element === "numFmt") codes.set(Number(attribute("numFmtId")), formatOfCode(attribute("formatCode") ?? ""));
      else if (element === "cellXfs") inCellFormats = true;
      else if (element === "xf" && inCellFormats) formats.push(formatOf(Number(attribute("numFmtId") ?? 0), codes));
      if (Math.max(codes.size, formats.length) > MOST_FORMATS)
        throw new XlsxFault(`it has more than ${MOST_FORMATS} formats`);
    },
    close(element: string) {
      if (element === "cellXfs") inCellFormats = false;
    },
  };
  for await (const _ of walkXml(parts.open(name), visitor, name));
  return formats;
}

function formatOf(id: number, codes: ReadonlyMap<number, NumberFormat>): NumberFormat {
  return codes.get(id) ?? (BUILT_IN_DATES.some(([from, to]) => id >= from && id <= to) ? DATE : PLAIN);
}

export function formatOfCode(code: string): NumberFormat {
  // The part for positive numbers, without colours, conditions, locales, quoted and escaped text, fillers.
  const [positive = ""] = code.replace(/"[^"]*"|\\.|_.|\*./g, "").split(";");
  // No bracket within brackets: a thousand that are never closed would each be looked for to the end.
  const bare = positive.replace(/\[(?!(?:h+|m+|s+)\])[^\][]*\]/gi, "").trim();
  if (/^0{2,}$/.test(bare) && bare.length <= MOST_DIGITS) return { kind: "padded", digits: bare.length };
  return /[ymdhs]/i.test(bare) && !/general/i.test(bare) && !/[0#?]E[+-]/i.test(bare) ? DATE : PLAIN;
}

export const PLAIN_FORMAT = PLAIN;
