/** What every text of a submission must be, so that both ledgers can keep it. */
import type { FaultCode } from "../domain/fault-codes.ts";
import { shown } from "./problems.ts";

export type TextFault = { readonly code: FaultCode; readonly detail: string };

/** What is wrong with a value that must be a non-empty text of so many characters; null when nothing is. */
export function textFault(value: unknown, most: number): TextFault | null {
  if (typeof value !== "string" || value === "") {
    const code = value === undefined || value === null || value === "" ? "missing" : "malformed";
    return { code, detail: `must be a non-empty string, got ${shown(value)}` };
  }
  if (value.length > most) {
    return { code: "too_long", detail: `must have at most ${most} characters, got ${value.length}` };
  }
  // No database keeps a NUL in a text, and half of a surrogate pair is no character.
  if (value.includes("\0")) return malformed("must not contain the character U+0000");
  if (!value.isWellFormed()) return malformed("must be well-formed Unicode, got half of a surrogate pair");
  return null;
}

const malformed = (detail: string): TextFault => ({ code: "malformed", detail });

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
