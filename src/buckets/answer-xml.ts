/** Reads the flat XML in which object stores answer. Of a document it knows elements by name and nothing else: it follows no reference and no entity but XML's own five. */

/** The text of the first element of this name, null where there is none. */
export function textOf(xml: string, name: string): string | null {
  const [, text] = new RegExp(`<${name}(?:\\s[^<>]*)?>([^<]*)</${name}>`).exec(xml) ?? [];
  return text === undefined ? null : plain(text);
}

/** What stands in each element of this name, as XML. */
export function* elementsOf(xml: string, name: string): Iterable<string> {
  const begin = new RegExp(`<${name}(?:\\s[^<>]*)?>`, "g");
  const end = `</${name}>`;
  for (let found = begin.exec(xml); found !== null; found = begin.exec(xml)) {
    const to = xml.indexOf(end, begin.lastIndex);
    if (to === -1) return;
    yield xml.slice(begin.lastIndex, to);
    begin.lastIndex = to + end.length;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : all;
  });
}
