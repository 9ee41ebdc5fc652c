/** Numbers of a JSON text as they were written, where JavaScript would round them, so that a message shows what came. */

declare global {
  // TypeScript's library does not have these two yet (ECMAScript's "JSON.parse source text access").
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/** `value`, read from `text`; with every rounded number replaced. Must not be nested deep: the stack ends at some thousand levels. */
export function exactJson(text: string, value: unknown): unknown {
  // The source of each number costs several times the parsing, and a submission in order has no such number.
  return isRounded(value) ? JSON.parse(text, asWritten) : value;
}

function isRounded(value: unknown): boolean {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  return typeof value === "object" && value !== null && Object.values(value).some(isRounded);
}

function asWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined) return value;
  return isRounded(value) && String(value) !== source ? JSON.rawJSON(source) : value;
}
