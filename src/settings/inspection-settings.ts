/** Settings: how far photos are inspected, and what is allowed of them. */
import { INSPECTION_LEVELS } from "../domain/findings.ts";
import { setting } from "./setting.ts";
import { integer, oneOf } from "./setting-rules.ts";

export const INSPECTION_SETTINGS = {
  inspect: setting(
    "STOREWALK_INSPECT",
    "off",
    "How far photos are inspected for re-use, quality, time and place: not at all, by what measuring fetches, or by every pixel",
    oneOf(INSPECTION_LEVELS),
  ),
  timeToleranceHours: setting(
    "STOREWALK_TIME_TOLERANCE_H",
    "12",
    "Hours that a photo may be taken before or after its visit",
    integer(1, 8_760),
  ),
  placeToleranceMetres: setting(
    "STOREWALK_PLACE_TOLERANCE_M",
    "1000",
    "Metres that a photo may be taken away from its store",
    integer(1, 1_000_000),
  ),
} as const;
