/**
 * Reads the small JSON bodies of routes that ask for one; everywhere else a body is read by its own route, as a stream.
 * A body of another type, or none where one is needed, is told apart from one that is not in order.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isTooDeep, MOST_DEPTH } from "../../domain/nesting.ts";
import { ApiError } from "../api-error.ts";
import { quoted } from "../query.ts";

const MOST_BYTES = 64 * 1024;

/** For an encapsulated part of the server: all of its routes with a body get it as parsed JSON. */
export function readJsonBodies(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => refuseOtherTypes(request));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: MOST_BYTES }, (_request, text, done) => {
    try {
      done(null, text === "" ? {} : jsonOf(String(text)));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function jsonOf(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ApiError("invalid_body", `the body is not JSON: ${cause}`);
  }
  // What checks it against its schema would run out of stack.
  if (isTooDeep(value)) throw new ApiError("invalid_body", `the body has more than ${MOST_DEPTH} levels of nesting`);
  return value;
}

function refuseOtherTypes({ headers }: FastifyRequest): void {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === "application/json") return;
  throw new ApiError("unsupported_media_type", `the body must be application/json, got ${quoted(type)}`);
}
