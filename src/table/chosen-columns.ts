/** `columns=store_id:Shop,image_url:Photo`: which header of a file means which of our columns, as its sender writes it. */
import { type ChosenColumns, isKnownColumn } from "./column-names.ts";

/** Cuts before a name that we know only: a header may have commas and colons in it. */
const BETWEEN = /,(?=\s*[a-z_]+(?:\.[^:,]+)?\s*:)/;

export type ReadColumns = { readonly chosen: ChosenColumns; readonly fault: string | null };

export function readChosenColumns(text: string): ReadColumns {
  const chosen = new Map<string, string>();
  for (const part of text.split(BETWEEN)) {
    const colon = part.indexOf(":");
    const name = part.slice(0, colon).trim();
    const header = part.slice(colon + 1).trim();
    if (colon === -1 || header === "")
      return refused(`must be like store_id:Shop,image_url:Photo, got ${JSON.stringify(part)}`);
    if (!isKnownColumn(name)) return refused(`names ${JSON.stringify(name)}, which is no column that can be chosen`);
    if (chosen.has(name)) return refused(`chooses ${name} twice`);
    chosen.set(name, header);
  }
  return { chosen, fault: null };
}

const refused = (fault: string): ReadColumns => ({ chosen: new Map(), fault });
