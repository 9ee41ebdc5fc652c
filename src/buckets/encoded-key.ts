/** A key as it stands in a request's path: every byte but the unreserved (RFC 3986 §2.3) and the slash in percent form, as SigV4 wants it. */
export function encodedKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, percent);
}

/** The same for a name or value of a query. */
export function encodedValue(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
