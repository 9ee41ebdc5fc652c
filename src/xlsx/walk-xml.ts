/**
 * Walks through a part's XML as its bytes come: elements by their local names, texts decoded. Holds one unfinished token at a time and
 * gives up when that has no end in sight. Entities other than XML's own five are never expanded.
 */
import { Parser } from "saxen";
import { XlsxFault } from "./xlsx-fault.ts";

/** A cell holds at most 32,767 characters. */
const MOST_UNFINISHED_CHARACTERS = 2 ** 20;

export type XmlVisitor = {
  open(name: string, attribute: (name: string) => string | undefined): void;
  text?(text: string): void;
  close?(name: string): void;
};

/** What comes back after each piece of the part, when its elements were visited. Throws XlsxFault where it is no XML. */
export async function* walkXml(
  bytes: AsyncIterable<Uint8Array>,
  visitor: XmlVisitor,
  part: string,
): AsyncIterable<void> {
  const parser = new Parser();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let unfinished = 0;
  let broken: Error | null = null;
  parser.on("error", (error) => {
    broken ??= error;
  });
  parser.on("openTag", (name, attributes, decode) => {
    unfinished = 0;
    visitor.open(localName(name), (wanted) => {
      const value = attributes()[wanted];
      return value === undefined ? undefined : decode(value);
    });
  });
  parser.on("closeTag", (name) => {
    unfinished = 0;
    visitor.close?.(localName(name));
  });
  parser.on("text", (text, decode) => visitor.text?.(decode(text)));
  parser.on("cdata", (text) => visitor.text?.(text));

  const check = () => {
    if (broken) throw new XlsxFault(`its part ${part} is not XML: ${broken.message}`);
    if (unfinished > MOST_UNFINISHED_CHARACTERS) throw new XlsxFault(`its part ${part} has a text without an end`);
  };
  for await (const piece of bytes) {
    const text = decoded(decoder, piece, part);
    unfinished += text.length;
    parser.write(text);
    check();
    yield;
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

function decoded(decoder: InstanceType<typeof TextDecoder>, piece: Uint8Array, part: string): string {
  try {
    return decoder.decode(piece, { stream: true });
  } catch (cause) {
    throw new XlsxFault(`its part ${part} is not UTF-8`, { cause });
  }
}
