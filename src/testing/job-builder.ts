/** A job as the API shows it, for tests of what shows one. */
import type { Job } from "../../sdk/src/client.ts";

export function aJob({
  images = 10,
  done = 0,
  failed = 0,
  ...more
}: Partial<Job> & { readonly images?: number; readonly done?: number; readonly failed?: number }): Job {
  return {
    job_id: 1,
    external_id: null,
    metadata: {},
    callback_url: null,
    store_master_version: null,
    run: 1,
    status: "ongoing",
    outcome: null,
    priority: 5,
    counts: { visits: 1, images, done, succeeded: done - failed, failed },
    progress: done / images,
    images_per_second: 0,
    eta_seconds: null,
    failures_by_code: {},
    inspect: "off",
    thresholds: null,
    flagged: {
      images: 0,
      dismissed: 0,
      flags: {
        reused: 0,
        blurred: 0,
        dark: 0,
        bright: 0,
        small: 0,
        wrong_time: 0,
        wrong_place: 0,
        edited: 0,
        screen: 0,
      },
    },
    created_at: "2024-05-31T10:00:00.000Z",
    started_at: null,
    finished_at: null,
    ...more,
  };
}
