/**
 * The decoding side of the decode pool: a process of its own that decodes one image at a time and may be killed at any moment.
 * Never loads anything but raster formats from memory, and never outlives its parent.
 */
import sharp from "sharp";
import { type ChildAnswer, DAMAGED, type DecodeWork, isChildTask, isTrap } from "./decode-messages.ts";
import { decodePixels } from "./decode-pixels.ts";
import { createByteReader } from "./handed-bytes.ts";
import { inspectPhoto } from "./inspect-photo.ts";
import { NoPicture } from "./raw-picture.ts";
import { uprightPicture } from "./upright-picture.ts";

const RASTER_LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((name) => `VipsForeignLoad${name}Buffer`);
const MEMORY_CHECK_MS = 20;
const LAST_WORDS_MS = 500;

/** `onBytes` sees what is to be decoded before anything else does; for tests of what a decoder may do to its process. */
export function runDecodeChild(onBytes: (bytes: Uint8Array) => void = () => {}): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: RASTER_LOADERS });
  sharp.cache(false);
  sharp.concurrency(1);
  const readBytes = createByteReader();

  process.on("message", (message: unknown) => {
    if (!isChildTask(message)) return;
    const bytes = readBytes(message.length);
    if (bytes === null) return endNow();
    onBytes(bytes);
    void watched({ ...message, bytes }).then(answer);
  });
  process.on("disconnect", endNow);
  answer({ kind: "ready" });
}

/** A decode under way would hold up an ordinary exit. */
function endNow(): void {
  process.kill(process.pid, "SIGKILL");
}

async function watched(task: DecodeWork): Promise<ChildAnswer> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() <= task.maxMemoryBytes) return;
    clearInterval(watch);
    giveUp();
  }, MEMORY_CHECK_MS);
  try {
    return await done(task);
  } catch (error) {
    // The next image goes to a fresh process.
    if (isTrap(error)) endNow();
    return error instanceof NoPicture ? { kind: "broken", detail: error.message } : DAMAGED;
  } finally {
    clearInterval(watch);
  }
}

async function done(task: DecodeWork): Promise<ChildAnswer> {
  switch (task.want.kind) {
    case "verdict":
      return await decodePixels(task.bytes, task.maxPixels);
    case "thumbnail":
      return await shrink(task, task.want.side);
    case "inspection":
      return { kind: "inspected", inspection: await inspectPhoto(task, task.want.withPixels) };
  }
}

/** Shows what is there: whether pixels are missing is not the question here. */
async function shrink({ bytes, maxPixels }: DecodeWork, side: number): Promise<ChildAnswer> {
  const picture = await (await uprightPicture(bytes, maxPixels))
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 70 })
    .toBuffer();
  return { kind: "picture", bytes: picture };
}

/** The parent names the cause and kills; one that is too busy for it is not waited for. */
function giveUp(): void {
  answer({ kind: "out-of-memory" });
  setTimeout(endNow, LAST_WORDS_MS);
}

function answer(message: ChildAnswer): void {
  process.send?.(message);
}
