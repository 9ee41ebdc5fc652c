/**
 * The bytes of a text file as text, line by line, whatever encoding spreadsheets chose for it: UTF-8, UTF-16, or Windows-1252 where no
 * line speaks against it. Never guesses: what fits none of them, or changes within the file, ends the reading at its line.
 */

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

export type DecodingEvents = {
  /** Nothing of this line nor behind it is read. */
  giveUp(line: number, detail: string): void;
  /** From this line on, the first with anything but ASCII. */
  foundWindows1252(line: number): void;
};

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const MARK = "\ufeff";
/** Enough to tell UTF-16 without a mark: its first two characters, of a header, are ASCII. */
const HEAD_BYTES = 4;
/** Twice what a row may have. */
const MOST_LINE_BYTES = 2 ** 21;
/** Bytes that Windows-1252 has no character for. */
const UNDEFINED_1252: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
/** Three letters with accents do not follow each other in the languages that are written in Windows-1252; in Cyrillic and Greek code pages they do. */
const MOST_1252_RUN = 2;

/** Every line end becomes "\n". Ends after `giveUp`. */
export async function* decodedLines(bytes: Bytes, events: DecodingEvents): AsyncIterable<string> {
  const { encoding, all } = await withEncoding(bytes);
  const texts = encoding === "utf-8" ? linesOfBytes(all, events) : linesOfUtf16(all, encoding, events);
  let afterCarriageReturn = false;
  let isFirst = true;
  for await (const raw of texts) {
    const text = isFirst && raw.startsWith(MARK) ? raw.slice(1) : raw;
    isFirst &&= raw === "";
    const whole = afterCarriageReturn && text.startsWith("\n") ? text.slice(1) : text;
    if (text !== "") afterCarriageReturn = text.endsWith("\r");
    yield whole.replace(/\r\n?/g, "\n");
  }
}

/** Looks at the first bytes and gives all of them back. */
async function withEncoding(
  bytes: Bytes,
): Promise<{ readonly encoding: Encoding; readonly all: AsyncIterable<Uint8Array> }> {
  const reading = toAsync(bytes);
  let head = Buffer.alloc(0);
  let ended = false;
  while (head.length < HEAD_BYTES && !ended) {
    const { done = false, value } = await reading.next();
    if (done) ended = true;
    else if (value) head = Buffer.concat([head, value]);
  }
  async function* all() {
    try {
      yield head;
      while (!ended) {
        const { done = false, value } = await reading.next();
        if (done) ended = true;
        else if (value) yield value;
      }
    } finally {
      // Whoever leaves early lets go of the bytes that were not read.
      if (!ended) await reading.return(undefined);
    }
  }
  return { encoding: encodingOf(head), all: all() };
}

async function* toAsync(bytes: Bytes): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

function encodingOf([first, second, third, fourth]: Uint8Array): Encoding {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first && second === 0 && third && fourth === 0) return "utf-16le";
  return first === 0 && second && third === 0 && fourth ? "utf-16be" : "utf-8";
}

