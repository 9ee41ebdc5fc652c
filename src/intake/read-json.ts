/** A submission as one JSON body, read piece by piece. */
import { BrokenJson, createJsonSplitter } from "./json-splitter.ts";
import { type Bytes, jsonPlace, type Piece, UnreadableBody } from "./pieces.ts";

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** Throws UnreadableBody when the body is not JSON. */
export async function* readJson(bytes: Bytes): AsyncIterable<readonly Piece[]> {
  let pieces: Piece[] = [];
  let visits = 0;
  let read = 0;
  const splitter = createJsonSplitter({
    onMember: (name, read) => pieces.push({ kind: "member", name, ...read }),
    onVisits: () => pieces.push({ kind: "visits-begin" }),
    onVisit: (read) => pieces.push({ kind: "visit", ...read, place: jsonPlace(visits++) }),
  });
  try {
    for await (const chunk of withoutMark(bytes)) {
      splitter.push(chunk);
      read += chunk.length;
      yield pieces;
      pieces = [];
    }
    if (read === 0)
      throw new UnreadableBody("", "missing", "the body is empty; it must be a JSON object with count and visits");
    splitter.end();
  } catch (error) {
    if (error instanceof BrokenJson) throw new UnreadableBody("", "malformed", error.message, { cause: error });
    throw error;
  }
}

/** Drops a byte order mark at the beginning, however the network cut it. */
async function* withoutMark(bytes: Bytes): Bytes {
  let head: Uint8Array | null = new Uint8Array();
  for await (const chunk of bytes) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const isMark = head.subarray(0, BYTE_ORDER_MARK.length).every((byte, index) => byte === BYTE_ORDER_MARK[index]);
    if (isMark && head.length < BYTE_ORDER_MARK.length) continue;
    yield isMark ? head.subarray(BYTE_ORDER_MARK.length) : head;
    head = null;
  }
  if (head) yield head;
}
