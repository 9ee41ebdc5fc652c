/** Photos of this machine as a submission that brings them: each is named `file:NAME`, and no two have one name. */
import type { NamedVisit } from "./photo-name-pattern.ts";

export type PhotoSubmission = { readonly job: Blob; readonly photos: readonly { name: string; file: File }[] };
type PhotoVisit = { readonly storeId: string; readonly visitTime: string; readonly files: readonly File[] };

export function submissionOfVisits(visits: readonly PhotoVisit[]): PhotoSubmission {
  const photos = withOwnNames(visits.flatMap(({ files }) => files));
  let next = 0;
  const listed = visits.map(({ storeId, visitTime, files }) => ({
    store_id: storeId,
    image_url: files.map(() => `file:${photos[next++]?.name}`),
    visit_time: visitTime,
  }));
  const job = new Blob([JSON.stringify({ count: listed.length, visits: listed })], { type: "application/json" });
  return { job, photos };
}

export function submissionOfNames(visits: readonly NamedVisit[]): PhotoSubmission {
  return submissionOfVisits(
    visits.map(({ storeId, date, photos }) => ({ storeId, visitTime: date, files: photos.map(({ file }) => file) })),
  );
}

/** As it is sent: its parts in one body. */
export function bodyOf({ job, photos }: PhotoSubmission): FormData {
  const form = new FormData();
  form.append("job", job);
  for (const { name, file } of photos) form.append("photos", file, name);
  return form;
}

/** Cameras count from one again on each card: the second `IMG_1.jpg` becomes `IMG_1.jpg (2)`. */
function withOwnNames(files: readonly File[]) {
  const seen = new Map<string, number>();
  return files.map((file) => {
    const no = (seen.get(file.name) ?? 0) + 1;
    seen.set(file.name, no);
    return { name: no === 1 ? file.name : `${file.name} (${no})`, file };
  });
}
