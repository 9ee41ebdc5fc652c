/** How the figures of a job's inspected photos are spread, so that people can choose thresholds by what is there. Reads a sample of large jobs. */
import type { FigureName, PhotoFlag } from "../domain/findings.ts";
import type { ThresholdName, Thresholds } from "../domain/truth-rules.ts";
import type { InspectedFigures, ReviewLedger } from "../ledger/port/review-ledger.ts";

const MOST_LOOKED_AT = 20_000;
/** A sample is made of so many pieces, spread evenly over the job. */
const PIECES = 200;
const BINS = 50;

type Judged = {
  readonly figure: FigureName;
  readonly flag: PhotoFlag;
  readonly option: ThresholdName;
  readonly flaggedWhen: "below" | "above";
};

const JUDGED: readonly Judged[] = [
  { figure: "sharpness", flag: "blurred", option: "least_sharpness", flaggedWhen: "below" },
  { figure: "smear", flag: "blurred", option: "most_smear", flaggedWhen: "above" },
  { figure: "p95", flag: "dark", option: "dark_below", flaggedWhen: "below" },
  { figure: "p5", flag: "bright", option: "bright_above", flaggedWhen: "above" },
  { figure: "shorter_side", flag: "small", option: "least_side", flaggedWhen: "below" },
  { figure: "hours_apart", flag: "wrong_time", option: "time_tolerance_h", flaggedWhen: "above" },
  { figure: "metres_apart", flag: "wrong_place", option: "place_tolerance_m", flaggedWhen: "above" },
];

export type Bin = { readonly from: number; readonly to: number; readonly images: number };
export type Spread = Judged & {
  readonly threshold: number;
  /** Null where no photo has the figure. */
  readonly least: number | null;
  readonly most: number | null;
  readonly images: number;
  /** On the flagged side of the threshold. */
  readonly flagged: number;
  readonly bins: readonly Bin[];
};

type Cause = { readonly why: string; readonly images: number };
export type QualitySpread = {
  /** Photos that were inspected. */
  readonly lookedAt: number;
  readonly notInspected: readonly Cause[];
  readonly figures: readonly Spread[];
};

export async function readQualitySpread(
  ledger: Pick<ReviewLedger, "readFigures">,
  job: { readonly jobId: number; readonly images: number; readonly thresholds: Thresholds },
): Promise<QualitySpread> {
  const asked = await ledger.readFigures(job.jobId, rangesOf(job.images));
  const photos = asked.filter(({ notInspected }) => notInspected === null);
  const figures = JUDGED.map((judged) => spreadOf(judged, photos, job.thresholds));
  return { lookedAt: photos.length, notInspected: causesOf(asked), figures };
}

/** Why photos were not inspected, or not in full, the most frequent cause first. */
function causesOf(asked: readonly InspectedFigures[]): readonly Cause[] {
  const whys = asked.flatMap(({ notInspected }) => notInspected ?? []);
  return Array.from(
    Map.groupBy(whys, (why) => why),
    ([why, same]) => ({ why, images: same.length }),
  ).sort((a, b) => b.images - a.images);
}

function rangesOf(images: number): readonly { readonly first: number; readonly last: number }[] {
  if (images <= MOST_LOOKED_AT) return [{ first: 0, last: images - 1 }];
  const length = MOST_LOOKED_AT / PIECES;
  return Array.from({ length: PIECES }, (_, piece) => {
    const first = Math.floor((piece * (images - length)) / (PIECES - 1));
    return { first, last: first + length - 1 };
  });
}

function spreadOf(judged: Judged, photos: readonly InspectedFigures[], thresholds: Thresholds): Spread {
  const threshold = thresholds[judged.option];
  const values = photos.flatMap((photo) => figureOf(judged.figure, photo) ?? []);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const isFlagged = (value: number) => (judged.flaggedWhen === "below" ? value < threshold : value > threshold);
  const shared = { ...judged, threshold, images: values.length, flagged: values.filter(isFlagged).length };
  return values.length === 0
    ? { ...shared, least: null, most: null, bins: [] }
    : { ...shared, least, most, bins: binsOf(values, least, most) };
}

/** The shorter side is in every result, also in those of before figures were kept. */
function figureOf(name: FigureName, { figures, width, height }: InspectedFigures): number | null {
  if (name === "shorter_side") return width === null || height === null ? null : Math.min(width, height);
  return figures[name] ?? null;
}

/** Equal steps, the last of them with its end; one bin where all are the same. */
function binsOf(values: readonly number[], least: number, most: number): readonly Bin[] {
  if (least === most) return [{ from: least, to: most, images: values.length }];
  const step = (most - least) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - least) / step));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((images, bin) => ({
    from: least + bin * step,
    to: bin === BINS - 1 ? most : least + (bin + 1) * step,
    images,
  }));
}
