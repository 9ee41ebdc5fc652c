/**
 * Text from outside as people may see it on a terminal or in a spreadsheet: nothing in it that steers the display. What was there
 * leaves a mark, so that a name with something hidden in it is not taken for the plain one.
 */

/** Controls (C0, DEL, C1), halves of surrogate pairs, line and paragraph separators, and what changes the direction of text. */
const STEERING = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const MARK = "\ufffd";

export function plainText(text: string): string {
  return text.replace(STEERING, MARK);
}

/** At most so many UTF-16 units, the last of them an ellipsis when something was left out. */
export function shortText(text: string, most: number): string {
  if (text.length <= most) return text;
  // A pair that the cut would halve is left out as a whole.
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 2)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}
