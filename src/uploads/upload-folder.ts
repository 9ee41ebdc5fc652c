/** Uploaded photos in a folder: `incoming/` holds what is being taken in, every other file has its final name and is complete and durable. */
import { access, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { uploadPath } from "../domain/upload.ts";
import { syncFolder } from "../process/durable-folder.ts";
import { ageOf, openIncomingFiles } from "./incoming-files.ts";
import type { UploadStore } from "./upload-store.ts";

const INCOMING = "incoming";
const SHARD = /^[0-9a-f]{2}$/;

/** Makes the folder if it is not there. */
export function openUploadFolder(folder: string): UploadStore {
  const incoming = openIncomingFiles(join(folder, INCOMING));
  const pathOf = (file: string) => join(folder, uploadPath(file));
  const shards = new Map<string, Promise<void>>();

  /** Made and sure, whoever made it: another call, or a process that died, may have come no further than to make it. */
  function readyShard(shard: string): Promise<void> {
    const ready = shards.get(shard) ?? mkdir(shard, { recursive: true }).then(() => syncFolder(folder));
    shards.set(shard, ready);
    ready.catch(() => shards.delete(shard));
    return ready;
  }

  return {
    ...incoming,

    async place({ path }, file) {
      const shard = dirname(pathOf(file));
      await readyShard(shard);
      await rename(path, pathOf(file));
      await syncFolder(shard);
    },

    async rename(_, from, to) {
      await rename(pathOf(from), pathOf(to));
      await syncFolder(dirname(pathOf(to)));
    },

    has: (file) =>
      access(pathOf(file)).then(
        () => true,
        () => false,
      ),
    /** Opened at once, so that it is there to its end. */
    read: async (file, signal) => (await open(pathOf(file))).createReadStream({ signal }),
    remove: (file) => rm(pathOf(file), { force: true }),

    async *list() {
      for (const shard of await readdir(folder)) {
        if (SHARD.test(shard)) yield await readdir(join(folder, shard));
      }
    },
    ageMs: (file) => ageOf(pathOf(file)),
  };
}
