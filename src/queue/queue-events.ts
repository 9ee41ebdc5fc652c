/** What a queue tells about itself. Everything here heals by itself, except what an operator must change at the broker. */

/** Publishing and consuming have a connection each: a broker short of memory stops reading from whoever publishes, and must still get acknowledgements. */
export type LinkName = "publisher" | "consumer";

export type QueueEvent =
  /** Connected, queues declared, ready. Also after each loss. */
  | { readonly kind: "ready"; readonly link: LinkName }
  /** What stood is gone, or did not come about; it is tried again. Repeated attempts with one reason are told once. */
  | { readonly kind: "lost"; readonly link: LinkName; readonly reason: string }
  /** The broker is low on memory or disk and takes no messages until it says otherwise. */
  | { readonly kind: "blocked"; readonly reason: string }
  | { readonly kind: "unblocked" }
  /** A message that is no reference went to the dead-letter queue. */
  | { readonly kind: "unreadable" }
  /** A handler rejected; its reference went to the dead-letter queue. */
  | { readonly kind: "handler-failed"; readonly error: unknown };

export type OnQueueEvent = (event: QueueEvent) => void;

/** One line of an error of the client library, with its code when it has one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  // The library puts a code of the broker's before its text, also where there is none.
  const message = error.message.replace(/^undefined: /, "");
  return code === null || message.includes(code) ? message : `${code}: ${message}`;
}
