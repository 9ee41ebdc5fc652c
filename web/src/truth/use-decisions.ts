/**
 * What was decided on this page, shown at once beside what the service said when it was asked: a photo stays where it is, with its decision and
 * the way back, also where a list of open ones would leave it out the next time.
 */
import { useState } from "preact/hooks";
import type { Decided, Decision, ImagePlace, Review, ReviewState } from "../../../sdk/src/api-types.ts";
import { counted } from "../parts/format.ts";
import { post } from "../service/call.ts";
import { session } from "../service/session.ts";

export const nameOf = ({ job_id, image }: ImagePlace): string => `${job_id}/${image}`;

/** The last thing that was done, and what it would take back. */
type Done = { readonly said: string; readonly photos: readonly ImagePlace[] };

export type Decisions = {
  readonly of: (photo: Review) => Decision | null;
  readonly decide: (photos: readonly ImagePlace[], verdict: Decision["state"], note: string) => Promise<boolean>;
  readonly reopen: (photos: readonly ImagePlace[]) => Promise<boolean>;
  readonly last: Done | null;
  readonly error: string | null;
};

/** `onDecided` is called after each change that the service has. */
export function useDecisions(onDecided: () => void): Decisions {
  const [here, setHere] = useState<ReadonlyMap<string, Decision | null>>(new Map());
  const [last, setLast] = useState<Done | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function send(photos: readonly ImagePlace[], state: ReviewState, note: string): Promise<boolean> {
    setError(null);
    const images = photos.map(({ job_id, image }) => ({ job_id, image }));
    try {
      const body = { images, decision: state, ...(note === "" ? {} : { note }) };
      const { not_found: gone } = await post<Decided>("/api/v1/reviews/decisions", body);
      const missing = new Set(gone.map(nameOf));
      const changed = images.filter((photo) => !missing.has(nameOf(photo)));
      const by = session.value?.key_id ?? null;
      const decision = state === "open" ? null : { state, note: note || null, by, at: new Date().toISOString() };
      setHere((before) => new Map([...before, ...changed.map((photo) => [nameOf(photo), decision] as const)]));
      const words = `${counted(changed.length, "photo")} ${state === "open" ? "open again" : state}.`;
      setLast({ said: words, photos: state === "open" ? [] : changed });
      if (gone.length > 0)
        setError(`${counted(gone.length, "photo")} not found any more: gone with the job, or no flag is left.`);
      onDecided();
      return true;
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
      return false;
    }
  }

  return {
    of: (photo) => {
      const decided = here.get(nameOf(photo));
      return decided === undefined ? photo.decision : decided;
    },
    decide: (photos, verdict, note) => send(photos, verdict, note.trim()),
    reopen: (photos) => send(photos, "open", ""),
    last,
    error,
  };
}
