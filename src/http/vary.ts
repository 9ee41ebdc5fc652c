/** Adds to what caches must know an answer by besides its address. */
import type { FastifyReply } from "fastify";

export function varyBy(reply: FastifyReply, name: string): void {
  const known = String(reply.getHeader("vary") ?? "")
    .split(", ")
    .filter((one) => one !== "");
  if (!known.includes(name)) reply.header("vary", [...known, name].join(", "));
}
