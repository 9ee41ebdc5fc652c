/** Decisions about flagged images, in either database: one transaction for any number of images. */
import type { ReviewState } from "../../domain/findings.ts";
import type { ImagePlace, ReviewLedger } from "../port/review-ledger.ts";
import type { Flagged } from "./flagged.ts";
import { OPEN, stateNumber } from "./marks.ts";
import { integer, textOrNull } from "./row.ts";
import type { Dialect, Steps } from "./steps.ts";

type Decided = Awaited<ReturnType<ReviewLedger["decideReviews"]>>;
type Decision = Parameters<ReviewLedger["decideReviews"]>[1];

const PLACE = "cast(given.value ->> 0 as bigint) as job, cast(given.value ->> 1 as bigint) as image";

export function createDecisions(dialect: Dialect, flagged: Flagged) {
  const { elements } = dialect;
  const OWN = `
    select flagged.job, flagged.image, flagged.note
    from (select ${PLACE} from ${elements("$1")} given) given
    join flagged on flagged.job = given.job and flagged.image = given.image
    join jobs on jobs.id = flagged.job and jobs.pruned_at is null and jobs.status <> 'preparing'
    where flagged.marks <> 0 and (cast($2 as text) is null or flagged.tenant = $2)`;
  const NOTE_DECISION = `
    update flagged set note = $2, decided_by = $3, decided_at = case when $4 = ${OPEN} then null else storewalk_now() end
    from (select ${PLACE} from ${elements("$1")} given) given
    where flagged.job = given.job and flagged.image = given.image`;

  const listed = (places: readonly { readonly job: number; readonly image: number }[]) =>
    JSON.stringify(places.map(({ job, image }) => [job, image]));

  return function* decide(images: readonly ImagePlace[], { state, note, by, tenant }: Decision): Steps<Decided> {
    const places = images.map(({ jobId: job, image }) => ({ job, image }));
    const known = yield* flagged.known(places);
    const notes = new Map(
      (yield [OWN, [listed(places), tenant]]).map((row) => [
        `${integer(row, "job")}/${integer(row, "image")}`,
        textOrNull(row, "note"),
      ]),
    );
    const own = known.filter(({ job, image }) => notes.has(`${job}/${image}`));
    const wanted = stateNumber(state);
    const isSo = (row: (typeof own)[number]) =>
      row.state === wanted && (wanted === OPEN || notes.get(`${row.job}/${row.image}`) === note);
    const changed = own.filter((row) => !isSo(row));
    if (changed.length > 0) {
      yield* flagged.change(changed.map((was) => ({ ...was, state: wanted, was })));
      yield [NOTE_DECISION, [listed(changed), state === "open" ? null : note, state === "open" ? null : by, wanted]];
      yield* flagged.note(changed, { state: wanted, why: whyOf(state), note, actor: by });
    }
    return {
      changed: changed.length,
      unchanged: own.length - changed.length,
      notFound: images.filter(({ jobId, image }) => !notes.has(`${jobId}/${image}`)),
    };
  };
}

const whyOf = (state: ReviewState) => (state === "open" ? "undone" : "decided");
