/**
 * Reads the small JSON bodies of routes that ask for one; everywhere else a body is read by its own route, as a stream.
 * A body of another type, or none where one is needed, is told apart from one that is not in order.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isTooDeep, MOST_DEPTH } from "../../domain/nesting.ts";
import { atPace, BODY_PACE } from "../limits/body-pace.ts";
import { ApiError } from "../problems/api-error.ts";
import { quoted } from "../query.ts";
import { unbroken } from "../submission/submission-body.ts";

const MOST_BYTES = 64 * 1024;

/** What may be wrong with such a body, for the routes that say what they answer. */
export const BODY_CODES = ["invalid_body", "body_too_large", "unsupported_media_type"] as const;

/** For an encapsulated part of the server: all of its routes with a body get it as parsed JSON. `advice` is for who sends too much. */
export function readJsonBodies(app: FastifyInstance, advice?: string): void {
  app.addHook("onRequest", async (request) => refuseOtherTypes(request));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest) => readJsonBody(request, advice));
}

/** For a route that takes JSON beside bodies that it streams. */
export async function readJsonBody(request: FastifyRequest, advice?: string): Promise<unknown> {
  return jsonOf(await textOf(request, advice));
}

/** All of a small body. */
async function textOf({ raw }: FastifyRequest, advice?: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of atPace(unbroken(raw), BODY_PACE)) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw tooLarge(advice);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function tooLarge(advice?: string): ApiError {
  const detail = `the body has more than the ${MOST_BYTES} bytes allowed`;
  return new ApiError("body_too_large", advice === undefined ? detail : `${detail}; ${advice}`, {
    headers: { connection: "close" },
  });
}

function jsonOf(text: string): unknown {
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    // Without the piece of the body that V8 puts into its sentence: it may be of a secret.
    const where = cause.replace(/, (?:\.\.\.)?".*$/s, "");
    throw new ApiError("invalid_body", `the body is not JSON: ${where}`);
  }
  // What checks it against its schema would run out of stack.
  if (isTooDeep(value)) throw new ApiError("invalid_body", `the body has more than ${MOST_DEPTH} levels of nesting`);
  return value;
}

/** `wanted` names all types that the route reads. */
export function refuseOtherTypes({ headers }: FastifyRequest, wanted = "application/json"): void {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === "application/json") return;
  throw new ApiError("unsupported_media_type", `the body must be ${wanted}, got ${quoted(type)}`);
}
