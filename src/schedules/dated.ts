/** The day of a run, in place of {date}: in a URL, a prefix, a job's own name, and in the bytes of a kept text as they pass by. A workbook passes as it is. */

const PLACE = "{date}";
/** The first bytes of every workbook, as of every ZIP. */
const ZIP = Buffer.from("PK\u0003\u0004");

export const dated = (text: string, day: string): string => text.replaceAll(PLACE, day);

/** Holds back what may be the beginning of a place. `day` is ASCII. */
export async function* datedBytes(bytes: AsyncIterable<Uint8Array>, day: string): AsyncIterable<Uint8Array> {
  let held = Buffer.alloc(0);
  let isText: boolean | null = null;
  for await (const piece of bytes) {
    const all = Buffer.concat([held, piece]);
    held = Buffer.alloc(0);
    if (isText === null && all.length < ZIP.length) {
      held = all;
      continue;
    }
    isText ??= !all.subarray(0, ZIP.length).equals(ZIP);
    if (!isText) {
      yield all;
      continue;
    }
    // A byte a character, so that what is no ASCII comes out as it went in.
    const text = dated(all.toString("latin1"), day);
    const kept = beginningAtEnd(text);
    held = Buffer.from(text.slice(text.length - kept), "latin1");
    yield Buffer.from(text.slice(0, text.length - kept), "latin1");
  }
  if (held.length > 0) yield held;
}

/** How many characters at the end may be the beginning of a place. */
function beginningAtEnd(text: string): number {
  for (let length = PLACE.length - 1; length > 0; length--) if (text.endsWith(PLACE.slice(0, length))) return length;
  return 0;
}
