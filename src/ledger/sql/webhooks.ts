/** Webhooks in either database: statements that both understand. `storewalk_now()` is the ledger's own clock in both. */
import { TERMINAL_STATUSES } from "../../domain/job.ts";
import { WEBHOOK_FORMATS } from "../../domain/webhook-format.ts";
import type { WebhookLedger } from "../port/webhook-ledger.ts";
import { integer, oneOf, onlyRow, type Row, text } from "./row.ts";
import type { Dialect, Shared } from "./steps.ts";
import { attempt, delivery, dueDelivery, endpoint } from "./webhook-rows.ts";

/** Deliveries of one line that are taken at once. */
const AT_ONCE_A_LINE = 4;

const ADD_ENDPOINT = `
  insert into webhook_endpoints (url, events, description, secret, tenant, format, created_at)
  values ($1, $2, $3, $4, $5, $6, storewalk_now())
  returning *`;

const LIST_ENDPOINTS = `
  select * from webhook_endpoints where cast($1 as text) is null or tenant = $1 order by id`;

const CHANGE_ENDPOINT = `
  update webhook_endpoints
  set url = coalesce(cast($2 as text), url), events = coalesce(cast($3 as text), events),
      description = coalesce(cast($4 as text), description), enabled = coalesce(cast($5 as integer), enabled),
      disabled_reason = case when $5 = 1 then null else disabled_reason end
  where id = $1 returning *`;

const ROTATE_ENDPOINT = `
  update webhook_endpoints
  set old_secret = secret, old_secret_until = storewalk_now() + cast($3 as bigint), secret = cast($2 as text)
  where id = $1 returning *`;

const REMOVE_DELIVERIES = `
  delete from webhook_deliveries where endpoint = $1`;

const REMOVE_ENDPOINT = `
  delete from webhook_endpoints where id = $1 returning id`;

const READ_UNANNOUNCED = `
  select no, job, status, ended_at from job_ends where no > (select max(last_end) from webhook_progress) order by no limit $1`;

// An endpoint that goes meanwhile takes its deliveries with it: one to an endpoint that is gone would wait for ever.
const announce = (keeping: string) => `
  insert into webhook_deliveries (endpoint, tenant, job_end, job, event, url, payload, state, next_at, created_at)
  select endpoint, tenant, cast($1 as bigint), cast($2 as bigint), cast($3 as text), url, cast($4 as text), 'pending', storewalk_now(),
         storewalk_now()
  from (
    select * from (
      select id as endpoint, url, tenant from webhook_endpoints
      where enabled = 1 and tenant = (select tenant from jobs where id = $2) and ',' || events || ',' like '%,' || cast($3 as text) || ',%'
      ${keeping}
    ) hooks
    union all
    select 0 as endpoint, callback_url as url, tenant from jobs where id = $2 and callback_url is not null
  ) told
  where true
  on conflict do nothing`;

const ANNOUNCED = `
  update webhook_progress set last_end = $1 where last_end < $1`;

const addPing = (keeping: string) => `
  insert into webhook_deliveries (endpoint, tenant, event, url, payload, state, next_at, created_at)
  select id, tenant, 'ping', url, cast($2 as text), 'pending', storewalk_now(), storewalk_now() from webhook_endpoints where id = $1
  ${keeping}
  returning *`;

const REPLAY = `
  insert into webhook_deliveries (endpoint, tenant, job, alert, event, url, payload, state, next_at, created_at)
  select endpoint, tenant, job, alert, event, coalesce((select url from webhook_endpoints where id = endpoint), url), payload, 'pending',
         storewalk_now(), storewalk_now()
  from webhook_deliveries where no = $1 and (cast($2 as text) is null or tenant = $2)
  returning *`;

/** Whom a delivery waits behind: others to the same endpoint, or callbacks to the same address. */
const LINE = "case endpoint when 0 then url else cast(endpoint as text) end";

/** In which form it is told as its endpoint is now; a callback is told as the JSON. */
const FORMAT = "coalesce((select format from webhook_endpoints where id = endpoint), 'json') as format";

// Ranked within, and locked without: no database locks rows that are ranked.
const takeDue = ({ skipLocked, texts }: Dialect) => `
  update webhook_deliveries set attempts = attempts + 1, next_at = storewalk_now() + cast($2 as bigint)
  where no in (
    select no from webhook_deliveries
    where state = 'pending' and next_at <= storewalk_now() and no in (
      select no from (
        select no, next_at, row_number() over (partition by ${LINE} order by next_at, no) as place
        from webhook_deliveries
        where state = 'pending' and next_at <= storewalk_now()
          and (endpoint = 0 or exists (select 1 from webhook_endpoints where id = endpoint and enabled = 1))
          and ${LINE} not in (${texts("$3")})
      ) ranked
      where place <= ${AT_ONCE_A_LINE} order by place, next_at limit $1
    ) ${skipLocked}
  )
  returning no, endpoint, event, url, payload, attempts, ${LINE} as line,
            ${FORMAT},
            (select secret from webhook_endpoints where id = endpoint) as secret,
            (select old_secret from webhook_endpoints where id = endpoint and old_secret_until > storewalk_now()) as old_secret`;

