/** What the decode pool and its child processes say to each other, and the checks at both ends. */

import type { Inspection } from "../../truth/inspection.ts";

/** What is wanted of an image: whether it decodes, a small picture of it, or what it says of itself. */
export type Want =
  | { readonly kind: "verdict" }
  | { readonly kind: "thumbnail"; readonly side: number }
  /** Without its pixels the bytes may be the file's beginning only. */
  | { readonly kind: "inspection"; readonly withPixels: boolean };

/** So many bytes come by the pipe for them. */
export type ChildTask = {
  readonly kind: "decode";
  readonly length: number;
  readonly want: Want;
  readonly maxPixels: number;
  readonly maxMemoryBytes: number;
};

export type DecodeWork = Omit<ChildTask, "kind" | "length"> & { readonly bytes: Uint8Array };

export type ChildAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "decoded" }
  | { readonly kind: "not-decoded"; readonly why: string }
  | { readonly kind: "picture"; readonly bytes: Uint8Array }
  | { readonly kind: "inspected"; readonly inspection: Inspection }
  | { readonly kind: "broken"; readonly detail: string }
  /** The child ends itself: a decode under way cannot be stopped from inside. */
  | { readonly kind: "out-of-memory" };

/** For people: what libvips says ("bad seek to 67931") helps nobody who has a photo to take again. */
export const DAMAGED = { kind: "broken", detail: "it does not decode: its pixel data are damaged or missing" } as const;

/** A WebAssembly decoder came upon what it was not made for: what it has become, nobody knows. */
export function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === "RuntimeError";
}

export function isChildTask(message: unknown): message is ChildTask {
  return isMessage(message) && message.kind === "decode" && "length" in message && typeof message.length === "number";
}

export function isChildAnswer(message: unknown): message is ChildAnswer {
  if (!isMessage(message)) return false;
  if (message.kind === "not-decoded") return "why" in message && typeof message.why === "string";
  if (message.kind === "broken") return "detail" in message && typeof message.detail === "string";
  if (message.kind === "picture") return "bytes" in message && message.bytes instanceof Uint8Array;
  if (message.kind === "inspected") return "inspection" in message && typeof message.inspection === "object";
  return message.kind === "ready" || message.kind === "decoded" || message.kind === "out-of-memory";
}

function isMessage(message: unknown): message is { readonly kind: unknown } {
  return typeof message === "object" && message !== null && "kind" in message;
}
