/** The body of a submission as a stream of bytes: its format by the headers, its size by the limit. Never holds it, never reads it unasked. */
import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { SubmissionFormat } from "../../intake/submission.ts";
import { atPace, type Pace } from "../limits/body-pace.ts";
import { ApiError, RequestBrokenOff } from "../problems/api-error.ts";
import { askForBody } from "../problems/protocol-faults.ts";
import { quoted } from "../query.ts";
import { FORMAT_OF_TYPE, SUBMISSION_TYPES, TABLE_TYPES } from "./submission-format.ts";

const UTF_8 = /^"?utf-?8"?$/;
/** Which of these it is, the bytes say. */
const TABLE_CHARSETS = /^"?(?:utf-?8|utf-?16(?:le|be)?|windows-1252|iso-8859-1|us-ascii)"?$/;
const PHOTOS_TYPE = "multipart/form-data";

/** What a body is by its headers. With photos its type is needed once more: it has the boundary of the parts. */
type BodyKind =
  | { readonly kind: "plain"; readonly format: SubmissionFormat }
  | { readonly kind: "parts"; readonly contentType: string };

export type SubmissionBodies = {
  /** A hook: refuses, before the body is asked for, what could not be taken. */
  onRequest(request: FastifyRequest): Promise<void>;
  /** What tells two formats apart. */
  formatOf(request: FastifyRequest): string;
  /** As `onRequest`, of a route that takes nothing but tables. */
  onTableRequest(request: FastifyRequest): Promise<void>;
  openTable(request: FastifyRequest, reply: FastifyReply): AsyncIterable<Uint8Array>;
  /** Asks for the body. To be called once, by the route's handler. */
  open(request: FastifyRequest, reply: FastifyReply): BodyKind & { readonly bytes: AsyncIterable<Uint8Array> };
};

export function createSubmissionBodies(deps: {
  readonly maxBodyBytes: number;
  readonly pace: Pace;
  readonly isDraining: () => boolean;
}): SubmissionBodies {
  const kinds = new WeakMap<FastifyRequest, BodyKind>();
  const known = (request: FastifyRequest) => kinds.get(request) ?? { kind: "plain", format: "json" };
  const formatOf = (request: FastifyRequest) => {
    const body = known(request);
    return body.kind === "plain" ? body.format : "multipart";
  };

  function open(request: FastifyRequest, reply: FastifyReply): AsyncIterable<Uint8Array> {
    askForBody(request, reply);
    return limited(request.raw, deps);
  }

  async function onRequest(request: FastifyRequest): Promise<void> {
    if (deps.isDraining()) {
      throw new ApiError("draining", "this process is about to end; send it again", {
        headers: { "retry-after": "1" },
      });
    }
    kinds.set(request, kindOf(request));
    if (Number(request.headers["content-length"]) > deps.maxBodyBytes) throw tooLarge(deps.maxBodyBytes);
  }

  return {
    formatOf,
    onRequest,
    open: (request, reply) => ({ ...known(request), bytes: open(request, reply) }),
    async onTableRequest(request) {
      const { "content-type": type } = request.headers;
      await onRequest(request);
      if (["csv", "xlsx"].includes(formatOf(request))) return;
      throw new ApiError("unsupported_media_type", `the body must be ${TABLE_TYPES}, got ${quoted(type ?? "none")}`);
    },
    openTable: open,
  };
}

function kindOf(request: FastifyRequest): BodyKind {
  const { "content-type": contentType = "application/json", "content-encoding": encoding = "identity" } =
    request.headers;
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  const format = Object.hasOwn(FORMAT_OF_TYPE, type) ? FORMAT_OF_TYPE[type] : undefined;
  if (!format && type !== PHOTOS_TYPE) {
    const types = `${SUBMISSION_TYPES}, or ${PHOTOS_TYPE} with photos`;
    throw new ApiError("unsupported_media_type", `the body must be ${types}, got ${quoted(type)}`);
  }
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  const charsets = format === "csv" ? TABLE_CHARSETS : UTF_8;
  if (charset !== undefined && !charsets.test(charset)) {
    throw new ApiError("unsupported_media_type", `the body must be UTF-8, got charset ${quoted(charset)}`);
  }
  if (encoding.toLowerCase() !== "identity") {
    throw new ApiError(
      "unsupported_media_type",
      `the body must come uncompressed, got Content-Encoding ${quoted(encoding)}`,
    );
  }
  return format ? { kind: "plain", format } : { kind: "parts", contentType };
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError("body_too_large", `the body must be at most ${maxBytes} bytes; split the job`, {
    headers: { connection: "close" },
  });
}

/** The body's bytes, ended by a 413 where it passes the limit and a 408 where it comes too slowly. */
async function* limited(
  body: IncomingMessage,
  { maxBodyBytes: maxBytes, pace }: { readonly maxBodyBytes: number; readonly pace: Pace },
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of atPace(unbroken(body), pace)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
    }
  } finally {
    // What nobody wants any more still has to come in before most clients look for the answer.
    body.resume();
  }
}

/** The body's bytes. Throws RequestBrokenOff when the client is the reason that they end; leaving it early keeps the connection. */
export async function* unbroken(body: IncomingMessage): AsyncIterable<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new RequestBrokenOff("the request broke off", { cause: error });
  }
}
