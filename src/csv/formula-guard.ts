/**
 * Keeps a spreadsheet from running a cell: text that begins like a formula gets an apostrophe in front, which spreadsheets take for
 * "this is text". Reversible, so that a report's rows can be submitted again as they are.
 */

/** What spreadsheets take for a formula's beginning (OWASP, CSV injection), full-width signs included; behind apostrophes of ours or of others. */
const LIKE_A_FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u;
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/u;

export function guardCell(text: string): string {
  return LIKE_A_FORMULA.test(text) ? `'${text}` : text;
}

/** What `guardCell` was given. */
export function unguardCell(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
