/** The Content-Range header (RFC 9110 §14.4) of 206 and 416 answers. Anything that contradicts itself is not read. */

export type ContentRange = {
  readonly first: number;
  readonly last: number;
  /** Null when the host does not tell. */
  readonly total: number | null;
};

/** Null unless the header is one satisfied range of bytes whose numbers agree with each other. */
export function parseContentRange(header: string): ContentRange | null {
  const [, firstText, lastText, totalText] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(header) ?? [];
  if (firstText === undefined || lastText === undefined) return null;
  const first = Number(firstText);
  const last = Number(lastText);
  const total = totalText === "*" ? null : Number(totalText);
  if (first > last || (total !== null && last >= total)) return null;
  return { first, last, total };
}

/** The length that a 416 answer tells (an asterisk in place of the range), null when it tells none. */
export function totalOfUnsatisfied(header: string): number | null {
  const [, total] = /^bytes \*\/(\d{1,15})$/i.exec(header) ?? [];
  return total === undefined ? null : Number(total);
}
