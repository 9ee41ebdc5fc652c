/** The demo's sample job: visits to stores of the example store master with the photo host's photos, some of them broken on purpose. */
import { createRandom } from "../pipeline/gpu/random.ts";
import { BROKEN_PATHS } from "./photo-host.ts";

const VISITS = 100;
const PHOTOS_A_VISIT = 12;
const VISITS_A_DAY = 4;
/** The days reach seven weeks back, so that there is something to compare in each of them. */
const DAYS_APART = 2;
const AGENTS = ["Ada", "Ben", "Cleo", "Dora", "Emil"];
const DAY_MS = 86_400_000;

export type SampleJob = {
  readonly count: number;
  readonly visits: readonly {
    readonly store_id: string;
    readonly image_url: readonly string[];
    readonly visit_time: string;
    readonly metadata: { readonly agent: string };
  }[];
};

/** The same job every time but for its days, the last of which is the day before `now`; `host` is the photo host's address. */
export function sampleJob(host: string, photos: number, now: number): SampleJob {
  const random = createRandom(2026);
  const broken = Object.values(BROKEN_PATHS);
  const visits = Array.from({ length: VISITS }, (_, no) => {
    const urls = Array.from({ length: PHOTOS_A_VISIT }, () => `${host}/photos/${Math.floor(random() * photos)}.jpg`);
    const fault = broken[no % 20];
    if (fault !== undefined) urls[no % PHOTOS_A_VISIT] = host + fault;
    // One visit to a store that the master does not have: every real job has some.
    const storeId = no === VISITS - 1 ? "S99999999" : `RP${String(1 + Math.floor(random() * 4_944)).padStart(5, "0")}`;
    const daysAgo = 1 + DAYS_APART * Math.floor((VISITS - 1 - no) / VISITS_A_DAY);
    const day = new Date(now - daysAgo * DAY_MS).toISOString().slice(0, 10);
    const agent = AGENTS[no % AGENTS.length] ?? "";
    return { store_id: storeId, image_url: urls, visit_time: `${day}T09:00:00Z`, metadata: { agent } };
  });
  return { count: visits.length, visits };
}
