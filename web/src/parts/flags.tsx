/** What speaks against a photo, as small marks with words: never by colour alone. */
import { PHOTO_FLAGS, type PhotoFlag } from "../service/truth-types.ts";

const WORDS: Readonly<Record<PhotoFlag, string>> = {
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

export const flagWord = (flag: PhotoFlag): string => WORDS[flag];

/** For a filter: each flag as the service names it, with its word. */
export const FLAG_CHOICES = PHOTO_FLAGS.map((flag) => [flag, WORDS[flag]] as const);

export function FlagMark({ flag }: { readonly flag: PhotoFlag }) {
  return <span class="mark flag">{WORDS[flag]}</span>;
}

/** Without flags, nothing. */
export function FlagMarks({ flags }: { readonly flags: readonly PhotoFlag[] }) {
  if (flags.length === 0) return null;
  return (
    <span class="flags">
      {flags.map((flag) => (
        <FlagMark key={flag} flag={flag} />
      ))}
    </span>
  );
}
