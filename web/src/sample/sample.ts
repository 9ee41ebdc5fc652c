/**
 * A job to try the service with. Its photos, of invented shelves, came with the page and go with the submission: no host is asked, so it works
 * wherever the service does.
 */

import type { Job, Store } from "../../../sdk/src/api-types.ts";
import type { Page } from "../../../sdk/src/pages.ts";
import { bodyOf, type PhotoSubmission } from "../pages/photo-submission.ts";
import { call, withQuery } from "../service/call.ts";
import { may, session } from "../service/session.ts";

const PHOTOS = [
  ["shelf-1.webp", new URL("./shelf-1.webp", import.meta.url)],
  ["shelf-2.webp", new URL("./shelf-2.webp", import.meta.url)],
  ["shelf-3.webp", new URL("./shelf-3.webp", import.meta.url)],
] as const;

/** Its store where the store master has none. */
const OWN_STORE = "SAMPLE";
const OWN_STORES = `store_id,store_name,area_code\n${OWN_STORE},Sample store,SAMPLE\n`;
const IMPORT = "/api/v1/stores/import";

/** `isNew`: it is not in the store master yet. */
export type SampleStore = { readonly id: string; readonly isNew: boolean };

/** Of one page with one store at most. */
export function sampleStoreOf({ data: [first] }: Page<Store>): SampleStore {
  return first ? { id: first.store_id, isNew: false } : { id: OWN_STORE, isNew: true };
}

export const SAMPLE_STORES = "/api/v1/stores?limit=1";

/** Nobody is kept waiting for a store that they may not add. */
export const maySubmitSample = ({ isNew }: SampleStore): boolean =>
  may("jobs:write") && (!isNew || may("stores:write"));

export async function submitSample(store: SampleStore): Promise<Job> {
  if (store.isNew) await call(IMPORT, { method: "POST", headers: { "content-type": "text/csv" }, body: OWN_STORES });
  const text = sampleText(store.id, new Date().toISOString());
  return await call<Job>(withQuery("/api/v1/jobs", { external_id: "sample" }), {
    method: "POST",
    body: bodyOf({ job: new Blob([text], { type: "application/json" }), photos: await samplePhotos(text) }),
  });
}

export function sampleText(storeId: string, visitTime: string): string {
  const urls = PHOTOS.map(([name]) => `"file:${name}"`).join(", ");
  return `{
  "count": 1,
  "visits": [
    {
      "store_id": "${storeId}",
      "image_url": [${urls}],
      "visit_time": "${visitTime}"
    }
  ]
}`;
}

/** Those that a submission names. */
export async function samplePhotos(text: string): Promise<PhotoSubmission["photos"]> {
  const named = PHOTOS.filter(([name]) => text.includes(`"file:${name}"`));
  return await Promise.all(
    named.map(async ([name, url]) => ({ name, file: new File([await (await fetch(url)).blob()], name) })),
  );
}

/** The same from a terminal, with one photo. */
export function sampleLine({ id, isNew }: SampleStore): string {
  const { origin } = window.location;
  const [name, url] = PHOTOS[0];
  const key = session.value?.keys_needed ? ` \\\n  -H "authorization: Bearer $STOREWALK_API_KEY"` : "";
  const stores = `printf '${OWN_STORES.replaceAll("\n", "\\n")}' |
  curl ${origin}${IMPORT} -H 'content-type: text/csv' --data-binary @-${key}
`;
  return `${isNew ? stores : ""}curl -s ${url.href} |
  curl ${origin}/api/v1/jobs${key} \\
  -F 'job={"count": 1, "visits": [{"store_id": "${id}", "visit_time": "2026-01-05",
    "image_url": ["file:${name}"]}]}' \\
  -F 'photos=@-;filename=${name}'`;
}
