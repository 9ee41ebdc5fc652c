/** The demo's sample job: visits to stores of the example store master with the photo host's photos, some of them broken on purpose. */
import { createRandom } from "../pipeline/gpu/random.ts";
import { BROKEN_PATHS } from "./photo-host.ts";

const VISITS = 100;
const PHOTOS_A_VISIT = 12;
const FIRST_DAY = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;

export type SampleJob = {
  readonly count: number;
  readonly visits: readonly {
    readonly store_id: string;
    readonly image_url: readonly string[];
    readonly visit_time: string;
  }[];
};

/** The same job every time; `host` is the photo host's address. */
export function sampleJob(host: string, photos: number): SampleJob {
  const random = createRandom(2026);
  const broken = Object.values(BROKEN_PATHS);
  const visits = Array.from({ length: VISITS }, (_, no) => {
    const urls = Array.from({ length: PHOTOS_A_VISIT }, () => `${host}/photos/${Math.floor(random() * photos)}.jpg`);
    const fault = broken[no % 20];
    if (fault !== undefined) urls[no % PHOTOS_A_VISIT] = host + fault;
    // One visit to a store that the master does not have: every real job has some.
    const storeId = no === VISITS - 1 ? "S99999999" : `RP${String(1 + Math.floor(random() * 4_944)).padStart(5, "0")}`;
    const visitTime = new Date(FIRST_DAY + Math.floor(no / 4) * DAY_MS + 9 * 3_600_000).toISOString();
    return { store_id: storeId, image_url: urls, visit_time: visitTime };
  });
  return { count: visits.length, visits };
}
