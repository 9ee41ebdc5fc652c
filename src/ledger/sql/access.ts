/** Credentials of hosts in either database: statements that both understand. Nothing here can open what is sealed. */
import type { AccessSettings } from "../../domain/host-access.ts";
import type { AccessLedger, SealedAccess, StoredAccess } from "../port/access-ledger.ts";
import { integer, type Row, text, textOrNull } from "./row.ts";
import type { Shared } from "./steps.ts";

const ADD = `
  insert into host_access (id, tenant, pattern, settings, sealed, created_at, rotated_at)
  values ($1, $2, $3, $4, $5, storewalk_now(), storewalk_now())
  on conflict do nothing`;

const READ = `
  select * from host_access where id = $1 and (cast($2 as text) is null or tenant = $2)`;

const LIST = `
  select * from host_access where cast($1 as text) is null or tenant = $1 order by tenant, pattern`;

// Also where it is so already: a call that is repeated has done what it says.
const CHANGE = `
  update host_access
  set settings = $3, sealed = cast($4 as text),
      rotated_at = case when sealed is distinct from cast($4 as text) then storewalk_now() else rotated_at end
  where id = $1 and (cast($2 as text) is null or tenant = $2)
    and ((settings = $5 and sealed is not distinct from cast($6 as text))
      or (settings = $3 and sealed is not distinct from cast($4 as text)))
  returning *`;

const REMOVE = `
  delete from host_access where id = $1 and (cast($2 as text) is null or tenant = $2) returning id`;

/** The columns of `SealedAccess`. */
export const SEALED_COLUMNS = "id, tenant, pattern, settings, sealed";

export function createAccess({ run, dialect }: Pick<Shared, "run" | "dialect">): AccessLedger {
  const READ_OF_TENANTS = `
    select ${SEALED_COLUMNS} from host_access
    where tenant in (select given.value ->> 0 from ${dialect.elements("$1")} given) order by tenant, pattern`;
  const first = (rows: readonly Row[]) => (rows[0] ? storedAccess(rows[0]) : null);

  return {
    async addAccess({ id, tenant, pattern, settings, sealed }) {
      await run(ADD, [id, tenant, pattern, JSON.stringify(settings), sealed]);
      return first(await run(READ, [id, tenant]));
    },
    listAccess: async (tenant) => (await run(LIST, [tenant])).map(storedAccess),
    changeAccess: async (id, tenant, before, { settings, sealed }) =>
      first(
        await run(CHANGE, [
          id,
          tenant,
          JSON.stringify(settings),
          sealed,
          JSON.stringify(before.settings),
          before.sealed,
        ]),
      ),
    removeAccess: async (id, tenant) => (await run(REMOVE, [id, tenant])).length > 0,
    async readAccess(tenants) {
      if (tenants.length === 0) return [];
      const given = JSON.stringify(tenants.map((tenant) => [tenant]));
      return (await run(READ_OF_TENANTS, [given])).map(sealedAccess);
    },
  };
}

export function sealedAccess(row: Row): SealedAccess {
  const settings: AccessSettings = JSON.parse(text(row, "settings"));
  return {
    id: text(row, "id"),
    tenant: text(row, "tenant"),
    pattern: text(row, "pattern"),
    settings,
    sealed: textOrNull(row, "sealed"),
  };
}

function storedAccess(row: Row): StoredAccess {
  return { ...sealedAccess(row), createdAt: integer(row, "created_at"), rotatedAt: integer(row, "rotated_at") };
}
