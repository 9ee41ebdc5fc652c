/** What both ledgers read of a job's inspection. */
import { INSPECTION_LEVELS } from "../../domain/findings.ts";
import { type TruthRules, USUAL_SETTINGS } from "../../domain/truth-rules.ts";
import type { JobSnapshot } from "../port/job-reader.ts";
import { oneOf, type Row, textOrNull } from "./row.ts";

/** A job's flagged images: few rows, whatever its size. */
export const FLAGGED_OF = (job: string) => `
  select marks, state, sum(images) as images from flag_counts where job = ${job} group by marks, state having sum(images) > 0`;

export const READ_FLAGGED = FLAGGED_OF("$1");

export function inspectionIn(row: Row): Pick<JobSnapshot, "inspect" | "rules"> {
  const inspect = oneOf(row, "inspect", INSPECTION_LEVELS);
  return { inspect, rules: inspect === "off" ? null : rulesIn(row) };
}

/** Jobs of before there were rules have the usual ones. */
export function rulesIn(row: Row): TruthRules {
  const json = textOrNull(row, "rules");
  if (json === null) return { reuse: USUAL_SETTINGS.reuse, thresholds: USUAL_SETTINGS.thresholds };
  const { reuse, thresholds }: TruthRules = JSON.parse(json);
  return { reuse, thresholds: { ...USUAL_SETTINGS.thresholds, ...thresholds } };
}
