/** Why a photo is flagged, in words: what was found, by which figure, and how much it matters. */
import { FlagMark } from "../parts/flags.tsx";
import type { Evidence, Weight } from "../service/truth-types.ts";

/** How much it matters that a photo was used again; the figure says it of the other flags. */
const WEIGHTS: Readonly<Record<Weight, string>> = {
  strong: "should not happen by accident",
  likely: "worth a look",
  note: "harmless as a rule",
};

export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }) {
  return (
    <ul class="evidence">
      {evidence.map((one) => (
        <li key={`${one.flag} ${one.why}`}>
          <FlagMark flag={one.flag} /> {one.why}
          <small>
            {[figureWords(one), one.flag === "reused" ? WEIGHTS[one.weight] : ""]
              .filter((words) => words !== "")
              .join(" · ")}
          </small>
        </li>
      ))}
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
  const limit = threshold === null ? "" : `, the limit is ${number(threshold)}`;
  return `${MEASURES[measure] ?? measure} ${number(figure)}${limit}`;
}

/** Three digits after the point tell a likeness; a distance needs none. */
export function number(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Math.round(value * 1_000) / 1_000);
}
