/** Faults that somebody might build into the reader of answers one day, each as a change of its real source. The promises must catch every one. */

export type SourceMutant = { readonly name: string; readonly file: string; readonly from: string; readonly to: string };

function inFile(file: string, changes: Readonly<Record<string, readonly [from: string, to: string]>>): SourceMutant[] {
  return Object.entries(changes).map(([name, [from, to]]) => ({ name, file, from, to }));
}

export const MUTANTS: readonly SourceMutant[] = [
  ...inFile("status-line.ts", {
    "takes half a line's end for a whole one": ["check(last === CR)", "check(true)"],
    "takes any version for its own": ["check(digit === 0 || digit === 1)", "check(digit >= 0)"],
    "lets a status have four digits": ["check(byte === SPACE || byte === CR)", "check(byte > 0)"],
    "keeps the status of the line before": ["      status = 0;\n      whole = false;", "      whole = false;"],
  }),
  ...inFile("field-section.ts", {
    "misses an end that lies across two pieces": ["Math.max(0, searched - EMPTY_LINE.length + 1)", "searched"],
    "holds no section to its limit that comes at once": ["if (section.length > maxBytes) throw tooLong();", ""],
    "waits for ever for the end of a section": ["if (text.length > maxBytes) throw tooLong();", ""],
    "lets control characters through": ["[\\t\\x20-\\x7e\\x80-\\xff]*", "[^\\r\\n]*"],
    "lets white space stand in a name": ["0-9A-Za-z]+:", "0-9A-Za-z ]+:"],
    "begins where the section before had ended": ['      text = "";\n      whole = false;', "      whole = false;"],
  }),
  ...inFile("read-headers.ts", {
    "knows names in two cases only": ["?? NAMES.get(written.toLowerCase())", ""],
    "lets the last of two values win": ["known === undefined ? value :", "true ? value :"],
    "trims a byte off a letter": ["return text.slice(first, end);", "return text.slice(first, end).trim();"],
  }),
  ...inFile("body-length.ts", {
    "believes a length beside chunks": ['if (length !== undefined) throw new WireFault("contradicting-lengths");', ""],
    "reads the number that a length begins with": ["/^\\d{1,15}$/", "/^\\d{1,15}/"],
    "waits for the body of a 304": ["status === 204 || status === 304", "status === 204"],
    "takes any coding for chunks": ['names.at(-1) === "chunked"', 'names.includes("chunked")'],
    "keeps a connection that the host will close": ['minor === 1 ? !options.includes("close")', "minor === 1 ? true"],
    "keeps every connection to an HTTP/1.0 host": ["return minor === 1;", "return true;"],
  }),
  ...inFile("chunks.ts", {
    "takes what it likes for the end of a chunk": ["if (byte !== (left === 1 ? CR : LF))", "if (false)"],
    "looks for the byte before this piece in this piece": ["(end > from ? bytes[end - 1] : last)", "bytes[end - 1]"],
    "knows small letters only": ["const lower = byte | 32;", "const lower = byte;"],
    "believes a chunk of any size": ["if (digits > MOST_DIGITS)", "if (digits > 99)"],
    "goes on with the trailers of the answer before": ["      trailers.begin();", ""],
    "takes a size without a digit for 0": ["digits === 0 || !endsSize", "!endsSize"],
  }),
  ...inFile("answer-reader.ts", {
    "listens to interim answers for ever": ["if (interims > MAX_INTERIMS)", "if (false)"],
    "counts the interim answers of the one before": ["      interims = 0;\n", ""],
    "takes an interim answer for the answer": ["statusLine.status >= 200", "statusLine.status >= 103"],
    "counts the bytes of this piece only": ["received += at - from;", ""],
    "gives the rest of a piece away as body": [
      "const end = Math.min(bytes.length, from + left);",
      "const end = bytes.length;",
    ],
    "never sees a body's end": ['if (left === 0) phase = "whole";', ""],
  }),
];
