/**
 * The decoding side of the decode pool: a process of its own that decodes one image at a time and may be killed at any moment.
 * Never loads anything but raster formats from memory, and never outlives its parent.
 */
import sharp from "sharp";
import { type ChildAnswer, isChildTask } from "./decode-messages.ts";

const RASTER_LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((name) => `VipsForeignLoad${name}Buffer`);
const MEMORY_CHECK_MS = 20;
/** Every pixel is decoded, and this much is kept of the result. */
const KEPT_SIDE = 8;

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: RASTER_LOADERS });
sharp.cache(false);
sharp.concurrency(1);

process.on("message", (message: unknown) => {
  if (isChildTask(message)) void decode(message.bytes, message.maxPixels, message.maxMemoryBytes).then(answer);
});
// A decode under way would hold up an ordinary exit.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
answer({ kind: "ready" });

async function decode(bytes: Uint8Array, maxPixels: number, maxMemoryBytes: number): Promise<ChildAnswer> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > maxMemoryBytes) answer({ kind: "out-of-memory" });
  }, MEMORY_CHECK_MS);
  try {
    await sharp(bytes, { failOn: "error", limitInputPixels: maxPixels, sequentialRead: true })
      .resize({ width: KEPT_SIDE, height: KEPT_SIDE, fit: "fill" })
      .raw()
      .toBuffer();
    return { kind: "decoded" };
  } catch (error) {
    return { kind: "broken", detail: firstLine(error) };
  } finally {
    clearInterval(watch);
  }
}

/** libvips repeats itself, a line for each attempt. */
function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return `it does not decode: ${line}`;
}

function answer(message: ChildAnswer): void {
  process.send?.(message);
}
