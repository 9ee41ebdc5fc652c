/**
 * The decoding side of the decode pool: a process of its own that decodes one image at a time and may be killed at any moment.
 * Never loads anything but raster formats from memory, and never outlives its parent.
 */
import sharp from "sharp";
import { brokenBy, type ChildAnswer, type ChildTask, isChildTask } from "./decode-messages.ts";
import { detectFormat } from "./detect-format.ts";
import { inspectPhoto } from "./inspect-photo.ts";
import { bareJpeg } from "./jpeg-bare.ts";

const RASTER_LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((name) => `VipsForeignLoad${name}Buffer`);
const MEMORY_CHECK_MS = 20;
const LAST_WORDS_MS = 500;
/** Every pixel is decoded, and this much is kept of the result. */
const KEPT_SIDE = 8;

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: RASTER_LOADERS });
sharp.cache(false);
sharp.concurrency(1);

process.on("message", (message: unknown) => {
  if (isChildTask(message)) void watched(message).then(answer);
});
// A decode under way would hold up an ordinary exit.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
answer({ kind: "ready" });

async function watched(task: ChildTask): Promise<ChildAnswer> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() <= task.maxMemoryBytes) return;
    clearInterval(watch);
    giveUp();
  }, MEMORY_CHECK_MS);
  try {
    return await done(task);
  } catch (error) {
    return brokenBy(error);
  } finally {
    clearInterval(watch);
  }
}

async function done(task: ChildTask): Promise<ChildAnswer> {
  switch (task.want.kind) {
    case "verdict":
      return await decode(task);
    case "thumbnail":
      return await shrink(task, task.want.side);
    case "inspection":
      return { kind: "inspected", inspection: await inspectPhoto(task, task.want.withPixels) };
  }
}

async function decode({ bytes, maxPixels }: ChildTask): Promise<ChildAnswer> {
  await sharp(whatToDecode(bytes), {
    failOn: strictnessFor(bytes),
    limitInputPixels: maxPixels,
    sequentialRead: true,
  })
    .resize({ width: KEPT_SIDE, height: KEPT_SIDE, fit: "fill" })
    .raw()
    .toBuffer();
  return { kind: "decoded" };
}

/** Shows what is there: whether pixels are missing is not the question here. */
async function shrink({ bytes, maxPixels }: ChildTask, side: number): Promise<ChildAnswer> {
  const picture = await sharp(bytes, { failOn: "none", limitInputPixels: maxPixels, sequentialRead: true })
    .rotate()
    .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 70 })
    .toBuffer();
  return { kind: "picture", bytes: picture };
}

function formatOf(bytes: Uint8Array): string {
  const detected = detectFormat(bytes);
  return detected.kind === "format" ? detected.format : "none";
}

/**
 * Missing pixels are an error where they are missing, but for JPEG and GIF, whose decoders fill them in and warn. TIFF and PNG
 * warn of what does no harm: tags of an odd type (3 of 15 good TIFFs in the corpus), colour profiles that are out of date.
 */
function strictnessFor(bytes: Uint8Array): "warning" | "error" {
  const format = formatOf(bytes);
  return format === "jpeg" || format === "gif" ? "warning" : "error";
}

function whatToDecode(bytes: Uint8Array): Uint8Array {
  return formatOf(bytes) === "jpeg" ? bareJpeg(bytes) : bytes;
}

/** The parent names the cause and kills; one that is too busy for it is not waited for. */
function giveUp(): void {
  answer({ kind: "out-of-memory" });
  setTimeout(() => process.kill(process.pid, "SIGKILL"), LAST_WORDS_MS);
}

function answer(message: ChildAnswer): void {
  process.send?.(message);
}
