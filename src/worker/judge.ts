/**
 * What inspections mean beside each other: keeps what photos look like, finds those that were used again, and says what is wrong
 * with each by itself. Everything here may be repeated: a chunk that runs again changes nothing. Never fails an image.
 */
import type { Findings } from "../domain/findings.ts";
import type { ImageResult, ImageTask } from "../domain/job.ts";
import { plainText } from "../domain/plain-text.ts";
import type { ReuseRules, TruthRules } from "../domain/truth-rules.ts";
import { visitDateOf } from "../domain/visit-time.ts";
import type { AlikePhoto, InspectionLedger, Print, ReusedPhoto } from "../ledger/port/inspection-ledger.ts";
import { LedgerUnavailable } from "../ledger/port/ledger-unavailable.ts";
import type { StoreLedger } from "../ledger/port/store-ledger.ts";
import type { InspectedImage } from "../pipeline/inspect-image.ts";
import { NO_PROBES } from "../truth/fingerprint.ts";
import type { Inspection } from "../truth/inspection.ts";
import { layOverOf } from "../truth/lay-over.ts";
import { type Compared, type ComparePhotos, matchesAmong } from "../truth/match.ts";
import { photoFindings } from "../truth/photo-findings.ts";
import type { Place } from "../truth/place.ts";
import { reuseFrom, type Sighting } from "../truth/reuse-rules.ts";

/** A result as the pipeline gives it, with its inspection where one was asked for. */
export type RunResult = ImageResult & { readonly inspected?: InspectedImage | null };

/** The job of results that are judged, and what it is judged by. */
export type JudgedJob = { readonly jobId: number; readonly rules: TruthRules };

export type Judge = (
  job: JudgedJob,
  images: readonly ImageTask[],
  results: readonly RunResult[],
) => Promise<readonly ImageResult[]>;

type Seen = {
  readonly task: ImageTask;
  readonly digest: string | null;
  readonly inspection: Inspection;
  readonly result: ImageResult;
};

/** Each look is milliseconds of the ledger's time, which others wait for. */
const PHOTOS_A_LOOK = 10;

