/**
 * Which parts of an object's key are the store, the visit's time and the photo's name: `{store}/{date}/{name}.jpg`. Reads a pattern once and then keys by the
 * million: a part ends where what stands behind it first comes, nothing is tried twice, so that no key and no pattern is slow.
 */
import { isCalendarDate } from "../domain/visit-time.ts";

/** What a key says. */
export type KeyParts = {
  readonly storeId: string;
  readonly visitTime: string;
  /** Null where the pattern has none. */
  readonly name: string | null;
};

export type MatchedKey = ({ readonly kind: "parts" } & KeyParts) | { readonly kind: "other"; readonly why: string };

export type KeyPattern = (key: string) => MatchedKey;

/** All that is wrong with a pattern, a sentence each. */
export type PatternFaults = { readonly faults: readonly string[] };

/** Of any length, but not over a slash. `path` may go over slashes. */
const OPEN = ["store", "time", "name", "any", "path"] as const;
type OpenPart = (typeof OPEN)[number];

const FIXED = {
  date: String.raw`(?<year>\d{4})(?<gap>[-_.]?)(?<month>\d{2})\k<gap>(?<day>\d{2})`,
  year: String.raw`(?<year>\d{4})`,
  month: String.raw`(?<month>\d{2})`,
  day: String.raw`(?<day>\d{2})`,
  hour: String.raw`(?<hour>\d{2})`,
  minute: String.raw`(?<minute>\d{2})`,
  second: String.raw`(?<second>\d{2})`,
} as const;
type FixedPart = keyof typeof FIXED;

const PARTS = [...OPEN, ...Object.keys(FIXED)];
const LIST = PARTS.map((part) => `{${part}}`).join(", ");
const MOST_CHARACTERS = 512;
const MOST_ID_CHARACTERS = 128;

/** An open part, and the rigid text behind it: up to where it first comes. The last one comes at the key's end. */
type Step = { readonly part: OpenPart | null; readonly behind: RegExp };

export function readKeyPattern(text: string): KeyPattern | PatternFaults {
  const tokens = text.split(/(\{[^{}]*\})/).filter((token) => token !== "");
  const faults = faultsOf(text, tokens);
  if (faults.length > 0) return { faults };
  const steps = stepsOf(tokens);
  return (key) => match(key, steps);
}

function partOf(token: string): string | null {
  return /^\{[^{}]*\}$/.test(token) ? token.slice(1, -1) : null;
}

const isOpen = (part: string | null): part is OpenPart => OPEN.some((known) => known === part);
const isFixed = (part: string | null): part is FixedPart => part !== null && Object.hasOwn(FIXED, part);

function faultsOf(text: string, tokens: readonly string[]): readonly string[] {
  const faults: string[] = [];
  if (text.length > MOST_CHARACTERS) faults.push(`has ${text.length} characters, at most ${MOST_CHARACTERS}`);
  const parts = tokens.map(partOf);
  const has = (part: string) => parts.includes(part);
  for (const part of parts) {
    if (part !== null && !PARTS.includes(part)) faults.push(`{${part}} means nothing here; there are ${LIST}`);
  }
  for (const part of PARTS) {
    const isOften = part === "any" || part === "path";
    if (!isOften && parts.filter((other) => other === part).length > 1) faults.push(`{${part}} stands in it twice`);
  }
  if (tokens.some((token) => partOf(token) === null && /[{}]/.test(token))) {
    faults.push("{ and } stand around the name of a part only");
  }
  for (const [at, part] of parts.entries()) {
    const next = parts[at + 1] ?? null;
    if (isOpen(part) && isOpen(next))
      faults.push(`nothing stands between {${part}} and {${next}}, so that nobody can tell where one ends`);
  }
  if (!has("store")) faults.push("must have {store}");
  faults.push(...faultsOfTime(has));
  return faults;
}

function faultsOfTime(has: (part: string) => boolean): readonly string[] {
  const day = ["year", "month", "day"];
  const ways = [has("time"), has("date"), day.some(has)].filter((way) => way).length;
  if (ways === 0) return ["must say when the visit was: {date}, or {year}, {month} and {day}, or {time}"];
  if (ways > 1) return ["says twice when the visit was: {date}, or {year}, {month} and {day}, or {time}"];
  if (day.some(has) && !day.every(has)) return ["must have {year}, {month} and {day} together"];
  const clock = ["hour", "minute", "second"].map(has);
  if (has("time") && clock.includes(true))
    return ["{time} is all of the time: no {hour}, {minute} or {second} beside it"];
  if (clock.lastIndexOf(true) !== clock.filter((part) => part).length - 1)
    return ["{minute} needs {hour}, {second} needs {minute}"];
  return [];
}

function stepsOf(tokens: readonly string[]): readonly Step[] {
  const steps: { part: OpenPart | null; rigid: string }[] = [{ part: null, rigid: "" }];
  for (const token of tokens) {
    const part = partOf(token);
    const last = steps.at(-1);
    if (isOpen(part)) steps.push({ part, rigid: "" });
    else if (last) last.rigid += isFixed(part) ? FIXED[part] : RegExp.escape(token);
  }
  return steps.map(({ part, rigid }, at) => {
    const isLast = at === steps.length - 1;
    // The first stands where the key begins; the others are looked for.
    return { part, behind: new RegExp(rigid + (isLast ? "$" : ""), part === null ? "iy" : "ig") };
  });
}

const NO_MATCH: MatchedKey = { kind: "other", why: "is not of this pattern" };

function match(key: string, steps: readonly Step[]): MatchedKey {
  const found: Record<string, string> = {};
  let at = 0;
  for (const { part, behind } of steps) {
    behind.lastIndex = part === null ? 0 : at + 1;
    const rigid = behind.exec(key);
    if (rigid === null) return NO_MATCH;
    if (part !== null) {
      const text = key.slice(at, rigid.index);
      if (text === "" || (part !== "path" && text.includes("/"))) return NO_MATCH;
      found[part] = text;
    }
    Object.assign(found, rigid.groups);
    at = rigid.index + rigid[0].length;
  }
  return partsOf(found);
}

function partsOf(found: Readonly<Record<string, string>>): MatchedKey {
  const { store = "", name = null, time } = found;
  const visitTime = time ?? timeOf(found);
  if (visitTime === null) return { kind: "other", why: `${dayOf(found)} is no day of the calendar` };
  if (store.trim() === "" || visitTime.trim() === "") return { kind: "other", why: "its store or time is a space" };
  for (const [what, text] of [
    ["store", store],
    ["time", visitTime],
  ] as const) {
    if (text.length > MOST_ID_CHARACTERS)
      return { kind: "other", why: `its ${what} has more than ${MOST_ID_CHARACTERS} characters` };
  }
  return { kind: "parts", storeId: store, visitTime, name };
}

const dayOf = ({ year, month, day }: Readonly<Record<string, string>>) => `${year}-${month}-${day}`;

/** Null for a day that is none. */
function timeOf(found: Readonly<Record<string, string>>): string | null {
  const date = dayOf(found);
  if (!isCalendarDate(date)) return null;
  const { hour, minute = "00", second = "00" } = found;
  return hour === undefined ? date : `${date}T${hour}:${minute}:${second}`;
}
