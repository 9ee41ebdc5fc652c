/** The limits that flag a photo by itself, as a submission and the tenant's rules name them. */
import type { QualityThresholds, Thresholds } from "../../../sdk/src/api-types.ts";

export type Limit<Option extends keyof Thresholds = keyof Thresholds> = {
  readonly option: Option;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
};

export const QUALITY: readonly Limit<keyof QualityThresholds>[] = [
  { option: "least_sharpness", label: "Blurred below a sharpness of", least: 0, most: 1, step: 0.001 },
  { option: "most_smear", label: "Blurred above a smear of", least: 0, most: 1.5, step: 0.01 },
  { option: "dark_below", label: "Dark below (of 255)", least: 0, most: 256, step: 1 },
  { option: "bright_above", label: "Too bright above (of 255)", least: 0, most: 256, step: 1 },
  { option: "least_side", label: "Small below (pixels)", least: 0, most: 100_000, step: 1 },
];

export const TOLERANCES: readonly Limit<"time_tolerance_h" | "place_tolerance_m">[] = [
  { option: "time_tolerance_h", label: "Wrong time beyond (hours)", least: 0, most: 8_760, step: 0.5 },
  { option: "place_tolerance_m", label: "Wrong place beyond (metres)", least: 0, most: 1_000_000, step: 1 },
];

export const LIMITS: readonly Limit[] = [...QUALITY, ...TOLERANCES];
