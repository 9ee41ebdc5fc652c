/** Decisions about flagged images, in either database: one transaction for any number of images. */
import type { ReviewState } from "../../domain/findings.ts";
import type { ImagePlace, ReviewLedger } from "../port/review-ledger.ts";
import type { Flagged } from "./flagged.ts";
import { givenPlaces, placeKey, placesList } from "./image-places.ts";
import { OPEN, stateNumber } from "./marks.ts";
import { integer, textOrNull } from "./row.ts";
import type { Dialect, Steps } from "./steps.ts";

type Decided = Awaited<ReturnType<ReviewLedger["decideReviews"]>>;
type Decision = Parameters<ReviewLedger["decideReviews"]>[1];

export function createDecisions(dialect: Dialect, flagged: Flagged) {
  const OWN = `
    select flagged.job, flagged.image, flagged.note
    from ${givenPlaces(dialect)}
    join flagged on flagged.job = given.job and flagged.image = given.image
    join jobs on jobs.id = flagged.job and jobs.pruned_at is null and jobs.status <> 'preparing'
    where flagged.marks <> 0 and (cast($2 as text) is null or flagged.tenant = $2)`;
  const NOTE_DECISION = `
    update flagged set note = $2, decided_by = $3, decided_at = case when $4 = ${OPEN} then null else storewalk_now() end
    from ${givenPlaces(dialect)}
    where flagged.job = given.job and flagged.image = given.image`;

  return function* decide(images: readonly ImagePlace[], { state, note, by, tenant }: Decision): Steps<Decided> {
    yield* flagged.keepJobs(images);
    const known = yield* flagged.known(images);
    const notes = new Map(
      (yield [OWN, [placesList(images), tenant]]).map((row) => [
        placeKey({ jobId: integer(row, "job"), image: integer(row, "image") }),
        textOrNull(row, "note"),
      ]),
    );
    const own = known.filter((row) => notes.has(placeKey(row)));
    const wanted = stateNumber(state);
    const isSo = (row: (typeof own)[number]) =>
      row.state === wanted && (wanted === OPEN || notes.get(placeKey(row)) === note);
    const changed = own.filter((row) => !isSo(row));
    if (changed.length > 0) {
      yield* flagged.change(changed.map((was) => ({ ...was, state: wanted, was })));
      yield [
        NOTE_DECISION,
        [placesList(changed), state === "open" ? null : note, state === "open" ? null : by, wanted],
      ];
      yield* flagged.note(changed, { state: wanted, why: whyOf(state), note, actor: by });
    }
    return {
      changed: changed.length,
      unchanged: own.length - changed.length,
      notFound: images.filter((image) => !notes.has(placeKey(image))),
    };
  };
}

const whyOf = (state: ReviewState) => (state === "open" ? "undone" : "decided");
