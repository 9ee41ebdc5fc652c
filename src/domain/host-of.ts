/** A URL's host as a person would name it: lower case, with a port only where it is not the usual one. Empty when there is none. */
export function hostOf(url: string): string {
  return URL.parse(url.trim())?.host ?? "";
}
