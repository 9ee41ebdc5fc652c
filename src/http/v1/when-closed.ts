/** Tells who works for an answer that nobody waits for it any more. */
import type { FastifyReply } from "fastify";
import { RequestBrokenOff } from "../problems/api-error.ts";

/** Aborted with RequestBrokenOff when the connection goes before the answer is there. */
export function whenClosed({ raw }: FastifyReply): AbortSignal {
  const closing = new AbortController();
  raw.on("close", () => {
    if (!raw.writableEnded) closing.abort(new RequestBrokenOff("the request broke off"));
  });
  return closing.signal;
}
