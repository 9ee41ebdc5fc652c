/** What `doctor` says of the credentials that are kept for hosts: whether they can be opened here. Shows nothing of what is secret. */
import { createAccessSeal } from "../access/seal.ts";
import { firstOf } from "../domain/counted.ts";
import { findAuthSecret } from "../keys/auth-secret.ts";
import type { SealedAccess } from "../ledger/port/access-ledger.ts";
import type { Config } from "../settings/config.ts";
import { type Finding, fine, wrong } from "./finding.ts";

const MOST_NAMED = 5;

/** Where the service's secret is looked for. */
export type SecretPlace = Pick<Config, "authSecret" | "databaseUrl" | "dataDir">;

/** Nothing where nothing is kept. */
export function checkAccess(rows: readonly SealedAccess[], config: SecretPlace): readonly Finding[] {
  if (rows.length === 0) return [];
  const { open } = createAccessSeal(findAuthSecret(config));
  const unusable = rows.map(open).filter((access) => access.kind === "unusable");
  const [first] = unusable;
  if (first === undefined) return [fine(`what is kept for hosts or buckets that ask (${rows.length}) can be used`)];
  const names = unusable.map(({ pattern }) => pattern);
  return [wrong(`credentials cannot be used, their images fail: ${firstOf(names, MOST_NAMED)}: ${first.why}`)];
}
