/** Photos while they come in: files on this machine's disk, without a final name. */
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeDurableFolder } from "../process/durable-folder.ts";
import type { UploadStore } from "./upload-store.ts";

export type IncomingFiles = Pick<UploadStore, "takeIn" | "drop" | "clearIncoming">;

/** Makes the folder if it is not there; it is for nothing else. */
export function openIncomingFiles(folder: string): IncomingFiles {
  makeDurableFolder(folder);
  return {
    async takeIn(bytes) {
      const path = join(folder, randomUUID());
      const hash = createHash("sha256");
      let length = 0;
      async function* hashed() {
        for await (const chunk of bytes) {
          hash.update(chunk);
          length += chunk.length;
          yield chunk;
        }
      }
      const file = createWriteStream(path, { flags: "wx", flush: true });
      const closed = new Promise<void>((resolve) => file.once("close", resolve));
      try {
        await pipeline(hashed, file);
      } catch (error) {
        // It may still be about to be made, and would come back after it was removed.
        await closed;
        await rm(path, { force: true });
        throw error;
      }
      return { sha256: hash.digest("hex"), path, bytes: length };
    },

    drop: ({ path }) => rm(path, { force: true }),

    async clearIncoming(ageMs) {
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        // Another process may finish it, or clear it, at the same time.
        const age = await ageOf(path).catch(() => 0);
        if (age >= ageMs) await rm(path, { force: true });
      }
    },
  };
}

export async function ageOf(path: string): Promise<number> {
  return Date.now() - (await stat(path)).mtimeMs;
}