export function createJudge(deps: {
  readonly ledger: InspectionLedger & Pick<StoreLedger, "readStorePlaces">;
  readonly compare: ComparePhotos;
  readonly onError: (error: unknown) => void;
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

  /** By image, of those that may show what another does. One call for several: each has to cross to the ledger and back. */
  async function alikeTo(jobId: number, seen: readonly Seen[]): Promise<ReadonlyMap<number, readonly AlikePhoto[]>> {
    const asked = seen.flatMap(({ task, digest, inspection: { fingerprint } }) =>
      fingerprint || digest !== null ? [{ image: task.no, digest, probes: fingerprint?.probes ?? NO_PROBES }] : [],
    );
    const found = asked.length === 0 ? [] : await ledger.findAlike(jobId, asked);
    return new Map(asked.map(({ image }, i) => [image, found[i] ?? []]));
  }

  async function reusesOf(
    { jobId, rules }: JudgedJob,
    { task, inspection }: Seen,
    alike: readonly AlikePhoto[],
  ): Promise<ReusedPhoto[]> {
    const { fingerprint, exif } = inspection;
    const here = sightingOf(jobId, { ...task, taken: exif.taken });
    const found: ReusedPhoto[] = [];
    for (const { photo, match } of await matchesAmong(deps.compare, fingerprint?.sketch ?? null, alike)) {
      const reuse = reuseOf(match, { jobId, image: task.no, here, restsOn: inspection.restsOn }, photo, rules.reuse);
      if (reuse) found.push(reuse);
    }
    return found;
  }

  function findingsOf(
    { task, inspection, result: { outcome } }: Seen,
    places: ReadonlyMap<string, Place>,
    { thresholds }: TruthRules,
  ): Findings {
    const size = outcome.kind === "measured" ? outcome : null;
    const storePlace = places.get(task.storeId) ?? null;
    return photoFindings({ inspection, size, visitTime: task.visitTime, storePlace }, thresholds);
  }

  return async ({ jobId, rules }, images, results) => {
    const tasks = new Map(images.map((task) => [task.no, task]));
    const notInspected = new Map<number, string>();
    const seen = results.flatMap(({ inspected, ...result }) => {
      if (inspected?.kind === "not-inspected") notInspected.set(result.no, inspected.why);
      const task = tasks.get(result.no);
      return task && inspected?.kind === "inspected" ? [{ ...inspected, task, result }] : [];
    });

    /** Work on one photo; a fault costs that photo its findings and nothing else. */
    async function each(photos: readonly Seen[], work: (photo: Seen) => Promise<void>): Promise<void> {
      for (const photo of photos) {
        if (notInspected.has(photo.result.no)) continue;
        try {
          await work(photo);
        } catch (error) {
          if (error instanceof LedgerUnavailable) throw error;
          deps.onError(error);
          notInspected.set(photo.result.no, "a fault in Storewalk while it was judged; its log has the cause");
        }
      }
    }

    /** Work on all of them at once; a fault has it done for each. */
    async function together(photos: readonly Seen[], work: (photos: readonly Seen[]) => Promise<void>): Promise<void> {
      try {
        await work(photos);
      } catch (error) {
        if (error instanceof LedgerUnavailable) throw error;
        await each(photos, (photo) => work([photo]));
      }
    }

    const findings = new Map<number, Findings>();
    if (seen.length > 0) {
      await together(seen, (photos) => keep(jobId, photos));
      const places = await ledger.readStorePlaces([...new Set(seen.map(({ task }) => task.storeId))]);
      for (let from = 0; from < seen.length; from += PHOTOS_A_LOOK) {
        const some = seen.slice(from, from + PHOTOS_A_LOOK).filter(({ result }) => !notInspected.has(result.no));
        const alike = new Map<number, readonly AlikePhoto[]>();
        await together(some, async (photos) => {
          for (const [image, found] of await alikeTo(jobId, photos)) alike.set(image, found);
        });
        await each(some, async (photo) => {
          const reuses = await reusesOf({ jobId, rules }, photo, alike.get(photo.result.no) ?? []);
          if (reuses.length > 0) await ledger.addReuses(reuses);
          findings.set(photo.result.no, findingsOf(photo, places, rules));
        });
      }
    }
    return results.map(({ inspected: _, ...result }) => {
      const why = notInspected.get(result.no);
      if (why !== undefined) return { ...result, findings: { flags: [], figures: {}, notInspected: plainText(why) } };
      const found = findings.get(result.no);
      return found ? { ...result, findings: found } : result;
    });
  };
}

function sightingOf(
  jobId: number,
  { storeId, visit, visitTime, taken }: Pick<AlikePhoto, "storeId" | "visit" | "visitTime" | "taken">,
): Sighting {
  return { storeId, visit: `${jobId}/${visit}`, day: visitDateOf(visitTime), taken };
}

/** The later of the two was used again, whichever of them is looked at now. */
function reuseOf(
  match: NonNullable<Compared>,
  the: { readonly jobId: number; readonly image: number; readonly here: Sighting; readonly restsOn: Print["restsOn"] },
  other: AlikePhoto,
  rules: ReuseRules,
): ReusedPhoto | null {
  const there = sightingOf(other.jobId, other);
  const [later, earlier] = other.isEarlier ? [the.here, there] : [there, the.here];
  const evidence = {
    ...match,
    sameBytes: other.hasSameBytes,
    byThumbnail: the.restsOn === "thumbnail" || other.restsOn === "thumbnail",
  };
  const reuse = reuseFrom(evidence, later, earlier, rules);
  if (!reuse) return null;
  const layOver = layOverOf(match, other.isEarlier ? "onto" : "back");
  const me = { jobId: the.jobId, image: the.image };
  const them = { jobId: other.jobId, image: other.image };
  return other.isEarlier ? { ...reuse, ...me, earlier: them, layOver } : { ...reuse, ...them, earlier: me, layOver };
}
