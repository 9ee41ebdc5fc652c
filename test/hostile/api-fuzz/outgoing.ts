/** A request of the fuzz as bytes for the socket. */

import { type FuzzRequest, NO_METHODS } from "./requests.ts";
import type { Outgoing } from "./wire.ts";

/** What stands for a text that a service made itself, such as a key, and the text. */
export type Names = ReadonlyMap<string, string>;

export function outgoingOf(request: FuzzRequest, names: Names): Outgoing {
  const { method, framing } = request;
  const body = request.body === null ? null : filledIn(request.body, names);
  const lines = [`${method} ${request.target} HTTP/1.1`];
  if (!request.headers.some(([name]) => name === "host")) lines.push("host: 127.0.0.1");
  if (!request.headers.some(([name]) => ["authorization", "x-api-key"].includes(name)))
    lines.push(...callerLines(request));
  for (const [name, value] of request.headers) lines.push(`${name}: ${value}`);
  const sent = body === null ? Buffer.alloc(0) : framedBody(body, request);
  if (body !== null) lines.push(framingLine(body, request));
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`.replace(PLACE, (place) => names.get(place) ?? place));
  return {
    method,
    pieces: cutAt(Buffer.concat([head, sent]), request.cuts),
    kind: body !== null && framing.kind === "lying" ? "unclear" : kindOf(request),
  };
}

const PLACE = /(?:KEY|ID|SESSION)_[a-z0-9]+_/g;
/** Where a request ends hangs on these. */
const FRAMING_HEADERS = ["content-length", "transfer-encoding", "host", ""];
/** What becomes of the connection hangs on these. */
const CONNECTION_HEADERS = ["upgrade", "connection", "expect"];

function kindOf({ method, target, headers }: FuzzRequest): Outgoing["kind"] {
  const isClear = /^[A-Za-z]+$/.test(method) && method !== "CONNECT" && /^[\x21-\uffff]+$/.test(target);
  if (!isClear || headers.some(([name]) => FRAMING_HEADERS.includes(name))) return "unclear";
  const isClean = headers.every(
    ([name, value]) =>
      /^[a-z0-9_-]+$/.test(name) && /^[\t\x20-\x7e\x80-\uffff]*$/.test(value) && !CONNECTION_HEADERS.includes(name),
  );
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, target.length);
  return isClean && size < 8_000 && !NO_METHODS.includes(method) && /^(?:\/|https?:\/\/)[\x21-\x7e]*$/.test(target)
    ? "plain"
    : "alone";
}

function callerLines({ caller }: FuzzRequest): readonly string[] {
  if (caller === "none") return [];
  if (caller === "session") return ["cookie: storewalk_session=SESSION_1_", "sec-fetch-site: same-origin"];
  return [`authorization: Bearer KEY_${caller}_`];
}

function filledIn(bytes: Buffer, names: Names): Buffer {
  if (!bytes.includes("KEY_")) return bytes;
  return Buffer.from(
    bytes.toString("latin1").replace(PLACE, (place) => names.get(place) ?? place),
    "latin1",
  );
}

function framingLine(body: Buffer, { framing }: FuzzRequest): string {
  if (framing.kind === "chunked") return "transfer-encoding: chunked";
  return `content-length: ${Math.max(0, body.length + (framing.kind === "lying" ? framing.by : 0))}`;
}

function framedBody(body: Buffer, { framing }: FuzzRequest): Buffer {
  if (framing.kind !== "chunked") return body;
  const chunks = cutAt(body, framing.cuts).map((chunk) =>
    Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
  );
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}

/** Never an empty piece: it would end a chunked body. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set([...places.map((place) => Math.round(place * bytes.length)), bytes.length])];
  return ends
    .toSorted((a, b) => a - b)
    .map((end, no, all) => bytes.subarray(all[no - 1] ?? 0, end))
    .filter((piece) => piece.length > 0);
}
