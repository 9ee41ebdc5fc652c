/** What a tenant sends to hosts, read for one look at an image by somebody: as it is now, held by nobody afterwards. */
import { type AccessTable, createAccessTable } from "../domain/access-table.ts";
import type { AccessLedger } from "../ledger/port/access-ledger.ts";
import type { AccessSeal } from "./seal.ts";

export type ReadAccessTable = (tenant: string) => Promise<AccessTable>;

export function createReadAccessTable(deps: {
  readonly ledger: Pick<AccessLedger, "readAccess">;
  readonly seal: Pick<AccessSeal, "open">;
}): ReadAccessTable {
  return async (tenant) => createAccessTable((await deps.ledger.readAccess([tenant])).map(deps.seal.open));
}
