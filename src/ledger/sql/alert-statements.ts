/** The statements of alerts. Those of a round are for whoever holds the alert under the round's token. */

import { UNFINISHED } from "./alive-jobs.ts";
import type { Dialect } from "./steps.ts";

const CAUSES_SHOWN = 20;
const CAUSES_TOLD = 100;
/** Deliveries of alerts belong to no job that would take them with it. */
const KEPT_MS = 30 * 86_400_000;

/** A cause that is told, is over, and comes again. */
const IS_NEW = "alert_causes.ended_at is not null and alert_causes.told_at is not null";

/** Webhooks of the alert $1 that are on: who is told, and tried. */
const FROM_ITS_WEBHOOKS = `
      from alerts
      join webhook_endpoints hooks
        on hooks.enabled = 1 and hooks.tenant = alerts.tenant and alerts.webhooks like '%,' || cast(hooks.id as text) || ',%'
      where alerts.id = $1`;

export function alertStatements({ elements, member, locking, skipLocked, keeping }: Dialect) {
  // An endpoint that goes meanwhile takes its deliveries with it.
  const KEPT = keeping && `${keeping} of hooks`;
  const given = (name: string) => member("value", `'${name}'`);
  const COLUMNS = `${given("cause")}, ${given("detail")}, ${given("facts")}`;
  return {
    ADD: `
      insert into alerts (tenant, name, kind, threshold, webhooks, quiet_from, quiet_to, time_zone, tells_end, last_end, next_at, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, (select coalesce(max(no), 0) from job_ends), storewalk_now(), storewalk_now())
      returning *`,

    LIST: `
      select * from alerts where cast($1 as text) is null or tenant = $1 order by id`,

    LIST_CAUSES: `
      select * from (
        select causes.*,
               row_number() over (partition by causes.alert order by causes.since, causes.cause) as place,
               cast(sum(case when causes.told_at is not null and causes.ended_at is null then 1 else 0 end)
                 over (partition by causes.alert) as bigint) as firing,
               min(case when causes.told_at is not null and causes.ended_at is null then causes.since end)
                 over (partition by causes.alert) as firing_since,
               cast(sum(case when causes.told_at is null then 1 else 0 end) over (partition by causes.alert) as bigint) as waiting
        from alert_causes causes
        join alerts on alerts.id = causes.alert and (cast($1 as text) is null or alerts.tenant = $1)
        where cast($2 as bigint) is null or causes.alert = $2
      ) placed
      where place <= ${CAUSES_SHOWN} order by alert, place`,

    CHANGE: `
      update alerts
      set name = coalesce(cast($2 as text), name), threshold = coalesce(cast($3 as text), threshold),
          webhooks = coalesce(cast($4 as text), webhooks),
          quiet_from = case when $5 = 1 then cast($6 as text) else quiet_from end,
          quiet_to = case when $5 = 1 then cast($7 as text) else quiet_to end,
          time_zone = case when $5 = 1 then cast($8 as text) else time_zone end,
          tells_end = coalesce(cast($9 as bigint), tells_end),
          last_end = case when $10 = 1 and enabled = 0 then (select coalesce(max(no), 0) from job_ends) else last_end end,
          enabled = coalesce(cast($10 as bigint), enabled), next_at = storewalk_now()
      where id = $1 returning *`,

    REMOVE: `
      delete from alerts where id = $1 returning id`,

    REMOVE_CAUSES: `
      delete from alert_causes where alert = $1`,

    HOLD: `
      select id from alerts where id = $1 ${locking}`,

    HOLD_ROUND: `
      select id from alerts where id = $1 and token = $2 ${locking}`,

    TAKE_DUE: `
      update alerts
      set token = token + 1, checked_at = storewalk_now(),
          next_at = storewalk_now() + case when kind = 'store_not_visited' then cast($1 as bigint) else cast($2 as bigint) end
      where id = (
        select id from alerts where enabled = 1 and next_at <= storewalk_now() order by next_at, id limit 1 ${skipLocked}
      )
      returning *`,

    NOTE_SEEN: `
      insert into alert_causes (alert, cause, detail, facts, since)
      select cast($1 as bigint), ${COLUMNS}, storewalk_now() from ${elements("$2")} where true
      on conflict (alert, cause) do update
      set detail = excluded.detail, facts = excluded.facts, missed_at = null, ended_at = null,
          since = case when ${IS_NEW} then excluded.since else alert_causes.since end,
          told_in = case when ${IS_NEW} then null else alert_causes.told_in end,
          over_in = case when ${IS_NEW} then null else alert_causes.over_in end,
          told_at = case when ${IS_NEW} then null else alert_causes.told_at end
      where alert_causes.told_in is null or alert_causes.missed_at is not null`,

    NOTE_MISSED: `
      update alert_causes set missed_at = storewalk_now()
      where alert = $1 and missed_at is null and ended_at is null
        and cause not in (select ${given("cause")} from ${elements("$2")})`,

    NOTE_OVER: `
      update alert_causes set ended_at = missed_at
      where alert = $1 and ended_at is null and missed_at + cast($2 as bigint) <= storewalk_now()`,

    NOTE_ENDS: `
      insert into alert_causes (alert, cause, detail, facts, since, ended_at)
      select cast($1 as bigint), ${COLUMNS}, storewalk_now(), storewalk_now() from ${elements("$2")}
      where (select last_end from alerts where id = $1) < cast($3 as bigint)
      on conflict do nothing`,

    ENDS_SEEN: `
      update alerts set last_end = $2 where id = $1 and last_end < $2`,

    DECIDE: `
      update alert_causes set told_in = $2
      where alert = $1 and told_in is null and since + cast($3 as bigint) <= coalesce(ended_at, storewalk_now())`,

    DECIDE_OVER: `
      update alert_causes set over_in = $2
      where alert = $1 and ended_at is not null and told_at is not null and over_in is null
        and (select tells_end from alerts where id = $1) = 1`,

    // What ended before it lasted for long enough, and what was told and whose end nobody wants.
    FORGET: `
      delete from alert_causes
      where alert = $1 and ended_at is not null and over_in is null and (told_in is null or told_at is not null)`,

    READ_TELLINGS: `
      select * from (
        select pending.*, count(*) over (partition by event, no) as causes,
               row_number() over (partition by event, no order by since, cause) as place
        from (
          select told_in as no, 'alert.firing' as event, alert_causes.* from alert_causes
          where alert = $1 and told_in is not null and told_at is null
          union all
          select over_in as no, 'alert.over' as event, alert_causes.* from alert_causes
          where alert = $1 and over_in is not null
        ) pending
      ) placed
      where place <= ${CAUSES_TOLD} order by no, event, place`,

    DELIVER: `
      insert into webhook_deliveries (endpoint, tenant, alert, alert_no, event, url, payload, state, next_at, created_at)
      select hooks.id, hooks.tenant, alerts.id, cast($2 as bigint), cast($3 as text), hooks.url, cast($4 as text), 'pending',
             storewalk_now(), storewalk_now()
${FROM_ITS_WEBHOOKS} and exists (
        select 1 from alert_causes
        where alert = $1 and ((told_in = $2 and told_at is null and $3 = 'alert.firing') or (over_in = $2 and $3 = 'alert.over'))
      ) ${KEPT}
      on conflict do nothing`,

    TOLD: `
      update alert_causes set told_at = storewalk_now() where alert = $1 and told_in = $2 and told_at is null`,

    OVER_TOLD: `
      delete from alert_causes where alert = $1 and over_in = $2`,

    TOLD_LAST: `
      update alerts set told_at = storewalk_now() where id = $1`,

    FORGET_DELIVERIES: `
      delete from webhook_deliveries where alert = $1 and finished_at < storewalk_now() - ${KEPT_MS}`,

    ADD_TEST: `
      insert into webhook_deliveries (endpoint, tenant, alert, event, url, payload, state, next_at, created_at)
      select hooks.id, hooks.tenant, alerts.id, 'alert.test', hooks.url, cast($2 as text), 'pending', storewalk_now(), storewalk_now()
${FROM_ITS_WEBHOOKS} ${KEPT}
      returning *`,

    URLS_END: `
      select id, urls_end_at from jobs
      where ${UNFINISHED} and urls_end_at < $2 and (cast($1 as text) is null or tenant = $1)
      order by urls_end_at, id limit $3`,
  };
}
