/**
 * Finds a member that a JSON text gives twice. JSON.parse keeps the last one and drops the others without a word, and with a list of
 * photos that is a loss. Knows nothing of what the members mean.
 */

/** Every string, one that stands as a name with its colon, and every bracket and comma outside of strings. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[[\]{},]/gs;

/** Names and places from a value down to a member within it. */
export type MemberPath = readonly (string | number)[];

/** A name of the object, or a place in the list, that is being read. */
type Level = { readonly names: Set<string> | null; at: string | number };

/** The path to the first member of `text` that its object has already, null when there is none. `value` is what JSON.parse made of the text. */
export function repeatedMember(text: string, value: unknown): MemberPath | null {
  return hasAllStrings(text, value) ? null : firstRepeated(text);
}

/**
 * Each name and each string stands between two quotes; fewer of them in the value than in the text means that some were dropped. Costs
 * a hundredth of the walk below, which texts with escaped quotes need.
 */
function hasAllStrings(text: string, value: unknown): boolean {
  if (text.includes('\\"')) return false;
  let quotes = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes === 2 * stringsIn(value);
}

function stringsIn(value: unknown): number {
  if (typeof value === "string") return 1;
  if (typeof value !== "object" || value === null || JSON.isRawJSON(value)) return 0;
  let strings = 0;
  if (Array.isArray(value)) for (const element of value) strings += stringsIn(element);
  else for (const member of Object.values(value)) strings += 1 + stringsIn(member);
  return strings;
}

function firstRepeated(text: string): MemberPath | null {
  const levels: Level[] = [];
  for (const [token, quoted, colon] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === "{") levels.push({ names: new Set(), at: "" });
    else if (token === "[") levels.push({ names: null, at: 0 });
    else if (token === "}" || token === "]") levels.pop();
    else if (token === "," && typeof level?.at === "number") level.at += 1;
    else if (quoted !== undefined && colon !== undefined && level?.names) {
      const name: unknown = JSON.parse(quoted);
      level.at = String(name);
      if (level.names.has(level.at)) return levels.map(({ at }) => at);
      level.names.add(level.at);
    }
  }
  return null;
}
