/** The parts of a workbook's archive as texts, by name. */
import { text } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";

export async function workbookParts(bytes: Buffer): Promise<ReadonlyMap<string, string>> {
  const parts = new Map<string, string>();
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  for await (const entry of zip.eachEntry())
    parts.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  return parts;
}
