/** Puts thumbnails together: their folder, and the reader of single images that they share with whatever else people look at. */
import { join } from "node:path";
import type { AccessTable } from "../domain/access-table.ts";
import type { SideReader } from "../pipeline/side-reader.ts";
import { openPictureCache } from "./picture-cache.ts";
import { createThumbnails, type Thumbnails } from "./thumbnails.ts";

export async function openThumbnails(options: {
  readonly dataDir: string;
  readonly cacheBytes: number;
  /** Stays open when the thumbnails close. */
  readonly reader: SideReader;
  readonly readAccessTable: (tenant: string) => Promise<AccessTable>;
}): Promise<Thumbnails> {
  const { openImage, decoder } = options.reader;
  const cache = await openPictureCache(join(options.dataDir, "thumbnails"), options.cacheBytes);
  return createThumbnails({ cache, openImage, decoder, readAccessTable: options.readAccessTable });
}