async function* linesOfBytes(bytes: AsyncIterable<Uint8Array>, events: DecodingEvents): AsyncIterable<string> {
  // Marks are left in the text: only the first is one.
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const windows1252 = new TextDecoder("windows-1252");
  let line = 1;
  let kind: "ascii" | "utf-8" | "windows-1252" = "ascii";
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  let endedByReturn = false;

  /** Null where it is none of the encodings, or another than before. */
  function decode(piece: Uint8Array): string | null {
    let text: string;
    try {
      text = utf8.decode(piece);
    } catch {
      if (kind === "utf-8" || !isWindows1252(piece)) return null;
      if (kind === "ascii") events.foundWindows1252(line);
      kind = "windows-1252";
      return windows1252.decode(piece);
    }
    if (text.length === piece.length) return text;
    if (kind === "windows-1252") return null;
    kind = "utf-8";
    return text;
  }

  function takeLine(): string | null {
    const text = decode(kept.length === 1 && kept[0] ? kept[0] : Buffer.concat(kept));
    kept = [];
    keptBytes = 0;
    if (text === null) events.giveUp(line, undecodable(kind));
    return text;
  }

  for await (const chunk of bytes) {
    let text = "";
    for (const piece of piecesByLine(chunk)) {
      kept.push(piece);
      keptBytes += piece.length;
      const last = piece.at(-1);
      if (last !== LINE_FEED && last !== CARRIAGE_RETURN) {
        if (keptBytes <= MOST_LINE_BYTES) continue;
        events.giveUp(line, `the line has more than ${MOST_LINE_BYTES} bytes; line ends may be missing`);
        return yield text;
      }
      const isSecondHalf = endedByReturn && last === LINE_FEED && keptBytes === 1;
      endedByReturn = last === CARRIAGE_RETURN;
      const decoded = takeLine();
      if (decoded === null) return yield text;
      text += decoded;
      if (!isSecondHalf) line += 1;
    }
    yield text;
  }
  if (keptBytes > 0) yield takeLine() ?? "";
}

function undecodable(kind: string): string {
  return kind === "windows-1252"
    ? "the line is not Windows-1252 as the lines before it; save the file as UTF-8"
    : "the line is not UTF-8; save the file as UTF-8";
}

/** Whether nothing speaks against Windows-1252: NUL, what it has no character for, broken UTF-8, long runs as other code pages have. */
function isWindows1252(line: Uint8Array): boolean {
  let run = 0;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at] ?? 0;
    if (byte === 0 || UNDEFINED_1252.has(byte)) return false;
    run = byte < 0x80 ? 0 : run + 1;
    if (run > MOST_1252_RUN) return false;
    if (isLead(byte) && looksCutOff(byte, line[at + 1])) return false;
  }
  return true;
}

const isLead = (byte: number) => byte >= 0xc2 && byte <= 0xf4;

/** What follows a letter that begins a character in UTF-8: its second byte, or, behind those of Latin letters, nothing at all. */
function looksCutOff(lead: number, next: number | undefined): boolean {
  if (next !== undefined && next >= 0x80 && next <= 0xbf) return true;
  return lead <= 0xc3 && (next === undefined || next < 0x20);
}

async function* linesOfUtf16(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  events: DecodingEvents,
): AsyncIterable<string> {
  let line = 1;
  let rest = Buffer.alloc(0);
  let held = "";
  const broken = "the line is not UTF-16 as the file's beginning says; save the file as UTF-8";

  for await (const chunk of bytes) {
    const all = Buffer.concat([rest, chunk]);
    const even = all.length - (all.length % 2);
    rest = Buffer.from(all.subarray(even));
    const units = Buffer.from(all.subarray(0, even));
    const text = held + (encoding === "utf-16be" ? units.swap16() : units).toString("utf16le");
    // Half of a pair, and of a line end, waits for the other.
    held = /[\ud800-\udbff\r]$/.test(text) ? text.slice(-1) : "";
    const whole = text.slice(0, text.length - held.length);
    if (!whole.isWellFormed()) {
      const lines = whole.split(/(?<=\r\n|\n|\r(?!\n))/);
      const bad = lines.findIndex((part) => !part.isWellFormed());
      events.giveUp(line + bad, broken);
      return yield lines.slice(0, bad).join("");
    }
    line += whole.split(/\r\n|\n|\r/).length - 1;
    yield whole;
  }
  if (held === "\r") yield held;
  else if (held !== "") events.giveUp(line, broken);
  if (rest.length > 0) events.giveUp(line, broken);
}

/** Cuts behind each line feed and carriage return; no byte of a longer UTF-8 sequence is either, so no character is cut. */
function* piecesByLine(chunk: Uint8Array): Iterable<Uint8Array> {
  let from = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    if (chunk[at] !== LINE_FEED && chunk[at] !== CARRIAGE_RETURN) continue;
    yield chunk.subarray(from, at + 1);
    from = at + 1;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}
