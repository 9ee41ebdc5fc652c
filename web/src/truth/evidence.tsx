/** Why a photo is flagged, in words: what was found, by which figure, and how much it matters. */

import type { Evidence, Weight } from "../../../sdk/src/api-types.ts";
import { FlagMark } from "../parts/flags.tsx";
import { count } from "../parts/format.ts";

/** How much it matters that a photo was used again; the figure says it of the other flags. */
const WEIGHTS: Readonly<Record<Weight, string>> = {
  strong: "should not happen by accident",
  likely: "worth a look",
  note: "harmless as a rule",
};

export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }) {
  return (
    <ul class="evidence">
      {Array.from(
        Map.groupBy(evidence, ({ flag, why, weight }) => `${flag} ${why} ${weight}`),
        ([key, [one, ...same]]) =>
          one === undefined ? null : (
            <li key={key}>
              <FlagMark flag={one.flag} /> {one.why}
              <small>
                {[
                  figureWords(one),
                  one.flag === "reused" ? WEIGHTS[one.weight] : "",
                  same.length > 0 ? `${same.length + 1} matches like that` : "",
                ]
                  .filter((words) => words !== "")
                  .join(" · ")}
              </small>
            </li>
          ),
      )}
    </ul>
  );
}

/** As people name what a threshold speaks of. */
export const MEASURES: Readonly<Record<string, string>> = {
  likeness: "likeness",
  sharpness: "sharpness",
  smear: "smear by movement",
  p95: "brightest 5 of 100 pixels",
  p5: "darkest 5 of 100 pixels",
  shorter_side: "shorter side in pixels",
  hours_apart: "hours from the visit's time",
  metres_apart: "metres from the store",
};

function figureWords({ measure, figure, threshold }: Evidence): string {
  if (measure === null || figure === null) return "";
  const limit = threshold === null ? "" : `, the limit is ${grouped(threshold)}`;
  return `${MEASURES[measure] ?? measure} ${grouped(figure)}${limit}`;
}

/** For people; an option takes it without. */
export const grouped = (value: number): string => (Math.abs(value) < 1_000 ? number(value) : count(Math.round(value)));

/** Three digits after the point tell a likeness; a distance needs none. */
export function number(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Math.round(value * 1_000) / 1_000);
}
