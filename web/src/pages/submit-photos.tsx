/** The photos of one visit, dropped or chosen: they are sent with their submission and need no host. */
import { useState } from "preact/hooks";
import { DropZone } from "../parts/drop-zone.tsx";
import { counted } from "../parts/format.ts";

/** `job` names each photo `file:NAME`; no two photos have one name. */
export type PhotoSubmission = { readonly job: Blob; readonly photos: readonly { name: string; file: File }[] };

export function SubmitPhotos({
  busy,
  onReady,
}: {
  readonly busy: boolean;
  readonly onReady: (submission: PhotoSubmission) => void;
}) {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [storeId, setStoreId] = useState("");
  const [visitTime, setVisitTime] = useState(now);
  return (
    <section class="card">
      <h2>Or photos of one visit</h2>
      <DropZone
        accept="image/*"
        multiple={true}
        text={files.length === 0 ? "Drop photos here, or choose some." : `${counted(files.length, "photo")} chosen`}
        onFiles={(more) => setFiles([...files, ...more])}
      />
      <div class="fields">
        <label class="stacked">
          Store
          <input value={storeId} placeholder="S00339218" onInput={(event) => setStoreId(event.currentTarget.value)} />
        </label>
        <label class="stacked">
          Time of the visit
          <input type="datetime-local" value={visitTime} onInput={(event) => setVisitTime(event.currentTarget.value)} />
        </label>
      </div>
      <div class="buttons">
        <button type="button" disabled={files.length === 0} onClick={() => setFiles([])}>
          Take none
        </button>
        <button
          type="button"
          disabled={busy || files.length === 0 || storeId.trim() === "" || visitTime === ""}
          onClick={() => onReady(submissionOf(files, storeId.trim(), visitTime))}
        >
          Check them
        </button>
      </div>
    </section>
  );
}

/** As the field shows it: the clock on the wall. */
function now(): string {
  const here = new Date();
  return new Date(here.getTime() - here.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function submissionOf(files: readonly File[], storeId: string, visitTime: string): PhotoSubmission {
  const photos = withOwnNames(files);
  const visit = { store_id: storeId, image_url: photos.map(({ name }) => `file:${name}`), visit_time: visitTime };
  const job = new Blob([JSON.stringify({ count: 1, visits: [visit] })], { type: "application/json" });
  return { job, photos };
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
