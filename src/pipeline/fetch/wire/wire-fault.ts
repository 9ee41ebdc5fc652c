/**
 * What can go wrong between a request and the end of its answer, by name. Holds no sentence for people: those are made where the host's
 * name is known (`transport-fault.ts`).
 */

export type WireFaultKind =
  /** What came is no HTTP/1.1 (RFC 9112 §2.2). */
  | "not-http"
  /** A status below 102, which answers no GET. */
  | "impossible-status"
  /** The headers tell more than one length of the body (§6.3), or one that is no number. */
  | "contradicting-lengths"
  /** The limits of an answer: in bytes, in interim answers (1xx), in milliseconds. */
  | "long-headers"
  | "many-bytes"
  | "many-interims"
  | "late-headers"
  | "late-body"
  /** Closed before the headers were whole. */
  | "closed"
  /** Closed in the middle of a body (§8). */
  | "broken-off"
  /** Something came over a kept connection before anything was asked. */
  | "unasked"
  /** The socket's own error, which is the `cause`. */
  | "socket"
  /** The wire was closed by its owner. */
  | "shut-down";

export class WireFault extends Error {
  override readonly name = "WireFault";
  readonly kind: WireFaultKind;
  /**
   * The connection had served before and not a byte of this answer came: the host was closing it already (§9.3.1) or it is not to be
   * trusted, and the request, which changes nothing, may go out again on another.
   */
  readonly stale: boolean;
  /** What was gone over, in the limit's own unit; 0 where the kind is no limit. */
  readonly limit: number;

  constructor(
    kind: WireFaultKind,
    options: { readonly stale?: boolean; readonly limit?: number; readonly cause?: unknown } = {},
  ) {
    super(kind, { cause: options.cause });
    this.kind = kind;
    this.stale = options.stale ?? false;
    this.limit = options.limit ?? 0;
  }
}
