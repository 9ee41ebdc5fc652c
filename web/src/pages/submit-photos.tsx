/** Photos that were dropped: visits by their names, or the one visit that somebody says they are of. */
import { useState } from "preact/hooks";
import { counted } from "../parts/format.ts";
import { Day } from "../parts/instant.tsx";
import { Table } from "../parts/table.tsx";
import { namedPhoto, visitsOf } from "./photo-name-pattern.ts";
import { type PhotoSubmission, submissionOfNames, submissionOfVisits } from "./photo-submission.ts";

const MOST_SHOWN = 10;

type Chosen = {
  readonly files: readonly File[];
  readonly busy: boolean;
  readonly onNone: () => void;
  readonly onReady: (submission: PhotoSubmission) => void;
};

export function SubmitPhotos({ files, busy, onNone, onReady }: Chosen) {
  const named = files.flatMap((file) => namedPhoto(file) ?? []);
  const others = files.filter((file) => namedPhoto(file) === null);
  const visits = visitsOf(named);
  return (
    <div class="photos-chosen">
      <p class="note good">{counted(files.length, "photo")} chosen</p>
      {visits.length > 0 ? (
        <>
          <Table
            rows={visits.slice(0, MOST_SHOWN)}
            keyOf={({ storeId, date }) => `${storeId} ${date}`}
            columns={[
              { name: "Store", cell: ({ storeId }) => <code>{storeId}</code> },
              { name: "Day", cell: ({ date }) => <Day date={date} /> },
              { name: "Photos", look: "number", cell: ({ photos }) => String(photos.length) },
            ]}
          />
          {visits.length > MOST_SHOWN ? (
            <p class="quiet">and {counted(visits.length - MOST_SHOWN, "more visit")}</p>
          ) : null}
          {others.length > 0 ? (
            <p class="note warning">
              {counted(others.length, "photo")} left out, not named STORE_DATE_n:{" "}
              {others
                .slice(0, MOST_SHOWN)
                .map(({ name }) => name)
                .join(", ")}
              {others.length > MOST_SHOWN ? " …" : ""}
            </p>
          ) : null}
          <div class="buttons">
            <button type="button" onClick={onNone}>
              Clear
            </button>
            <button type="button" disabled={busy} onClick={() => onReady(submissionOfNames(visits))}>
              Check {counted(visits.length, "visit")}
            </button>
          </div>
        </>
      ) : (
        <OneVisit files={files} busy={busy} onNone={onNone} onReady={onReady} />
      )}
    </div>
  );
}

function OneVisit({ files, busy, onNone, onReady }: Chosen) {
  const [storeId, setStoreId] = useState("");
  const [visitTime, setVisitTime] = useState(now);
  return (
    <>
      <p class="quiet">Their names do not say which visit they are of; say it here.</p>
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
        <button type="button" onClick={onNone}>
          Clear
        </button>
        <button
          type="button"
          disabled={busy || storeId.trim() === "" || visitTime === ""}
          onClick={() => onReady(submissionOfVisits([{ storeId: storeId.trim(), visitTime, files }]))}
        >
          Check them
        </button>
      </div>
    </>
  );
}

/** As the field shows it: the clock on the wall. */
function now(): string {
  const here = new Date();
  return new Date(here.getTime() - here.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
