/** Filters that say how many photos each would show. The choice stands in the page's address. */

import type { ReviewCounts } from "../../../sdk/src/api-types.ts";
import { FLAGS, flagWord } from "../parts/flags.tsx";
import { count } from "../parts/format.ts";
import { location, setQuery } from "../router.ts";

export function FlagChips({ counts }: { readonly counts: ReviewCounts | null }) {
  const chosen = location.value.query.get("flag") ?? "";
  const shown = FLAGS.filter((flag) => flag === chosen || (counts?.flags[flag] ?? 0) > 0);
  return (
    <fieldset class="chips">
      <legend class="unseen">Flags</legend>
      <Chip name="flag" value="" text="all flags" images={counts?.images} isChosen={chosen === ""} />
      {shown.map((flag) => (
        <Chip
          key={flag}
          name="flag"
          value={flag}
          text={flagWord(flag)}
          images={counts?.flags[flag]}
          isChosen={flag === chosen}
        />
      ))}
    </fieldset>
  );
}

const STATES = ["open", "accepted", "dismissed"] as const;

/** Those that nobody decided about are what a reviewer comes for. */
export const stateAsked = (): string => location.value.query.get("state") ?? "open";

export function StateChips({ counts }: { readonly counts: ReviewCounts | null }) {
  const chosen = stateAsked();
  return (
    <fieldset class="chips">
      <legend class="unseen">Decisions</legend>
      {STATES.map((state) => (
        <Chip
          key={state}
          name="state"
          value={state}
          text={state}
          images={counts?.states[state]}
          isChosen={state === chosen}
        />
      ))}
      <Chip name="state" value="all" text="all" images={counts?.images} isChosen={chosen === "all"} />
    </fieldset>
  );
}

function Chip(properties: {
  readonly name: string;
  readonly value: string;
  readonly text: string;
  readonly images: number | undefined;
  readonly isChosen: boolean;
}) {
  const { name, value, text, images, isChosen } = properties;
  return (
    <button type="button" class="chip" aria-pressed={isChosen} onClick={() => setQuery({ [name]: value })}>
      {text} <b>{images === undefined ? "" : count(images)}</b>
    </button>
  );
}
