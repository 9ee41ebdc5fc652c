/**
 * The demo's photos in a folder: each is drawn once, when first asked for, and is there at every start after that. A photo that a kill left half
 * written is never seen: it gets its name when it is whole.
 */
import { mkdirSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type PhotoAlbum = {
  /** Photo `no`; nothing where there is none of that number. */
  read(no: number): Promise<Uint8Array | null>;
  /** Draws what is missing, one after the other, so that whoever asks for a photo now does not wait for all. */
  complete(): Promise<void>;
  /** Whether nothing is missing. */
  isComplete(): Promise<boolean>;
};

export function openPhotoAlbum(folder: string, count: number): PhotoAlbum {
  mkdirSync(folder, { recursive: true });
  const drawing = new Map<number, Promise<Uint8Array>>();
  const fileOf = (no: number) => join(folder, `${no}.jpg`);

  async function kept(no: number): Promise<Uint8Array | null> {
    return await readFile(fileOf(no)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
  }

  async function draw(no: number): Promise<Uint8Array> {
    // sharp takes longer to load than a start may take, and is needed once.
    const { drawPhoto } = await import("./photos.ts");
    const bytes = await drawPhoto(no);
    const unfinished = `${fileOf(no)}.unfinished`;
    await writeFile(unfinished, bytes);
    await rename(unfinished, fileOf(no));
    return bytes;
  }

  function drawOnce(no: number): Promise<Uint8Array> {
    const begun = drawing.get(no) ?? draw(no).finally(() => drawing.delete(no));
    drawing.set(no, begun);
    return begun;
  }

  async function read(no: number): Promise<Uint8Array | null> {
    if (!(Number.isInteger(no) && no >= 0 && no < count)) return null;
    return (await kept(no)) ?? (await drawOnce(no));
  }

  return {
    read,
    async complete() {
      for (let no = 0; no < count; no++) await read(no);
    },
    // They are drawn in their order.
    isComplete: async () => (await kept(count - 1)) !== null,
  };
}
