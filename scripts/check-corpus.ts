/**
 * Measures a folder of real images against its manifest: `npm run check:corpus -- FOLDER [complete|header|decode]`.
 * Exits 1 when anything is measured wrong, or a good JPEG, PNG, GIF, WebP or BMP is refused. The images never enter the repository.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ImageOutcome, INTEGRITY_LEVELS } from "../src/domain/image.ts";
import { createDecoder } from "../src/pipeline/measure/decode-pool.ts";
import {
  createImageMeasurer,
  DEFAULT_MAX_HEADER_BYTES,
  DEFAULT_MAX_PIXELS,
} from "../src/pipeline/measure/measure-image.ts";
import { createMemorySource } from "../src/testing/memory-source.ts";

type Row = {
  readonly file: string;
  readonly format: string;
  readonly size: string;
  readonly verdict: string;
  readonly about: string;
};
type Tally = { right: number; wrong: number; refused: number; total: number };

const MUST_BE_RIGHT = new Set(["jpeg", "png", "gif", "webp", "bmp"]);
const GOOD = new Set(["clean", "clean-header"]);
/** Their headers are clean, as the manifest says; a marker in the middle of their scans ends the picture, and its last rows are grey. */
const DAMAGED_PICTURES = new Set(["040.jpg", "041.jpg"]);

const folder = process.argv[2] ?? "../shared/corpus";
const integrity = INTEGRITY_LEVELS.find((level) => level === process.argv[3]) ?? "complete";
if (existsSync(join(folder, "manifest.tsv"))) process.exitCode = await check();
else console.log(`No corpus at ${folder}: nothing was checked.`);

async function check(): Promise<number> {
  const decoder = createDecoder({ maxPixels: DEFAULT_MAX_PIXELS });
  const measurer = createImageMeasurer({
    maxPixels: DEFAULT_MAX_PIXELS,
    maxHeaderBytes: DEFAULT_MAX_HEADER_BYTES,
    decoder,
  });
  const tallies = new Map<string, Tally>();
  const faults: string[] = [];
  const others: string[] = [];
  for (const row of readManifest(join(folder, "manifest.tsv"))) {
    const bytes = readFileSync(join(folder, "images", row.file));
    const outcome = await measurer.measure(createMemorySource(bytes), integrity, AbortSignal.timeout(60_000));
    const line = `${row.file} (${row.verdict}${row.about && `, ${row.about}`}): wanted ${row.size}, got ${inWords(outcome)}`;
    const isRefused = outcome.kind === "failed";
    const isWrong =
      outcome.width !== undefined && row.size !== "x" && `${outcome.width}x${outcome.height}` !== row.size;
    if (isWrong && row.size !== "0x0") faults.push(`wrong: ${line}`);
    const isDamaged = integrity === "decode" && DAMAGED_PICTURES.has(row.file);
    if (isDamaged && !isRefused) faults.push(`not refused: ${line}`);
    if (!GOOD.has(row.verdict) || row.format === "svg" || isDamaged) {
      others.push(line);
      continue;
    }
    if (isRefused) others.push(line);
    if (isRefused && MUST_BE_RIGHT.has(row.format)) faults.push(`refused: ${line}`);
    const tally = tallies.get(row.format) ?? { right: 0, wrong: 0, refused: 0, total: 0 };
    tally.total += 1;
    tally[isWrong ? "wrong" : isRefused ? "refused" : "right"] += 1;
    tallies.set(row.format, tally);
  }
  await measurer.close();
  console.table(Object.fromEntries(tallies));
  for (const line of others) console.log(line);
  console.log(faults.length === 0 ? `\nAll good at integrity "${integrity}".` : `\n${faults.join("\n")}`);
  return faults.length === 0 ? 0 : 1;
}

function readManifest(path: string): readonly Row[] {
  const [, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [file = "", format = "", , width = "", height = "", , verdict = "", about = ""] = line.split("\t");
    return { file, format, size: `${width}x${height}`, verdict, about };
  });
}

function inWords(outcome: ImageOutcome): string {
  const size = outcome.width === undefined ? "no size" : `${outcome.width}x${outcome.height}`;
  return outcome.kind === "measured" ? size : `${outcome.code} with ${size}: ${outcome.detail}`;
}
