/**
 * The demo's photos in a folder: each is drawn once, when first asked for, and is there at every start after that. A photo that a kill left half
 * written is never seen: it gets its name when it is whole.
 */
import { mkdirSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type PhotoAlbum = {
  /** The photo of this name; nothing where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /** Draws what is missing, one after the other, so that whoever asks for a photo now does not wait for all. */
  complete(): Promise<void>;
  /** Whether nothing is missing. */
  isComplete(): Promise<boolean>;
};

/** `draw` gives the photo of one of these names, always the same. */
export function openPhotoAlbum(
  folder: string,
  names: readonly string[],
  draw: (name: string) => Promise<Uint8Array>,
): PhotoAlbum {
  mkdirSync(folder, { recursive: true });
  const drawing = new Map<string, Promise<Uint8Array>>();
  const known = new Set(names);
  const fileOf = (name: string) => join(folder, `${name}.jpg`);

  async function kept(name: string): Promise<Uint8Array | null> {
    return await readFile(fileOf(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
  }

  async function drawAndKeep(name: string): Promise<Uint8Array> {
    const bytes = await draw(name);
    const unfinished = `${fileOf(name)}.unfinished`;
    await writeFile(unfinished, bytes);
    await rename(unfinished, fileOf(name));
    return bytes;
  }

  function drawOnce(name: string): Promise<Uint8Array> {
    const begun = drawing.get(name) ?? drawAndKeep(name).finally(() => drawing.delete(name));
    drawing.set(name, begun);
    return begun;
  }

  async function read(name: string): Promise<Uint8Array | null> {
    if (!known.has(name)) return null;
    return (await kept(name)) ?? (await drawOnce(name));
  }

  return {
    read,
    async complete() {
      for (const name of names) await read(name);
    },
    // They are drawn in their order.
    isComplete: async () => (await kept(names.at(-1) ?? "")) !== null,
  };
}