const DISABLE_ENDPOINT = `
  update webhook_endpoints set enabled = 0, disabled_reason = $2 where id = $1`;

// A delivery that goes meanwhile takes its attempts with it.
const keepAttempt = (keeping: string) => `
  insert into webhook_attempts (delivery, attempt, ended_at, took_ms, status, error, body)
  select no, cast($2 as integer), storewalk_now(), cast($3 as bigint), cast($4 as integer), cast($5 as text), cast($6 as text)
  from webhook_deliveries where no = $1 ${keeping}
  on conflict do nothing`;

const RECORD_ATTEMPT = `
  update webhook_deliveries
  set state = $3, next_at = storewalk_now() + cast($4 as bigint), last_status = cast($5 as integer),
      last_error = cast($6 as text), last_body = cast($7 as text),
      finished_at = case when $3 = 'pending' then null else storewalk_now() end
  where no = $1 and attempts = $2 and state = 'pending'`;

const READ_DELIVERY = `
  select webhook_deliveries.*, ${FORMAT} from webhook_deliveries where no = $1 and (cast($2 as text) is null or tenant = $2)`;

const READ_ATTEMPTS = `
  select * from webhook_attempts where delivery = $1 order by attempt`;

const LIST_DELIVERIES = `
  select * from webhook_deliveries
  where (cast($1 as bigint) is null or no < $1) and (cast($2 as bigint) is null or endpoint = $2)
    and (cast($3 as bigint) is null or job = $3) and (cast($4 as text) is null or state = $4)
    and (cast($6 as text) is null or tenant = $6)
  order by no desc limit $5`;

export function createWebhooks({ run, inTransaction, dialect }: Shared): WebhookLedger {
  const ANNOUNCE = announce(dialect.keeping);
  const ADD_PING = addPing(dialect.keeping);
  const TAKE_DUE = takeDue(dialect);
  const KEEP_ATTEMPT = keepAttempt(dialect.keeping);
  const first = async <T>(rows: Promise<readonly Row[]>, read: (row: Row) => T): Promise<T | null> => {
    const [row] = await rows;
    return row ? read(row) : null;
  };

  return {
    async addEndpoint({ url, events, description, secret, tenant, format = "json" }) {
      return endpoint(onlyRow(await run(ADD_ENDPOINT, [url, events.join(","), description, secret, tenant, format])));
    },
    listEndpoints: async (tenant) => (await run(LIST_ENDPOINTS, [tenant])).map(endpoint),
    changeEndpoint: (id, { url, events, description, enabled }) =>
      first(
        run(CHANGE_ENDPOINT, [
          id,
          url ?? null,
          events?.join(",") ?? null,
          description ?? null,
          enabled === undefined ? null : Number(enabled),
        ]),
        endpoint,
      ),
    rotateEndpoint: (id, secret, overlapMs) => first(run(ROTATE_ENDPOINT, [id, secret, overlapMs]), endpoint),
    removeEndpoint: (id) =>
      inTransaction(function* () {
        const removed = yield [REMOVE_ENDPOINT, [id]];
        yield [REMOVE_DELIVERIES, [id]];
        return removed.length > 0;
      }),

    async readUnannounced(limit) {
      return (await run(READ_UNANNOUNCED, [limit])).map((row) => ({
        no: integer(row, "no"),
        jobId: integer(row, "job"),
        status: oneOf(row, "status", TERMINAL_STATUSES),
        endedAt: integer(row, "ended_at"),
      }));
    },
    announceEnd: ({ no, jobId }, event, payload) =>
      inTransaction(function* () {
        yield [ANNOUNCE, [no, jobId, event, payload]];
        yield [ANNOUNCED, [no]];
      }),
    addPing: (endpointId, payload) => first(run(ADD_PING, [endpointId, payload]), delivery),
    replayDelivery: (no, tenant) => first(run(REPLAY, [no, tenant]), delivery),
    takeDue: async (limit, leaseMs, busyLines = []) =>
      (await run(TAKE_DUE, [limit, leaseMs, JSON.stringify(busyLines)])).map(dueDelivery),
    recordAttempt: ({ no, endpointId, attempts }, { state, waitMs, tookMs, status, error, body, disableReason }) =>
      inTransaction(function* () {
        if (disableReason !== null) yield [DISABLE_ENDPOINT, [endpointId, disableReason]];
        yield [KEEP_ATTEMPT, [no, attempts, tookMs, status, error, body]];
        yield [RECORD_ATTEMPT, [no, attempts, state, waitMs, status, error, body]];
      }),
    async readDelivery(no, tenant) {
      const [row] = await run(READ_DELIVERY, [no, tenant]);
      if (!row) return null;
      const attemptsMade = (await run(READ_ATTEMPTS, [no])).map(attempt);
      return {
        ...delivery(row),
        payload: text(row, "payload"),
        format: oneOf(row, "format", WEBHOOK_FORMATS),
        attemptsMade,
      };
    },
    async listDeliveries({ tenant, endpointId, jobId, state }, { before, limit }) {
      return (await run(LIST_DELIVERIES, [before, endpointId, jobId, state, limit, tenant])).map(delivery);
    },
  };
}
