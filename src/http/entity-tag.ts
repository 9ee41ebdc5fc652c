/** Whether a client that asks `If-None-Match` has what it would be sent (RFC 9110, 13.1.2: compared weakly). */
export function hasIt(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known?.some((tag) => tag === etag || tag === "*") ?? false;
}
