/** A reference as it travels: JSON `{"job":1,"chunk":2}`, nothing else; its lane is the queue that it travels by. What does not look like it is not a reference. */
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Delivery, QueuedChunk } from "../queue.ts";

const Message = Type.Object({ job: Type.Integer({ minimum: 0 }), chunk: Type.Integer({ minimum: 0 }) });

export function messageFromRef({ jobId, chunk }: QueuedChunk): { readonly job: number; readonly chunk: number } {
  return { job: jobId, chunk };
}

/** `body` is what the client library made of it: parsed JSON, a string or bytes. */
export function refFromMessage(body: unknown): Omit<Delivery, "redelivered"> | null {
  return Value.Check(Message, body) ? { jobId: body.job, chunk: body.chunk } : null;
}
