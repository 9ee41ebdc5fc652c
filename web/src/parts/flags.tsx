/** What speaks against a photo, as small marks with words: never by colour alone. */
import type { Flag } from "../../../sdk/src/api-types.ts";

/** In the order in which they are shown. */
export const FLAGS = [
  "reused",
  "blurred",
  "dark",
  "bright",
  "small",
  "wrong_time",
  "wrong_place",
  "edited",
  "screen",
] as const satisfies readonly Flag[];

const WORDS: Readonly<Record<Flag, string>> = {
  reused: "used again",
  blurred: "blurred",
  dark: "dark",
  bright: "too bright",
  small: "small",
  wrong_time: "wrong time",
  wrong_place: "wrong place",
  edited: "edited",
  screen: "off a screen",
};

export const flagWord = (flag: Flag): string => WORDS[flag];

/** For a filter: each flag as the service names it, with its word. */
export const FLAG_CHOICES = FLAGS.map((flag) => [flag, WORDS[flag]] as const);

export function FlagMark({ flag }: { readonly flag: Flag }) {
  return <span class="mark flag">{WORDS[flag]}</span>;
}

/** Without flags, nothing. */
export function FlagMarks({ flags }: { readonly flags: readonly Flag[] }) {
  if (flags.length === 0) return null;
  return (
    <span class="flags">
      {flags.map((flag) => (
        <FlagMark key={flag} flag={flag} />
      ))}
    </span>
  );
}
