/**
 * Thumbnails on disk, bounded in bytes, the longest unused removed first. A cache and nothing more: what cannot be written is made again, and
 * what is found at the start is kept.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type PictureCache = {
  /** Null when it is not there. */
  get(name: string): Promise<Uint8Array | null>;
  /** Resolves when the picture is kept, or cannot be. */
  put(name: string, bytes: Uint8Array): Promise<void>;
};

const SUFFIX = ".webp";

/** Names are the caller's own, never a client's text. */
export async function openPictureCache(folder: string, maxBytes: number): Promise<PictureCache> {
  const sizes = await readSizes(folder);
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const pathOf = (name: string) => join(folder, `${name}${SUFFIX}`);

  async function forget(name: string): Promise<void> {
    total -= sizes.get(name) ?? 0;
    sizes.delete(name);
    await rm(pathOf(name), { force: true }).catch(() => {});
  }

  return {
    async get(name) {
      const size = sizes.get(name);
      if (size === undefined) return null;
      // To the young end, as it is used.
      sizes.delete(name);
      sizes.set(name, size);
      const bytes = await readFile(pathOf(name)).catch(() => null);
      if (!bytes) await forget(name);
      return bytes;
    },

    async put(name, bytes) {
      if (bytes.length > maxBytes) return;
      const unfinished = `${pathOf(name)}.part`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(unfinished, bytes);
        await rename(unfinished, pathOf(name));
      } catch {
        return;
      }
      total += bytes.length - (sizes.get(name) ?? 0);
      sizes.delete(name);
      sizes.set(name, bytes.length);
      for (const oldest of sizes.keys()) {
        if (total <= maxBytes) return;
        await forget(oldest);
      }
    },
  };
}

/** Sizes by name, the longest unwritten first. */
async function readSizes(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith(SUFFIX))
      .map(async (name) => ({ name: name.slice(0, -SUFFIX.length), ...(await sizeOf(join(folder, name))) })),
  );
  return new Map(files.sort((a, b) => a.at - b.at).map(({ name, size }) => [name, size]));
}

async function sizeOf(path: string): Promise<{ readonly size: number; readonly at: number }> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, at: mtimeMs };
  } catch {
    return { size: 0, at: 0 };
  }
}
