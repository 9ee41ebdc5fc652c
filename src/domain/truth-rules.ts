/** What a tenant may set about the truth of its photos, and what holds where it said nothing. A job keeps what held when it was submitted. */

/** `strong`: should not happen by accident. `likely`: look at it. `note`: harmless as a rule. */
export const WEIGHTS = ["strong", "likely", "note"] as const;
export type Weight = (typeof WEIGHTS)[number];

/** Where the earlier photo was submitted, seen from the later one. */
export const CIRCUMSTANCES = ["other_store", "other_day", "same_day", "same_visit"] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

/** `off`: not said at all. A likeness below `leastScore` is no re-use; equal bytes always are. */
export type ReuseRule = { readonly weight: Weight | "off"; readonly leastScore: number };
export type ReuseRules = Readonly<Record<Circumstance, ReuseRule>>;

type Limits = { readonly fallback: number; readonly least: number; readonly most: number; readonly about: string };

/**
 * The numbers that a job may set for itself: the names of its submission's options and of the tenant's settings. Those of quality were chosen on one
 * half of our photos: at most one false alarm in a hundred on shelf photos (docs/field-truth.md).
 */
export const THRESHOLDS = {
  least_sharpness: { fallback: 0.02, least: 0, most: 1, about: "Less sharp is blurred" },
  most_smear: { fallback: 0.62, least: 0, most: 1.5, about: "More smeared is blurred" },
  dark_below: { fallback: 90, least: 0, most: 256, about: "Dark, when 95 of 100 pixels are less bright, of 255" },
  bright_above: { fallback: 90, least: 0, most: 256, about: "Bright, when 95 of 100 pixels are brighter, of 255" },
  least_side: { fallback: 200, least: 0, most: 100_000, about: "Small, when the shorter side has fewer pixels" },
  time_tolerance_h: { fallback: 12, least: 0, most: 8_760, about: "Hours that a photo may be away from its visit" },
  place_tolerance_m: { fallback: 1_000, least: 0, most: 1_000_000, about: "Metres that it may be away from its store" },
} as const satisfies Readonly<Record<string, Limits>>;

export type ThresholdName = keyof typeof THRESHOLDS;
export type Thresholds = Readonly<Record<ThresholdName, number>>;
export const THRESHOLD_NAMES = Object.keys(THRESHOLDS).filter(isThreshold);

export function isThreshold(name: string): name is ThresholdName {
  return Object.hasOwn(THRESHOLDS, name);
}

export type TruthRules = { readonly reuse: ReuseRules; readonly thresholds: Thresholds };

/** `agentKey` names the member of a visit's metadata that has the field agent. */
export type TruthSettings = TruthRules & { readonly agentKey: string };

/** Two shots of one untouched shelf reach 0.95 and more: the same store asks for a better match than another. */
const SAME_STORE = 0.985;

export const USUAL_SETTINGS: TruthSettings = {
  reuse: {
    other_store: { weight: "strong", leastScore: 0.95 },
    other_day: { weight: "strong", leastScore: SAME_STORE },
    same_day: { weight: "likely", leastScore: SAME_STORE },
    same_visit: { weight: "note", leastScore: SAME_STORE },
  },
  thresholds: {
    least_sharpness: THRESHOLDS.least_sharpness.fallback,
    most_smear: THRESHOLDS.most_smear.fallback,
    dark_below: THRESHOLDS.dark_below.fallback,
    bright_above: THRESHOLDS.bright_above.fallback,
    least_side: THRESHOLDS.least_side.fallback,
    time_tolerance_h: THRESHOLDS.time_tolerance_h.fallback,
    place_tolerance_m: THRESHOLDS.place_tolerance_m.fallback,
  },
  agentKey: "agent",
};
