/** What spreadsheets make of long numbers, and of ids like 12E5. What stood there is lost: named, never guessed. */
export const SPOILED =
  "is a number that a spreadsheet has shortened; what stood there is lost. Give the column the format Text and enter it again";

export function isSpoiled(id: string): boolean {
  return /^\d(?:[.,]\d+)?E[+-]?\d+$/i.test(id);
}

/** The same where nothing tells whether such an id is known: as spreadsheets write it, with a sign and two digits. */
export function looksSpoiled(id: string): boolean {
  return /^\d(?:[.,]\d+)?E[+-]\d{2,}$/i.test(id);
}
