/** What the simulation's photos look like: a few drawn shelves, each shown by some images of every job. Worked out once for all seeds. */
import { aShelf } from "../../src/testing/grey-pictures.ts";
import { NO_EXIF } from "../../src/truth/exif.ts";
import { NO_PROBES } from "../../src/truth/fingerprint.ts";
import { type Inspection, inspectionOf } from "../../src/truth/inspection.ts";
import { comparePhotos } from "../../src/truth/match.ts";
import type { RunResult } from "../../src/worker/judge.ts";

/** More images of one shelf than a look-up names would be a test of that number. */
const SHELVES = 7;

/** By their bytes they are found; to ask for a thousand buckets by each look would make a seed ten times as long. */
const INSPECTIONS: readonly Inspection[] = Array.from({ length: SHELVES }, (_, shelf) => {
  const inspection = inspectionOf({ exif: NO_EXIF, picture: aShelf(shelf + 1), thumbnail: null, unseen: null });
  return { ...inspection, fingerprint: inspection.fingerprint && { ...inspection.fingerprint, probes: NO_PROBES } };
});

export function inspectedPhoto(jobId: number, image: number): NonNullable<RunResult["inspected"]> {
  const shelf = (jobId * 3 + image) % SHELVES;
  const inspection = INSPECTIONS[shelf];
  if (!inspection) throw new Error("no shelf was drawn");
  return { kind: "inspected", digest: String(shelf).repeat(64), inspection };
}

export const compare = async (...photos: Parameters<typeof comparePhotos>) => comparePhotos(...photos);
