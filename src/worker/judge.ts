/**
 * What inspections mean beside each other: keeps what photos look like, finds those that were used again, and says what is wrong
 * with each by itself. Everything here may be repeated: a chunk that runs again changes nothing. Never fails an image.
 */
import type { Findings } from "../domain/findings.ts";
import type { ImageResult, ImageTask } from "../domain/job.ts";
import { visitDateOf } from "../domain/visit-time.ts";
import type { AlikePhoto, InspectionLedger, ReusedPhoto } from "../ledger/port/inspection-ledger.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import type { InspectedImage } from "../pipeline/inspect-image.ts";
import type { Inspection } from "../truth/inspection.ts";
import { createMatcher, type Match } from "../truth/match.ts";
import type { Place } from "../truth/place.ts";
import { type Quality, type QualityFlag, qualityFlags } from "../truth/quality.ts";
import { reuseFrom, type Sighting } from "../truth/reuse-rules.ts";
import { placeFinding, timeFinding } from "../truth/time-and-place.ts";
import { visitClock } from "../truth/wall-time.ts";

/** A result as the pipeline gives it, with its inspection where one was asked for. */
export type RunResult = ImageResult & { readonly inspected?: InspectedImage | null };

export type Judge = (
  jobId: number,
  images: readonly ImageTask[],
  results: readonly RunResult[],
) => Promise<readonly ImageResult[]>;

type Seen = {
  readonly task: ImageTask;
  readonly digest: string | null;
  readonly inspection: Inspection;
  readonly result: ImageResult;
};

export function createJudge(deps: {
  readonly ledger: InspectionLedger & Pick<StoreLedger, "readStorePlaces">;
  readonly timeToleranceHours: number;
  readonly placeToleranceMetres: number;
}): Judge {
  const { ledger } = deps;

  async function keep(jobId: number, seen: readonly Seen[]): Promise<void> {
    await ledger.keepPrints(
      jobId,
      seen.map(({ task, digest, inspection: { fingerprint, restsOn, exif } }) => ({
        image: task.no,
        digest,
        sketch: fingerprint?.sketch ?? null,
        entries: fingerprint?.entries ?? [],
        restsOn,
        taken: exif.taken,
      })),
    );
  }

  async function reusesOf(jobId: number, { task, digest, inspection }: Seen): Promise<ReusedPhoto[]> {
    const { fingerprint, exif } = inspection;
    if (!fingerprint && digest === null) return [];
    const alike = await ledger.findAlike({ jobId, image: task.no }, digest, fingerprint?.probes ?? []);
    if (alike.length === 0) return [];
    const likeness = fingerprint && createMatcher(fingerprint.sketch);
    const here = sightingOf(jobId, { ...task, taken: exif.taken });
    const found: ReusedPhoto[] = [];
    for (const photo of alike) {
      const match = photo.hasSameBytes ? SAME_BYTES : photo.sketch && likeness?.(photo.sketch, photo.guesses);
      // Comparing is milliseconds of work, and this thread answers others.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const reuse = match && reuseOf(match, { jobId, image: task.no, here }, photo);
      if (reuse) found.push(reuse);
    }
    return found;
  }

  function findingsOf({ task, inspection, result }: Seen, places: ReadonlyMap<string, Place>): Findings {
    const { quality, exif, edited } = inspection;
    const { outcome } = result;
    const size = outcome.kind === "measured" ? outcome : { width: Number.NaN, height: Number.NaN };
    const time = timeFinding({
      taken: exif.taken,
      gpsSeconds: exif.gpsSeconds,
      visit: visitClock(task.visitTime),
      toleranceHours: deps.timeToleranceHours,
    });
    const place = placeFinding(exif.place, places.get(task.storeId) ?? null, deps.placeToleranceMetres);
    return {
      flags: [
        ...qualityFlags(quality, size).map((flag) => ({ flag, why: qualityWords(flag, quality, size) })),
        ...[time, place].flatMap((finding) => (finding ? [{ flag: finding.flag, why: finding.why }] : [])),
        ...(edited === null ? [] : [{ flag: "edited" as const, why: edited }]),
      ],
      notInspected: null,
    };
  }

  return async (jobId, images, results) => {
    const tasks = new Map(images.map((task) => [task.no, task]));
    const seen = results.flatMap(({ inspected, ...result }) => {
      const task = tasks.get(result.no);
      return task && inspected?.kind === "inspected" ? [{ ...inspected, task, result }] : [];
    });
    if (seen.length > 0) await keep(jobId, seen);
    const places =
      seen.length > 0 ? await ledger.readStorePlaces([...new Set(seen.map(({ task }) => task.storeId))]) : new Map();
    const reuses: ReusedPhoto[] = [];
    for (const photo of seen) reuses.push(...(await reusesOf(jobId, photo)));
    if (reuses.length > 0) await ledger.addReuses(reuses);
    const findings = new Map(seen.map((photo) => [photo.result.no, findingsOf(photo, places)]));
    return results.map(({ inspected, ...result }) => {
      if (inspected?.kind === "not-inspected")
        return { ...result, findings: { flags: [], notInspected: inspected.why } };
      const found = findings.get(result.no);
      return found ? { ...result, findings: found } : result;
    });
  };
}

const SAME_BYTES = { score: 1, view: "as it is" } as const;

function sightingOf(
  jobId: number,
  { storeId, visit, visitTime, taken }: Pick<AlikePhoto, "storeId" | "visit" | "visitTime" | "taken">,
): Sighting {
  return { storeId, visit: `${jobId}/${visit}`, day: visitDateOf(visitTime), taken };
}

/** The later of the two was used again, whichever of them is looked at now. */
function reuseOf(
  match: Pick<Match, "score" | "view">,
  { jobId, image, here }: { readonly jobId: number; readonly image: number; readonly here: Sighting },
  other: AlikePhoto,
): ReusedPhoto | null {
  const there = sightingOf(other.jobId, other);
  const [later, earlier] = other.isEarlier ? [here, there] : [there, here];
  const reuse = reuseFrom({ ...match, sameBytes: other.hasSameBytes }, later, earlier);
  if (!reuse) return null;
  const me = { jobId, image };
  const them = { jobId: other.jobId, image: other.image };
  return other.isEarlier ? { ...them, ...reuse, ...me, earlier: them } : { ...reuse, ...them, earlier: me };
}

function qualityWords(
  flag: QualityFlag,
  quality: Quality | null,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  if (flag === "small" || !quality) return `${width} x ${height} pixels`;
  switch (flag) {
    case "blurred":
      return `soft edges: sharpness ${quality.sharpness.toFixed(3)}, smear ${quality.smear.toFixed(2)}`;
    case "dark":
      return `95 of 100 pixels are at most ${quality.p95} of 255 bright`;
    case "bright":
      return `95 of 100 pixels are at least ${quality.p5} of 255 bright`;
  }
}
