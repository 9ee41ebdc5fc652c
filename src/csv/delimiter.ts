/** What stands between the cells of a CSV file: what its first line says (`sep=;`), else what its header has most of, outside of quotes. */

/** In the order in which one wins over another that is there as often. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;

/** Excel's own line about it; no row. */
const SAID = /^"?sep=(.)"?$/i;

export type HeaderText = {
  readonly delimiter: string;
  /** What is left to be read as rows. */
  readonly text: string;
  readonly linesLeftOut: number;
};

/** `text` begins the file; null while its header has no end yet. */
export function findDelimiter(text: string, isAll: boolean): HeaderText | null {
  const [blank = ""] = /^\n*/.exec(text) ?? [];
  const from = text.slice(blank.length);
  const end = endOfRow(from);
  if (end === -1 && !isAll) return null;
  const header = end === -1 ? from : from.slice(0, end);
  const said = SAID.exec(header)?.[1];
  const left = (lines: number, rest: string) => ({ text: rest, linesLeftOut: blank.length + lines });
  if (said !== undefined) return { delimiter: said, ...left(1, from.slice(header.length + 1)) };
  return { delimiter: mostOf(header), ...left(0, from) };
}

/** Where the first row ends; -1 when it does not yet. */
function endOfRow(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === "\n" && !isQuoted) return at;
  }
  return -1;
}

function mostOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length - 1);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}
