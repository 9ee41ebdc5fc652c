/** The rules for one visit of a submission, whatever format it came in. Collects every problem; a visit with one is never stored. */

import type { NewVisit } from "../domain/visit.ts";
import { visitDateOf } from "../domain/visit-time.ts";
import { type Problems, shown } from "./problems.ts";

/** Names a field of the visit for a message; no field names the visit itself. `index` is a place in the field's list. */
export type Place = (field?: string, index?: number) => string;

const MOST_ID_CHARACTERS = 128;
/** Longer than any URL that is fetched (2,048), so that such an image fails by itself; shorter than anything that could hurt. */
const MOST_URL_CHARACTERS = 8_192;

/** The visit, or nothing when it has problems, which are added. Fields that are not known are ignored. */
export function checkVisit(value: unknown, place: Place, problems: Problems): NewVisit | null {
  const before = problems.total;
  if (!isObject(value)) {
    problems.add(place(), `must be an object with store_id, image_url and visit_time, got ${shown(value)}`);
    return null;
  }
  const storeId = checkText(value.store_id, MOST_ID_CHARACTERS, place("store_id"), problems);
  const imageUrls = checkUrls(value.image_url, place, problems);
  const visitTime = checkText(value.visit_time, MOST_ID_CHARACTERS, place("visit_time"), problems);
  if (problems.total > before) return null;
  return { storeId, imageUrls, visitTime, visitDate: visitDateOf(visitTime) };
}

function checkUrls(value: unknown, place: Place, problems: Problems): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.add(place("image_url"), `must be a list of at least one URL, got ${shown(value)}`);
    return [];
  }
  return value.map((url: unknown, index) =>
    checkText(url, MOST_URL_CHARACTERS, () => place("image_url", index), problems),
  );
}

/** A non-empty text that both ledgers can keep; the empty text when it is not. */
function checkText(value: unknown, most: number, pointer: string | (() => string), problems: Problems): string {
  const refuse = (detail: string): string => {
    problems.add(typeof pointer === "string" ? pointer : pointer(), detail);
    return "";
  };
  if (typeof value !== "string" || value === "") return refuse(`must be a non-empty string, got ${shown(value)}`);
  if (value.length > most) return refuse(`must have at most ${most} characters, got ${value.length}`);
  // No database keeps a NUL in a text, and half of a surrogate pair is no character.
  if (value.includes("\0")) return refuse("must not contain the character U+0000");
  if (!value.isWellFormed()) return refuse("must be well-formed Unicode, got half of a surrogate pair");
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
