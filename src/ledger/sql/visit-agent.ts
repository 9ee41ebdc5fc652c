/** The field agent of a visit, by the member of its metadata that its tenant names at that time: kept with the visit, so that sums stay what they are. */
import { USUAL_SETTINGS } from "../../domain/truth-rules.ts";
import { type Row, textOrNull } from "./row.ts";
import type { Dialect } from "./steps.ts";

/** A column for a statement that reads a job. */
export const agentKeySql = ({ member }: Dialect) =>
  `(select ${member("settings", "'agentKey'")} from truth_settings where tenant = jobs.tenant) as agent_key`;

export function agentKeyIn(row: Row): string {
  return textOrNull(row, "agent_key") ?? USUAL_SETTINGS.agentKey;
}
