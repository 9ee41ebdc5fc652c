/** What is wrong with one photo by itself, in words and figures, under the thresholds of its job. Knows no other photo. */
import type { Figures, Finding, Findings } from "../domain/findings.ts";
import type { Thresholds } from "../domain/truth-rules.ts";
import type { Inspection } from "./inspection.ts";
import type { Place } from "./place.ts";
import { type Quality, type QualityFlag, qualityFlags } from "./quality.ts";
import { placeApart, timeApart } from "./time-and-place.ts";
import { visitClock } from "./wall-time.ts";

type Size = { readonly width: number; readonly height: number };

export type InspectedPhoto = {
  readonly inspection: Inspection;
  /** Null where the image has no measure. */
  readonly size: Size | null;
  readonly visitTime: string;
  readonly storePlace: Place | null;
};

export function photoFindings(photo: InspectedPhoto, thresholds: Thresholds): Findings {
  const { quality, unseen, exif, edited } = photo.inspection;
  const time = timeApart({
    taken: exif.taken,
    gpsSeconds: exif.gpsSeconds,
    visit: visitClock(photo.visitTime),
    toleranceHours: thresholds.time_tolerance_h,
  });
  const place = placeApart(exif.place, photo.storePlace, thresholds.place_tolerance_m);
  const figures: Figures = {
    ...(quality && {
      sharpness: rounded(quality.sharpness),
      smear: rounded(quality.smear),
      p95: quality.p95,
      p5: quality.p5,
    }),
    ...(photo.size && { shorter_side: Math.min(photo.size.width, photo.size.height) }),
    ...(time && { hours_apart: rounded(time.hours) }),
    ...(place && { metres_apart: place.metres }),
  };
  const flags: Finding[] = qualityFindings(quality, photo.size, thresholds);
  if (time?.why) {
    const weight = time.isCertain ? "strong" : "likely";
    flags.push({
      flag: "wrong_time",
      why: time.why,
      ...figured("hours_apart", figures, thresholds.time_tolerance_h),
      weight,
    });
  }
  if (place?.why) {
    const metres = figured("metres_apart", figures, thresholds.place_tolerance_m);
    flags.push({ flag: "wrong_place", why: place.why, ...metres, weight: "strong" });
  }
  if (edited !== null)
    flags.push({ flag: "edited", why: edited, measure: null, figure: null, threshold: null, weight: "likely" });
  return { flags, figures, notInspected: unseen && `its pixels were not looked at: ${unseen}` };
}

function figured(measure: keyof Figures, figures: Figures, threshold: number) {
  return { measure, figure: figures[measure] ?? null, threshold };
}

function qualityFindings(quality: Quality | null, size: Size | null, the: Thresholds): Finding[] {
  const given = size ?? { width: Number.NaN, height: Number.NaN };
  return qualityFlags(quality, given, the).map((flag) => qualityFinding(flag, quality, given, the));
}

function qualityFinding(flag: QualityFlag, quality: Quality | null, { width, height }: Size, the: Thresholds): Finding {
  if (flag === "small" || !quality) {
    const side = { measure: "shorter_side", figure: Math.min(width, height), threshold: the.least_side } as const;
    return { flag: "small", why: `${width} x ${height} pixels`, ...side, weight: "strong" };
  }
  const { sharpness, smear, p5, p95 } = quality;
  const weight = "likely";
  switch (flag) {
    case "blurred": {
      const why = `soft edges: sharpness ${sharpness.toFixed(3)}, smear ${smear.toFixed(2)}`;
      return sharpness < the.least_sharpness
        ? { flag, why, measure: "sharpness", figure: rounded(sharpness), threshold: the.least_sharpness, weight }
        : { flag, why, measure: "smear", figure: rounded(smear), threshold: the.most_smear, weight };
    }
    case "dark": {
      const why = `95 of 100 pixels are at most ${p95} of 255 bright`;
      return { flag, why, measure: "p95", figure: p95, threshold: the.dark_below, weight };
    }
    case "bright": {
      const why = `95 of 100 pixels are at least ${p5} of 255 bright`;
      return { flag, why, measure: "p5", figure: p5, threshold: the.bright_above, weight };
    }
  }
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
