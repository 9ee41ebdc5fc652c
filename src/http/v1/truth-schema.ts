/** What the API shows of the truth of photos, everywhere the same: flags, kinds, thresholds, counts. */
import { type Static, Type } from "typebox";
import { PHOTO_FLAGS, type PhotoFlag, REUSE_KINDS, REVIEW_STATES } from "../../domain/findings.ts";
import { THRESHOLDS, type ThresholdName, WEIGHTS } from "../../domain/truth-rules.ts";
import type { FlaggedCount } from "../../ledger/port/review-ledger.ts";

export const Count = Type.Integer({ minimum: 0 });
export const Flag = Type.Enum([...PHOTO_FLAGS], { title: "Flag" });
export const Kind = Type.Enum([...REUSE_KINDS], { title: "ReuseKind" });
export const State = Type.Enum([...REVIEW_STATES], { title: "ReviewState" });
export const Weight = Type.Enum([...WEIGHTS], { title: "Weight" });

const threshold = (name: ThresholdName) => {
  const { least, most, about } = THRESHOLDS[name];
  return Type.Number({ minimum: least, maximum: most, description: about });
};

export const ThresholdFields = Type.Object(
  {
    least_sharpness: threshold("least_sharpness"),
    most_smear: threshold("most_smear"),
    dark_below: threshold("dark_below"),
    bright_above: threshold("bright_above"),
    least_side: threshold("least_side"),
    time_tolerance_h: threshold("time_tolerance_h"),
    place_tolerance_m: threshold("place_tolerance_m"),
  } satisfies Record<ThresholdName, unknown>,
  { title: "Thresholds", description: "What inspected photos are judged by" },
);

const ANY = "any";
const FLAG_WORD = `(?:${PHOTO_FLAGS.join("|")})`;

/** One flag or more of a query, and `any` for all of them. */
export const FlagList = Type.String({
  pattern: `^(?:${ANY}|${FLAG_WORD}(?:,${FLAG_WORD})*)$`,
  maxLength: 200,
  description: "Only images with one of these flags, separated by commas: reused,dark; `any` for any flag",
  "x-wanted": `any, or one or more of ${PHOTO_FLAGS.join(", ")}, separated by commas`,
});

export function flagsWanted(list: string | undefined): { readonly flags?: readonly PhotoFlag[] } {
  if (list === undefined) return {};
  return { flags: list === ANY ? PHOTO_FLAGS : PHOTO_FLAGS.filter((flag) => list.split(",").includes(flag)) };
}

export const FlagCounts = Type.Record(Flag, Count, { title: "FlagCounts", description: "Images by flag" });

export const FlaggedImages = Type.Object(
  {
    images: Type.Integer({ minimum: 0, description: "With a flag, decided or not" }),
    dismissed: Type.Integer({ minimum: 0, description: "Of these, false alarms as somebody said" }),
    flags: FlagCounts,
  },
  { title: "FlaggedImages", description: "Flagged images; `flags` leaves dismissed ones out" },
);

export function flaggedView(counts: readonly FlaggedCount[]): Static<typeof FlaggedImages> {
  const sum = (some: readonly FlaggedCount[]) => some.reduce((images, count) => images + count.images, 0);
  const dismissed = counts.filter(({ state }) => state === "dismissed");
  return {
    images: sum(counts),
    dismissed: sum(dismissed),
    flags: flagCounts(counts.filter(({ state }) => state !== "dismissed")),
  };
}

export function flagCounts(counts: readonly FlaggedCount[]): Static<typeof FlagCounts> {
  const of = (flag: PhotoFlag) =>
    counts.reduce((images, count) => images + (count.flags.includes(flag) ? count.images : 0), 0);
  return {
    reused: of("reused"),
    blurred: of("blurred"),
    dark: of("dark"),
    bright: of("bright"),
    small: of("small"),
    wrong_time: of("wrong_time"),
    wrong_place: of("wrong_place"),
    edited: of("edited"),
    screen: of("screen"),
  };
}
