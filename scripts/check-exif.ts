/**
 * Compares what src/truth/exif.ts reads with exiftool, file by file. Usage: npm run check:exif -- FOLDER…
 * Prints each difference, and fails when a date or a place is read differently or not at all.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readExif } from "../src/truth/exif.ts";
import { placeFrom } from "../src/truth/place.ts";
import { exifTime } from "../src/truth/wall-time.ts";

const TAGS = ["-ExifIFD:DateTimeOriginal", "-ExifIFD:CreateDate", "-GPSLatitude", "-GPSLongitude"];
const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error("usage: npm run check:exif -- FOLDER…");
  process.exit(64);
}
const run = spawnSync("exiftool", ["-json", "-n", "-fast", ...TAGS, ...folders], {
  encoding: "utf8",
  maxBuffer: 2 ** 28,
});
if (run.error) {
  console.error(
    `SKIPPED: exiftool is not installed (${run.error.message}); on Debian: apt-get install libimage-exiftool-perl`,
  );
  process.exit(0);
}
const files: unknown = JSON.parse(run.stdout);
if (!Array.isArray(files)) throw new Error("exiftool gave no list");

const seen = { files: 0, dates: 0, places: 0, differences: 0 };
for (const tags of files) await compare(tags);
console.log(`${seen.files} files: ${seen.dates} dates, ${seen.places} places; ${seen.differences} differences`);
process.exit(seen.differences === 0 ? 0 : 1);

async function compare(tags: Readonly<Record<string, unknown>>): Promise<void> {
  const file = String(tags.SourceFile);
  const exif = await readExif(readFileSync(file));
  seen.files++;
  const wanted = exifTime(String(tags.DateTimeOriginal ?? tags.CreateDate ?? ""), null);
  if (wanted) seen.dates++;
  tell(file, "date", wanted?.clockSeconds, exif.taken?.clockSeconds);
  const place = placeFrom(Number(tags.GPSLatitude ?? Number.NaN), Number(tags.GPSLongitude ?? Number.NaN));
  if (place && tags.GPSLatitude !== "") seen.places++;
  const rounded = (value: number | undefined) => value?.toFixed(4);
  if (tags.GPSLatitude !== "") {
    tell(file, "latitude", rounded(place?.latitude), rounded(exif.place?.latitude));
    tell(file, "longitude", rounded(place?.longitude), rounded(exif.place?.longitude));
  }
}

function tell(file: string, what: string, wanted: unknown, got: unknown): void {
  if (wanted === got) return;
  seen.differences++;
  console.log(`${basename(file)}: ${what} ${String(got)}, exiftool says ${String(wanted)}`);
}
