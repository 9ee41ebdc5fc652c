/** Keys, sessions and the log of changes in either database: statements that both understand. `storewalk_now()` is the ledger's own clock in both. */
import { SCOPES } from "../../domain/scopes.ts";
import { type ApiKey, type AuditEntry, KEY_STATES, type KeyLedger } from "../port/key-ledger.ts";
import { integer, integerOrNull, oneOf, type Row, text, textOrNull } from "./row.ts";
import type { Shared } from "./steps.ts";

const HAS_KEYS = `
  select 1 as one from api_keys limit 1`;

const ADD_KEY = `
  insert into api_keys (id, tenant, name, scopes, digest, created_at, expires_at)
  values ($1, $2, $3, $4, $5, storewalk_now(), storewalk_now() + cast($6 as bigint))
  on conflict do nothing`;

const KEYS = `
  select api_keys.*,
         case when revoked_at is not null then 'revoked'
              when api_keys.expires_at is not null and api_keys.expires_at <= storewalk_now() then 'expired'
              else 'active' end as state
  from api_keys`;

const READ_KEY = `${KEYS} where id = $1`;

const LIST_KEYS = `${KEYS} where cast($1 as text) is null or tenant = $1 order by created_at, id`;

const REVOKE_KEY = `
  update api_keys set revoked_at = coalesce(revoked_at, storewalk_now()) where id = $1`;

const REMOVE_SESSIONS = `
  delete from sessions where key_id = $1`;

const EXPIRE_KEY = `
  update api_keys set expires_at = storewalk_now() + cast($2 as bigint)
  where id = $1 and (expires_at is null or expires_at > storewalk_now() + cast($2 as bigint))`;

const TOUCH_KEY = `
  update api_keys set last_used_at = storewalk_now() where id = $1`;

const FORGET_SESSIONS = `
  delete from sessions where expires_at <= storewalk_now()`;

const ADD_SESSION = `
  insert into sessions (digest, key_id, expires_at) values ($1, $2, storewalk_now() + cast($3 as bigint)) on conflict do nothing`;

const READ_SESSION = `${KEYS}
  where id = (select key_id from sessions where digest = $1 and expires_at > storewalk_now())`;

const REMOVE_SESSION = `
  delete from sessions where digest = $1`;

const ADD_AUDIT_ENTRY = `
  insert into audit_log (at, tenant, actor, action, target, address, request_id)
  values (storewalk_now(), $1, $2, $3, $4, $5, $6)`;

const LIST_AUDIT_ENTRIES = `
  select * from audit_log
  where (cast($1 as text) is null or tenant = $1) and (cast($2 as bigint) is null or no < $2) order by no desc limit $3`;

export function createKeys({ run, inTransaction }: Shared): KeyLedger {
  const first = (rows: readonly Row[]): ApiKey | null => (rows[0] ? apiKey(rows[0]) : null);
  return {
    hasKeys: async () => (await run(HAS_KEYS, [])).length > 0,
    async addKey({ id, tenant, name, scopes, digest, expiresInMs }) {
      await run(ADD_KEY, [id, tenant, name, scopes.join(","), digest, expiresInMs]);
    },
    readKey: async (id) => first(await run(READ_KEY, [id])),
    listKeys: async (tenant) => (await run(LIST_KEYS, [tenant])).map(apiKey),
    revokeKey: (id) =>
      inTransaction(function* () {
        yield [REVOKE_KEY, [id]];
        yield [REMOVE_SESSIONS, [id]];
      }),
    async expireKey(id, ms) {
      await run(EXPIRE_KEY, [id, ms]);
    },
    async touchKey(id) {
      await run(TOUCH_KEY, [id]);
    },
    async addSession({ digest, keyId, lastsMs }) {
      await run(FORGET_SESSIONS, []);
      await run(ADD_SESSION, [digest, keyId, lastsMs]);
    },
    readSession: async (digest) => first(await run(READ_SESSION, [digest])),
    async removeSession(digest) {
      await run(REMOVE_SESSION, [digest]);
    },
    async addAuditEntry({ tenant, actor, action, target, address, requestId }) {
      await run(ADD_AUDIT_ENTRY, [tenant, actor, action, target, address, requestId]);
    },
    listAuditEntries: async (tenant, { before, limit }) =>
      (await run(LIST_AUDIT_ENTRIES, [tenant, before, limit])).map(auditEntry),
  };
}

function apiKey(row: Row): ApiKey {
  const scopes = text(row, "scopes").split(",");
  return {
    id: text(row, "id"),
    tenant: text(row, "tenant"),
    name: text(row, "name"),
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    digest: text(row, "digest"),
    state: oneOf(row, "state", KEY_STATES),
    createdAt: integer(row, "created_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    revokedAt: integerOrNull(row, "revoked_at"),
    lastUsedAt: integerOrNull(row, "last_used_at"),
  };
}

function auditEntry(row: Row): AuditEntry {
  return {
    no: integer(row, "no"),
    at: integer(row, "at"),
    tenant: text(row, "tenant"),
    actor: textOrNull(row, "actor"),
    action: text(row, "action"),
    target: text(row, "target"),
    address: text(row, "address"),
    requestId: text(row, "request_id"),
  };
}
