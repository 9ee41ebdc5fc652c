/**
 * The folder of uploaded photos: `incoming/` holds what is being taken in, every other file has its final name and is complete and durable.
 * Knows no job: who uses a file stands in the ledger.
 */
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { uploadPath } from "../domain/upload.ts";
import { makeDurableFolder, syncFolder } from "../process/durable-folder.ts";

/** A file that was taken in and has no final name yet. */
export type Incoming = { readonly sha256: string; readonly path: string };

export type UploadFolder = {
  /** Writes the bytes to disk. When they break off nothing is left, and it rejects with their error. */
  takeIn(bytes: AsyncIterable<Uint8Array>): Promise<Incoming>;
  /** Gives a file its final name, durably. */
  place(incoming: Incoming, file: string): Promise<void>;
  /** Removes it, if it has not got its final name. */
  drop(incoming: Incoming): Promise<void>;
  has(file: string): Promise<boolean>;
  /** Durably. */
  rename(from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** Final names, a folder at a time. */
  list(): AsyncIterable<readonly string[]>;
  ageMs(file: string): Promise<number>;
  /** Removes what began to come in at least `ageMs` ago and has not got its final name since. */
  clearIncoming(ageMs: number): Promise<void>;
};

const INCOMING = "incoming";
const SHARD = /^[0-9a-f]{2}$/;

/** Makes the folder if it is not there. */
export async function openUploadFolder(folder: string): Promise<UploadFolder> {
  makeDurableFolder(join(folder, INCOMING));
  const pathOf = (file: string) => join(folder, uploadPath(file));
  const shards = new Map<string, Promise<void>>();

  /** Made and sure, whoever made it: another call, or a process that died, may have come no further than to make it. */
  function readyShard(shard: string): Promise<void> {
    const ready = shards.get(shard) ?? mkdir(shard, { recursive: true }).then(() => syncFolder(folder));
    shards.set(shard, ready);
    ready.catch(() => shards.delete(shard));
    return ready;
  }

  const ageOf = async (path: string) => Date.now() - (await stat(path)).mtimeMs;

  return {
    async takeIn(bytes) {
      const path = join(folder, INCOMING, randomUUID());
      const hash = createHash("sha256");
      async function* hashed() {
        for await (const chunk of bytes) {
          hash.update(chunk);
          yield chunk;
        }
      }
      try {
        await pipeline(hashed, createWriteStream(path, { flags: "wx", flush: true }));
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      return { sha256: hash.digest("hex"), path };
    },

    async place({ path }, file) {
      const shard = dirname(pathOf(file));
      await readyShard(shard);
      await rename(path, pathOf(file));
      await syncFolder(shard);
    },

    drop: ({ path }) => rm(path, { force: true }),
    has: (file) =>
      access(pathOf(file)).then(
        () => true,
        () => false,
      ),
    async rename(from, to) {
      await rename(pathOf(from), pathOf(to));
      await syncFolder(dirname(pathOf(to)));
    },
    remove: (file) => rm(pathOf(file), { force: true }),

    async *list() {
      for (const shard of await readdir(folder)) {
        if (SHARD.test(shard)) yield await readdir(join(folder, shard));
      }
    },
    ageMs: (file) => ageOf(pathOf(file)),

    async clearIncoming(ageMs) {
      for (const name of await readdir(join(folder, INCOMING))) {
        const path = join(folder, INCOMING, name);
        // Another process may finish it, or clear it, at the same time.
        const age = await ageOf(path).catch(() => 0);
        if (age >= ageMs) await rm(path, { force: true });
      }
    },
  };
}
