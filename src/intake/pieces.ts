/** What the formats of a submission have in common: a stream of pieces, each with a place for messages. Types and places only. */
import type { FaultCode } from "../domain/fault-codes.ts";
import type { TableColumn } from "../table/column-names.ts";
import type { MemberPath } from "./repeated-member.ts";
import type { Place } from "./visit-rules.ts";
import type { OwnWarningCode } from "./warning.ts";

export type Piece =
  | { readonly kind: "visit"; readonly value: unknown; readonly place: Place; readonly repeated: MemberPath | null }
  /** A member of the JSON body that is not the list of visits. */
  | { readonly kind: "member"; readonly name: string; readonly value: unknown; readonly repeated: MemberPath | null }
  | { readonly kind: "visits-begin" }
  /** What the headers of a table mean, before its rows. */
  | { readonly kind: "columns"; readonly columns: readonly TableColumn[] }
  /** How a table was read, where a person should know. */
  | { readonly kind: "note"; readonly pointer: string; readonly code: OwnWarningCode; readonly detail: string }
  /** A problem that was found while reading and does not end the reading. */
  | { readonly kind: "problem"; readonly pointer: string; readonly code: FaultCode; readonly detail: string };

export type Bytes = AsyncIterable<Uint8Array>;

/** The body breaks off or cannot be read further: its one last problem. */
export class UnreadableBody extends Error {
  override readonly name = "UnreadableBody";
  readonly pointer: string;
  readonly code: FaultCode;

  constructor(pointer: string, code: FaultCode, detail: string, options?: { cause?: unknown }) {
    super(detail, options);
    this.pointer = pointer;
    this.code = code;
  }
}

export function jsonPlace(visit: number): Place {
  return (...names) => ["/visits", visit, ...names.filter((name) => name !== undefined)].join("/");
}

export function linePlace(line: number): Place {
  return (field, index, inner) =>
    `line ${line}${field === undefined ? "" : `, ${field}`}${index === undefined ? "" : `[${index}]`}${inner === undefined ? "" : `.${inner}`}`;
}
