/**
 * Compresses answers of text for whoever takes them so. Streams of events never: each must arrive when it happened. What all compression together may
 * take of the machine is bounded, and the event loop never does any of it; beyond the bound answers go out as they are, and pieces of a
 * stream in gzip's stored blocks.
 */
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliCompress, constants, crc32, deflateRaw, gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply } from "fastify";
import { acceptedEncoding, type Encoding } from "./accepted-encoding.ts";
import { varyBy } from "./vary.ts";

/** Smaller ones fit in a packet as they are. */
const LEAST_BYTES = 1_400;
/** What one core compresses in a second at the levels below, at least: 200 MB of our reports on a core that others used too; text that repeats less is slower. */
const BYTES_A_CORE_SECOND = 60_000_000;
/** So long may be spent at once what was not spent before. */
const BURST_SECONDS = 4;
const TEXT = /^(?:application\/(?:(?:problem\+)?json|x-ndjson|javascript)|text\/(?!event-stream))/;

const COMPRESS: Readonly<Record<Encoding, (bytes: string | Buffer) => Promise<Buffer>>> = {
  br: async (bytes) => await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }),
  gzip: async (bytes) => await promisify(gzip)(bytes, { level: 4 }),
};

/** `share` of one core; 0 compresses nothing. */
export function compressAnswers(
  app: FastifyInstance,
  deps: { readonly share: number; readonly now: () => number },
): void {
  if (deps.share === 0) return;
  const budget = createBudget(deps.share * BYTES_A_CORE_SECOND, deps.now);
  app.addHook("onSend", async (request, reply, payload) => {
    const type = String(reply.getHeader("content-type") ?? "");
    if (!TEXT.test(type) || reply.hasHeader("content-encoding") || reply.statusCode === 304) return payload;
    // It has a secret: how well it compresses beside what was sent would tell of it (BREACH).
    if (String(reply.getHeader("cache-control") ?? "").includes("no-store")) return payload;
    varyBy(reply, "accept-encoding");
    if (request.method === "HEAD") return payload;
    const accepted = request.headers["accept-encoding"];
    if (typeof payload === "string" || Buffer.isBuffer(payload)) {
      const encoding = acceptedEncoding(accepted);
      if (encoding === null || payload.length < LEAST_BYTES || !budget.take(payload.length)) return payload;
      encoded(reply, encoding);
      return await COMPRESS[encoding](payload);
    }
    if (!(payload instanceof Readable) || acceptedEncoding(accepted, ["gzip"]) === null || !budget.isLeft())
      return payload;
    encoded(reply, "gzip");
    // It would be of other bytes than are sent (RFC 9530, 3).
    reply.removeTrailer("repr-digest");
    return Readable.from(gzipped(payload, budget), { objectMode: false });
  });
}

/** The tag names the same content in other bytes from here on. */
function encoded(reply: FastifyReply, encoding: Encoding): void {
  reply.header("content-encoding", encoding).removeHeader("content-length");
  const etag = reply.getHeader("etag");
  if (typeof etag === "string" && !etag.startsWith("W/")) reply.header("etag", `W/${etag}`);
}

const GZIP_BEGINS = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const MOST_STORED = 0xffff;

/** One gzip member (RFC 1952) whose pieces stand for themselves, so that each may be compressed or stored. */
async function* gzipped(source: AsyncIterable<string | Buffer>, budget: Budget): AsyncIterable<Buffer> {
  yield GZIP_BEGINS;
  let check = 0;
  let size = 0;
  for await (const given of source) {
    const piece = Buffer.from(given);
    check = crc32(piece, check);
    size = (size + piece.length) >>> 0;
    yield budget.take(piece.length) ? await promisify(deflateRaw)(piece, PIECE) : stored(piece);
  }
  const end = Buffer.alloc(13);
  end.set([1, 0, 0, 255, 255]);
  end.writeUInt32LE(check, 5);
  end.writeUInt32LE(size, 9);
  yield end;
}

/** Ends at a whole byte, and the stream may go on. */
const PIECE = { level: 1, finishFlush: constants.Z_SYNC_FLUSH };

/** Blocks of deflate without compression (RFC 1951, 3.2.4). */
function stored(bytes: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MOST_STORED) {
    const part = bytes.subarray(at, at + MOST_STORED);
    const head = Buffer.alloc(5);
    head.writeUInt16LE(part.length, 1);
    head.writeUInt16LE(part.length ^ 0xffff, 3);
    blocks.push(head, part);
  }
  return Buffer.concat(blocks);
}

type Budget = {
  /** Takes so many bytes, or none. */
  take(bytes: number): boolean;
  isLeft(): boolean;
};

function createBudget(bytesASecond: number, now: () => number): Budget {
  let left = bytesASecond * BURST_SECONDS;
  let at = now();
  const refill = () => {
    left = Math.min(bytesASecond * BURST_SECONDS, left + (bytesASecond * (now() - at)) / 1_000);
    at = now();
  };
  return {
    take(bytes) {
      refill();
      if (left < bytes) return false;
      left -= bytes;
      return true;
    },
    isLeft() {
      refill();
      return left > 0;
    },
  };
}
