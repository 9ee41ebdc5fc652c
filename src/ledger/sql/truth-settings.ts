/** The truth settings of tenants, in either database. */
import { type TruthSettings, USUAL_SETTINGS } from "../../domain/truth-rules.ts";
import type { ReviewLedger, StoredSettings } from "../port/review-ledger.ts";
import { integer, onlyRow, type Row, text, textOrNull } from "./row.ts";
import type { Value } from "./steps.ts";

const READ = `
  select settings, changed_by, changed_at from truth_settings where tenant = $1`;

const PUT = `
  insert into truth_settings (tenant, settings, changed_by, changed_at) values ($1, $2, $3, storewalk_now())
  on conflict (tenant) do update set settings = excluded.settings, changed_by = excluded.changed_by, changed_at = excluded.changed_at
  returning settings, changed_by, changed_at`;

export function createTruthSettings(
  run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>,
): Pick<ReviewLedger, "readTruthSettings" | "putTruthSettings"> {
  return {
    async readTruthSettings(tenant) {
      const [row] = await run(READ, [tenant]);
      return row ? storedSettings(row) : null;
    },
    async putTruthSettings(tenant, settings, by) {
      return storedSettings(onlyRow(await run(PUT, [tenant, JSON.stringify(settings), by])));
    },
  };
}

function storedSettings(row: Row): StoredSettings {
  return {
    settings: settingsFromText(text(row, "settings")),
    changedBy: textOrNull(row, "changed_by"),
    changedAt: integer(row, "changed_at"),
  };
}

/** What a later version added has its usual value in what an earlier one wrote. */
function settingsFromText(json: string): TruthSettings {
  const stored: TruthSettings = JSON.parse(json);
  return {
    reuse: { ...USUAL_SETTINGS.reuse, ...stored.reuse },
    thresholds: { ...USUAL_SETTINGS.thresholds, ...stored.thresholds },
    agentKey: stored.agentKey,
  };
}
