/**
 * An answer that is the same for everybody until the process ends: compressed once, when somebody first wants it so, and known by its digest, so that
 * whoever has it is told so in place of being sent it again.
 */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { acceptedEncoding, type Encoding } from "./accepted-encoding.ts";
import { hasIt } from "./entity-tag.ts";
import { varyBy } from "./vary.ts";

const COMPRESS: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: async (bytes) => await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: async (bytes) => await promisify(gzip)(bytes),
};

export type PreparedAnswer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export function prepareAnswer(content: string | Buffer, type: string): PreparedAnswer {
  const bytes = Buffer.from(content);
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  const made = new Map<Encoding, Promise<Buffer>>();

  async function bytesAs(encoding: Encoding | null): Promise<Buffer> {
    if (encoding === null) return bytes;
    const known = made.get(encoding) ?? COMPRESS[encoding](bytes);
    made.set(encoding, known);
    return await known;
  }

  return async ({ headers }, reply) => {
    const encoding = acceptedEncoding(headers["accept-encoding"]);
    const etag = `"${digest}${encoding === null ? "" : `-${encoding}`}"`;
    varyBy(reply, "accept-encoding");
    reply.header("etag", etag).header("cache-control", "no-cache");
    if (hasIt(headers["if-none-match"], etag)) return reply.code(304).send();
    if (encoding !== null) reply.header("content-encoding", encoding);
    return reply.type(type).send(await bytesAs(encoding));
  };
}
