/** Answers built from the grammar of RFC 9112, each with what must be read out of it; and the same with wrong bytes in them. */
import fc from "fast-check";
import type { Transcript } from "./transcript.ts";

export type BuiltAnswer = { readonly bytes: Buffer; readonly reads: Omit<Transcript, "ends" | "length"> };

const latin1 = (text: string) => Buffer.from(text, "latin1");

/** Bodies are full of what would mean something elsewhere. */
const body = fc
  .array(
    fc.constantFrom(
      "\r\n",
      "\r\n\r\n",
      "0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n",
      "\xff\xd8",
      "\0",
      "a",
      "5;",
      "content-length: 3",
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(""));

const interims = fc
  .array(
    fc.constantFrom(
      "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\netag: early\r\n\r\n",
      "HTTP/1.1 102 Processing\r\n\r\n",
      "HTTP/1.1 199\r\ncontent-length: 3\r\n\r\n",
    ),
    { maxLength: 16 },
  )
  .map((all) => all.join(""));

const reason = fc.constantFrom("", " ", " OK", " Not\tFound", " \xc3\xa7a va", ` ${"long ".repeat(200)}`);

/** A header line, the name as it is looked up, and its value. */
type Line = { readonly text: string; readonly name: string; readonly value: string };

const line = fc
  .tuple(
    fc.constantFrom(
      "etag",
      "ETag",
      "LOCATION",
      "Content-Range",
      "last-Modified",
      "Server",
      "x-~!#",
      "Set-Cookie",
      "Date",
    ),
    fc.constantFrom("", "a", "a b", '"v1"', "\xe9\xa0", "\xa0", "a:b", "\tx", "close", "0,0"),
    fc.constantFrom("", " ", "\t ", "  "),
  )
  .map(
    ([name, value, space]): Line => ({
      text: `${name}:${space}${value}${space}\r\n`,
      name: name.toLowerCase(),
      value: value.replace(/^[ \t]+/, ""),
    }),
  );

const NEVER_READ = new Set(["server", "x-~!#"]);

function headersOf(lines: readonly Line[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const name of new Set(lines.map((each) => each.name))) {
    if (NEVER_READ.has(name)) continue;
    const values = lines.filter((each) => each.name === name).map(({ value }) => value);
    headers[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return headers;
}

type Framing = {
  readonly lines: readonly Line[];
  readonly text: string;
  readonly body: string;
  readonly untilClose: boolean;
};

const header = (name: string, value: string): Line => ({
  text: `${name}: ${value}\r\n`,
  name: name.toLowerCase(),
  value,
});

const withLength = body.map(
  (text): Framing => ({
    lines: [header("Content-Length", String(text.length))],
    text,
    body: text,
    untilClose: false,
  }),
);

const untilClose = fc.tuple(body, fc.constantFrom(null, "gzip", "chunked, gzip")).map(
  ([text, coding]): Framing => ({
    lines: coding === null ? [] : [header("transfer-encoding", coding)],
    text,
    body: text,
    untilClose: true,
  }),
);

const chunk = fc
  .tuple(
    body.filter((text) => text !== ""),
    fc.constantFrom("", ";a", " ; a=b", `;x="${"y".repeat(300)}"`),
    fc.boolean(),
    fc.nat(3),
  )
  .map(([text, extension, isUpper, zeros]) => {
    const digits = "0".repeat(zeros) + text.length.toString(16);
    return { text: `${isUpper ? digits.toUpperCase() : digits}${extension}\r\n${text}\r\n`, body: text };
  });

const chunked = fc
  .tuple(
    fc.array(chunk, { maxLength: 4 }),
    fc.constantFrom("", "x-trailer: 1\r\n", "etag: late\r\ncontent-length: 9\r\n"),
    fc.constantFrom("chunked", "Chunked", "gzip, chunked"),
  )
  .map(
    ([chunks, trailers, coding]): Framing => ({
      lines: [header("Transfer-Encoding", coding)],
      text: `${chunks.map(({ text }) => text).join("")}0\r\n${trailers}\r\n`,
      body: chunks.map((each) => each.body).join(""),
      untilClose: false,
    }),
  );

const KEPT_FOR_MS = new Map([
  ["timeout=5", 5_000],
  ["max=100, timeout=20", 20_000],
]);

const connection = fc.constantFrom(null, "close", "Close", "keep-alive", "Keep-Alive, x", "x , close", "closed");

function isKept(minor: number, option: string | null, coded: boolean): boolean {
  const options = (option ?? "").toLowerCase().split(/ *, */);
  if (options.includes("close")) return false;
  return minor === 1 || (options.includes("keep-alive") && !coded);
}

export const answer: fc.Arbitrary<BuiltAnswer> = fc
  .record({
    before: interims,
    minor: fc.constantFrom(0, 1),
    status: fc.constantFrom(200, 200, 206, 204, 304, 404, 999),
    reason,
    lines: fc.array(line, { maxLength: 4 }),
    framing: fc.oneof(withLength, untilClose, chunked),
    connection,
    keepAlive: fc.constantFrom(null, "nonsense", ...KEPT_FOR_MS.keys()),
  })
  .map(({ before, minor, status, reason: words, lines, framing, connection: option, keepAlive }) => {
    const all = [
      ...lines,
      ...framing.lines,
      ...(option === null ? [] : [header("connection", option)]),
      ...(keepAlive === null ? [] : [header("Keep-Alive", keepAlive)]),
    ];
    const hasBody = status !== 204 && status !== 304;
    const head = `${before}HTTP/1.${minor} ${status}${words}\r\n${all.map(({ text }) => text).join("")}\r\n`;
    const isOpen = hasBody && framing.untilClose;
    const coded = framing.lines.some(({ name }) => name === "transfer-encoding");
    return {
      bytes: latin1(hasBody ? head + framing.text : head),
      reads: {
        status,
        headers: headersOf(all),
        body: hasBody ? framing.body : "",
        endsHere: isOpen,
        kept: !isOpen && isKept(minor, option, coded),
        keptForMs: isOpen ? null : (KEPT_FOR_MS.get(keepAlive ?? "") ?? null),
      },
    };
  });

/** The same with a few bytes changed, taken out or put in. */
export const brokenBytes: fc.Arbitrary<Buffer> = fc
  .tuple(
    answer,
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.constantFrom("", "\r", "\n", "\0", " ", ":", "\r\n", "f", "0", ";", "\xff", "\r\n\r\n", "x".repeat(500)),
        fc.nat(2),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([{ bytes }, changes]) => {
    let text = bytes.toString("latin1");
    for (const [share, put, takeOut] of changes) {
      const at = Math.floor(share * text.length);
      text = text.slice(0, at) + put + text.slice(at + takeOut);
    }
    return latin1(text);
  });
