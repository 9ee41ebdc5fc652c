/** One place for everything that can be submitted: a table, a list of visits, photos, a folder of them. */
import { useState } from "preact/hooks";
import { DropZone } from "../parts/drop-zone.tsx";
import { counted } from "../parts/format.ts";
import { LISTS, listType } from "../parts/list-type.ts";
import type { PhotoSubmission } from "./photo-submission.ts";
import { SubmitPhotos } from "./submit-photos.tsx";

export type Dropped = {
  readonly name: string;
  readonly type: string;
  readonly body: Blob;
  /** Sent with the submission; its check is given their names. */
  readonly photos?: PhotoSubmission["photos"];
};

const PHOTO = /\.(?:jpe?g|png|webp|heic|heif|gif|bmp|tiff?|avif|jxl)$/i;

const isPhoto = ({ name, type }: File) => type.startsWith("image/") || PHOTO.test(name);

export function SubmitDrop({
  busy,
  onReady,
  onRefused,
}: {
  readonly busy: boolean;
  readonly onReady: (dropped: Dropped) => void;
  readonly onRefused: (why: string) => void;
}) {
  const [photos, setPhotos] = useState<readonly File[]>([]);

  function take(files: readonly File[]): void {
    const lists = files.filter((file) => listType(file) !== undefined);
    const pictures = files.filter(isPhoto);
    const [list, second] = lists;
    if (second) {
      onRefused(`one list of visits at a time: ${lists.map(({ name }) => name).join(", ")}`);
    } else if (list) {
      setPhotos([]);
      const type = listType(list) ?? "";
      const brought = pictures.map((file) => ({ name: file.name, file }));
      onReady({ name: list.name, type, body: list, ...(brought.length > 0 ? { photos: brought } : {}) });
    } else if (pictures.length > 0) setPhotos([...photos, ...pictures]);
    else onRefused(`${files[0]?.name ?? "that"} must be an .xlsx, .csv, .json or .ndjson file, or photos`);
  }

  return (
    <section class="card">
      <h2>Files</h2>
      <DropZone
        accept={`${LISTS},image/*`}
        multiple={true}
        folders={true}
        text="Drop an Excel file, a CSV, JSON, photos or a folder of photos here."
        onFiles={take}
      />
      <ul class="quiet drop-hints">
        <li>
          Tables have a store, a link to a photo and a time in each row, under whatever names; several links may share a
          cell. <code>file:NAME</code> in place of a link names a photo that is dropped with the table.
        </li>
        <li>
          Photos named <code>STORE_DATE_n.jpg</code>, as <code>S00339218_2026-11-20_1.jpg</code>, find their visits by
          themselves.
        </li>
      </ul>
      {photos.length === 0 ? null : (
        <SubmitPhotos
          files={photos}
          busy={busy}
          onNone={() => setPhotos([])}
          onReady={({ job, photos: named }) =>
            onReady({ name: counted(named.length, "photo"), type: "application/json", body: job, photos: named })
          }
        />
      )}
    </section>
  );
}
