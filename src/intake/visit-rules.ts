/** The rules for one visit of a submission, whatever format it came in. Collects every problem; a visit with one is never stored. */
import { keptUrl } from "../domain/image-url.ts";
import { NO_LABELS } from "../domain/labels.ts";
import type { NewImage, NewVisit } from "../domain/visit.ts";
import { checkLabels } from "./label-rules.ts";
import type { PhotoNames } from "./photo-names.ts";
import { type Problems, shown } from "./problems.ts";
import { isObject, textFault } from "./text-rules.ts";
import type { VisitTimes } from "./visit-times.ts";

/** Names a field of the visit for a message; no field names the visit itself. `index` is a place in the field's list, `inner` a field there. */
export type Place = (field?: string, index?: number, inner?: string) => string;

const MOST_ID_CHARACTERS = 128;
/** A URL that is too long to be fetched fails by itself, not its submission. */
const ANY_LENGTH = Number.POSITIVE_INFINITY;

/** The visit, or nothing when it has problems, which are added. Fields that are not known are ignored. */
export function checkVisit(
  value: unknown,
  place: Place,
  problems: Problems,
  { photoNames, times }: { readonly photoNames: Pick<PhotoNames, "urlOf">; readonly times: Pick<VisitTimes, "read"> },
): NewVisit | null {
  const before = problems.total;
  if (!isObject(value)) {
    problems.add(
      place(),
      "malformed",
      `must be an object with store_id, image_url and visit_time, got ${shown(value)}`,
    );
    return null;
  }
  const storeId = checkText(value.store_id, MOST_ID_CHARACTERS, () => place("store_id"), problems);
  const images = checkImages(value.image_url, place, problems, photoNames);
  const visitTime = checkText(value.visit_time, MOST_ID_CHARACTERS, () => place("visit_time"), problems);
  const labels = checkLabels(value, place, problems);
  const time = visitTime === "" ? null : times.read(visitTime, () => place("visit_time"));
  if (problems.total > before || !time) return null;
  // Cells of a spreadsheet end in spaces that nobody sees; the store master's ids have none either.
  return { storeId: storeId.trim() || storeId, images, visitTime, ...time, labels };
}

function checkImages(
  value: unknown,
  place: Place,
  problems: Problems,
  photoNames: Pick<PhotoNames, "urlOf">,
): readonly NewImage[] {
  if (!Array.isArray(value) || value.length === 0) {
    const code = value === undefined || Array.isArray(value) ? "missing" : "malformed";
    problems.add(place("image_url"), code, `must be a list of at least one URL, got ${shown(value)}`);
    return [];
  }
  return value.map((image: unknown, index) => {
    const urlAt = (text: unknown, at: () => string) =>
      photoNames.urlOf(keptUrl(checkText(text, ANY_LENGTH, at, problems)), at);
    if (!isObject(image)) return { url: urlAt(image, () => place("image_url", index)), labels: NO_LABELS };
    return {
      url: urlAt(image.url, () => place("image_url", index, "url")),
      labels: checkLabels(image, (field) => place("image_url", index, field), problems),
    };
  });
}

/** The empty text when it is not in order. */
function checkText(value: unknown, most: number, pointer: () => string, problems: Problems): string {
  const fault = textFault(value, most);
  if (fault !== null) problems.add(pointer(), fault.code, fault.detail);
  return fault === null && typeof value === "string" ? value : "";
}
