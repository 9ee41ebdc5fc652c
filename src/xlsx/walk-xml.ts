/**
 * Walks through a part's XML as its bytes come: elements by their local names, texts decoded. Holds one unfinished token at a time and
 * gives up when that has no end in sight. Entities other than XML's own five are never expanded.
 */
import { Parser } from "saxen";
import { XlsxFault } from "./xlsx-fault.ts";

/** A cell holds at most 32,767 characters. */
const MOST_UNFINISHED_CHARACTERS = 2 ** 20;
/** A cell's text lies seven elements deep. */
const MOST_DEPTH = 64;
/** What is made of this much is handed on before more is read: a row of 1 KB may have a million characters. */
const SLICE_CHARACTERS = 4 * 1024;

export type XmlVisitor = {
  open(name: string, attribute: (name: string) => string | undefined): void;
  text?(text: string): void;
  close?(name: string): void;
};

/** What comes back after each slice of the part, when its elements were visited. Throws XlsxFault where it is no XML. */
export async function* walkXml(
  bytes: AsyncIterable<Uint8Array>,
  visitor: XmlVisitor,
  part: string,
): AsyncIterable<void> {
  const parser = new Parser();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let unfinished = 0;
  let depth = 0;
  let broken: Error | null = null;
  parser.on("error", (error) => {
    broken ??= error;
  });
  parser.on("openTag", (name, attributes, decode) => {
    unfinished = 0;
    depth += 1;
    if (depth > MOST_DEPTH) throw new XlsxFault(`its part ${part} has elements more than ${MOST_DEPTH} deep`);
    visitor.open(localName(name), (wanted) => {
      const value = attributes()[wanted];
      return value === undefined ? undefined : decode(withWideCharacters(value));
    });
  });
  parser.on("closeTag", (name) => {
    unfinished = 0;
    depth -= 1;
    visitor.close?.(localName(name));
  });
  parser.on("text", (text, decode) => visitor.text?.(decode(withWideCharacters(text))));
  parser.on("cdata", (text) => visitor.text?.(text));

  const check = () => {
    if (broken) throw new XlsxFault(`its part ${part} is not XML: ${broken.message}`);
    if (unfinished > MOST_UNFINISHED_CHARACTERS) throw new XlsxFault(`its part ${part} has a text without an end`);
  };
  for await (const piece of bytes) {
    const text = decoded(decoder, piece, part);
    for (let from = 0; from < text.length; from += SLICE_CHARACTERS) {
      const slice = text.slice(from, from + SLICE_CHARACTERS);
      unfinished += slice.length;
      parser.write(slice);
      check();
      yield;
    }
  }
  parser.end();
  check();
  yield;
}

/** Some programs write `x:row` for `row`. */
function localName(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
}

/** The parser cuts a number beyond 16 bits to another character; Apache POI writes every emoji as one. */
function withWideCharacters(text: string): string {
  if (!text.includes("&#")) return text;
  return text.replace(/&#(?:x([0-9a-f]{5,6})|(\d{5,7}));/gi, (reference: string, hex?: string, decimal?: string) => {
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0xffff && point <= 0x10ffff ? String.fromCodePoint(point) : reference;
  });
}

function decoded(decoder: InstanceType<typeof TextDecoder>, piece: Uint8Array, part: string): string {
  try {
    return decoder.decode(piece, { stream: true });
  } catch (cause) {
    throw new XlsxFault(`its part ${part} is not UTF-8`, { cause });
  }
}
