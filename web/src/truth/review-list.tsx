/** Flagged photos under some filters, to look at and to decide about one by one, by keys, or several at once. */
import type { TargetedKeyboardEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Decision, Review } from "../../../sdk/src/api-types.ts";
import { counted } from "../parts/format.ts";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { may } from "../service/session.ts";
import { ReviewItem } from "./review-item.tsx";
import { nameOf, useDecisions } from "./use-decisions.ts";

const PHOTOS_A_PAGE = 10;

export function ReviewList(properties: {
  readonly filters: Readonly<Record<string, string | number>>;
  /** Asks for the list once more. */
  readonly again: unknown;
  readonly onDecided: () => void;
}) {
  const { filters, again, onDecided } = properties;
  const pages = usePages<Review>("/api/v1/reviews", { ...filters, limit: PHOTOS_A_PAGE }, again);
  const photos = pages.data?.data ?? [];
  const decisions = useDecisions(onDecided);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [noting, setNoting] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const chosenPhotos = photos.filter((photo) => chosen.has(nameOf(photo)));

  const choose = (photo: Review) =>
    setChosen(
      chosen.has(nameOf(photo)) ? chosen.difference(new Set([nameOf(photo)])) : new Set([...chosen, nameOf(photo)]),
    );
  const go = (no: number) => list.current?.querySelectorAll<HTMLElement>("article")[no]?.focus();
  const undo = () =>
    void (decisions.last && decisions.last.photos.length > 0 && decisions.reopen(decisions.last.photos));

  function onKey(event: TargetedKeyboardEvent<HTMLElement>): void {
    if (!(event.target instanceof HTMLElement) || isTypedInto(event.target)) return;
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const article = event.target.closest("article");
    const no = article ? [...(list.current?.querySelectorAll("article") ?? [])].indexOf(article) : -1;
    const photo = photos[no];
    if (!photo) return;
    const isFree = may("reviews:decide") && decisions.of(photo) === null;
    const keys: Readonly<Record<string, () => void>> = {
      j: () => go(no + 1),
      k: () => go(no - 1),
      ...(may("reviews:decide") && { x: () => choose(photo), u: undo }),
      ...(isFree && {
        a: () => void decisions.decide([photo], "accepted", "").then((isDone) => isDone && go(no + 1)),
        d: () => setNoting(nameOf(photo)),
      }),
    };
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  return (
    <>
      <ErrorNote error={pages.error ?? decisions.error} />
      {photos.length > 0 ? <Hints /> : null}
      {/* Keys that belong to the photo that has the focus; everything they do has a button as well. */}
      <section ref={list} class="reviews" aria-label="Flagged photos" onKeyDown={onKey}>
        {photos.map((photo, no) => (
          <ReviewItem
            key={nameOf(photo)}
            photo={photo}
            decisions={decisions}
            isChosen={chosen.has(nameOf(photo))}
            onChoose={() => choose(photo)}
            isNoting={noting === nameOf(photo)}
            onNoting={(isNoting) => {
              setNoting(isNoting ? nameOf(photo) : null);
              if (!isNoting) go(no);
            }}
            onDecided={() => go(no + 1)}
          />
        ))}
      </section>
      {pages.data !== null && photos.length === 0 ? <Nothing hasMore={pages.on !== null} /> : null}
      <Pager pages={pages} />
      <Bar
        photos={chosenPhotos}
        said={decisions.last?.said ?? null}
        onUndo={decisions.last && decisions.last.photos.length > 0 ? undo : null}
        onDecide={async (verdict, note) => {
          if (await decisions.decide(chosenPhotos, verdict, note)) setChosen(new Set());
        }}
        onChooseAll={() => setChosen(new Set(photos.map(nameOf)))}
        onClear={() => setChosen(new Set())}
      />
    </>
  );
}

function isTypedInto(element: HTMLElement): boolean {
  return element.matches("input:not([type=checkbox]), select, textarea");
}

/** With rare filters the service looks at so many photos a page that some pages are empty. */
function Nothing({ hasMore }: { readonly hasMore: boolean }) {
  return <Empty>{hasMore ? "None on this page; go on to the next." : "No photo is like that."}</Empty>;
}

function Hints() {
  return (
    <>
      <p class="quiet keys">
        Point at the later photo of a pair, or touch it, to see what differs from the earlier one: black is the same.
      </p>
      <p class="quiet keys of-board">
        Keys, while a photo has the focus (click it, or go there with Tab): <kbd>J</kbd> next, <kbd>K</kbd> back
        {may("reviews:decide") ? (
          <>
            , <kbd>A</kbd> accept, <kbd>D</kbd> dismiss with a note, <kbd>X</kbd> choose, <kbd>U</kbd> undo the last
            decision
          </>
        ) : null}
        .
      </p>
    </>
  );
}

/** What becomes of those that are chosen, and what was done last. Stays in sight while there is either. */
function Bar(properties: {
  readonly photos: readonly Review[];
  readonly said: string | null;
  readonly onUndo: (() => void) | null;
  readonly onDecide: (verdict: Decision["state"], note: string) => Promise<void>;
  readonly onChooseAll: () => void;
  readonly onClear: () => void;
}) {
  const { photos, said, onUndo, onDecide, onChooseAll, onClear } = properties;
  const [note, setNote] = useState("");
  const decide = (verdict: Decision["state"]) => void onDecide(verdict, note).then(() => setNote(""));
  return (
    <div class={photos.length > 0 || said !== null ? "review-bar" : "review-bar idle"}>
      <span role="status">{said}</span>
      {onUndo ? (
        <button type="button" class="small" onClick={onUndo}>
          Undo that
        </button>
      ) : null}
      {photos.length > 0 ? (
        <span class="buttons">
          <b>{counted(photos.length, "photo")} chosen</b>
          <button type="button" class="small" onClick={onChooseAll}>
            Choose all here
          </button>
          <label class="inline">
            Note <input maxLength={500} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
          </label>
          <button type="button" onClick={() => decide("accepted")}>
            Accept {photos.length}
          </button>
          <button type="button" onClick={() => decide("dismissed")}>
            Dismiss {photos.length}
          </button>
          <button type="button" onClick={onClear}>
            Clear
          </button>
        </span>
      ) : null}
    </div>
  );
}
