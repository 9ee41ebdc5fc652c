/**
 * What a header walker may answer about the first bytes of a file.
 * A walker is a pure function of those bytes: it never guesses, never reads past them, and asks for more when they do not settle it.
 */
import type { ErrorCode } from "../../domain/error-codes.ts";

export type HeaderAnswer =
  | {
      readonly kind: "size";
      /** As encoded: before any turn that `orientation` asks of a viewer. */
      readonly width: number;
      readonly height: number;
      /** EXIF's 1 to 8, null when the header does not tell. */
      readonly orientation: number | null;
    }
  /** At least this many bytes from the file's start are needed: always more than were given. */
  | { readonly kind: "need"; readonly bytes: number }
  | { readonly kind: "not-this-format" }
  | HeaderFault;

export type HeaderFault = {
  readonly kind: "fault";
  readonly code: Extract<ErrorCode, "zero_dimension" | "corrupt" | "unsupported_format">;
  readonly detail: string;
};

export type HeaderWalker = (bytes: Uint8Array) => HeaderAnswer;

export const NOT_THIS_FORMAT: HeaderAnswer = { kind: "not-this-format" };

export function need(bytes: number): HeaderAnswer {
  return { kind: "need", bytes };
}

export function corrupt(detail: string): HeaderFault {
  return { kind: "fault", code: "corrupt", detail };
}

export function unsupported(detail: string): HeaderFault {
  return { kind: "fault", code: "unsupported_format", detail };
}

/** The size, unless a side of it is zero. */
export function sized(width: number, height: number, orientation: number | null = null): HeaderAnswer {
  if (width > 0 && height > 0) return { kind: "size", width, height, orientation };
  return { kind: "fault", code: "zero_dimension", detail: `the header says ${width} x ${height} pixels` };
}
