/** An image's URL as a text: what of it is kept, which is what was given. Whether it can be fetched is judged when it is. */
import type { ErrorCode } from "./error-codes.ts";

/** Signed URLs with a security token have some 2,000 characters; no server takes more than these. */
export const MOST_URL_CHARACTERS = 8_192;

/** Why an image at such a URL would fail. */
export type UrlFault = { readonly code: ErrorCode; readonly detail: string };

/** The name of a fresh URL in reports of failed images, and in the lists that are made of them. */
export const FRESH_URL_FIELD = "new_image_url";

/** The text to keep: as given. What is too long to be fetched keeps its beginning only, so that a page of results stays small. */
export function keptUrl(given: string): string {
  if (given.length <= MOST_URL_CHARACTERS) return given;
  const url = given.trim();
  return url.length <= MOST_URL_CHARACTERS ? url : `${url.slice(0, MOST_URL_CHARACTERS).toWellFormed()}…`;
}
