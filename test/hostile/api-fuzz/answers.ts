/** Reads HTTP/1.1 answers from bytes, more strictly than a client would: what is not in order is a finding. Must never guess where an answer ends. */

export type Answer = {
  readonly status: number;
  /** Names in small letters; what stands twice is joined. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Left in the middle: a stream of events has no end. */
  readonly isEndless: boolean;
};

/** The server's bytes are no answer as HTTP has it. */
export class MalformedAnswer extends Error {
  override readonly name = "MalformedAnswer";
}

type Read = { readonly answer: Answer; readonly length: number };

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e\x80-\xff]*$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
const END_OF_LINES = Buffer.from("\r\n\r\n");

/** The first answer in `bytes`, after any 1xx; null while there is not all of it. `isOver`: no more bytes will come. */
export function readAnswer(bytes: Buffer, { method, isOver }: { method: string; isOver: boolean }): Read | null {
  const headEnd = bytes.indexOf(END_OF_LINES);
  if (headEnd < 0) return null;
  const { status, headers } = readHead(bytes.toString("latin1", 0, headEnd));
  const from = headEnd + END_OF_LINES.length;
  if (status < 200) {
    const next = readAnswer(bytes.subarray(from), { method, isOver });
    return next && { answer: next.answer, length: from + next.length };
  }
  const ended = (body: Buffer, length: number, isEndless = false): Read => ({
    answer: { status, headers, body, isEndless },
    length: from + length,
  });
  if (method === "HEAD" || status === 204 || status === 304) return ended(Buffer.alloc(0), 0);
  const rest = bytes.subarray(from);
  if (headers.get("content-type")?.startsWith("text/event-stream")) {
    return rest.length === 0 && !isOver ? null : ended(rest, rest.length, true);
  }
  if (headers.get("transfer-encoding") === "chunked") {
    const chunks = readChunks(rest);
    return chunks && ended(chunks.body, chunks.length);
  }
  const length = headers.get("content-length");
  if (length === undefined) {
    if (headers.get("connection") !== "close") throw new MalformedAnswer("nothing says where the body ends");
    return isOver ? ended(rest, rest.length) : null;
  }
  if (!/^\d+$/.test(length)) throw new MalformedAnswer(`content-length is ${length}`);
  return rest.length < Number(length) ? null : ended(rest.subarray(0, Number(length)), Number(length));
}

function readHead(text: string): Pick<Answer, "status" | "headers"> {
  const [first = "", ...lines] = text.split("\r\n");
  const [, status] = STATUS_LINE.exec(first) ?? [];
  if (status === undefined) throw new MalformedAnswer(`the status line is ${JSON.stringify(first)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined) throw new MalformedAnswer(`a header line is ${JSON.stringify(line)}`);
    const known = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), known === undefined ? value.trimEnd() : `${known}, ${value.trimEnd()}`);
  }
  return { status: Number(status), headers };
}

function readChunks(bytes: Buffer): { readonly body: Buffer; readonly length: number } | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = bytes.toString("latin1", at, lineEnd);
    if (!/^[0-9a-fA-F]{1,8}$/.test(size)) throw new MalformedAnswer(`a chunk's size is ${JSON.stringify(size)}`);
    const length = Number.parseInt(size, 16);
    const from = lineEnd + 2;
    if (length === 0) {
      // The lines after the last chunk are trailers; an empty one ends them.
      const trailersEnd = bytes.indexOf("\r\n", from) === from ? from + 2 : bytes.indexOf(END_OF_LINES, from) + 4;
      return trailersEnd < from + 2 ? null : { body: Buffer.concat(chunks), length: trailersEnd };
    }
    if (bytes.length < from + length + 2) return null;
    chunks.push(bytes.subarray(from, from + length));
    if (bytes.toString("latin1", from + length, from + length + 2) !== "\r\n") {
      throw new MalformedAnswer("a chunk does not end where it says");
    }
    at = from + length + 2;
  }
}
