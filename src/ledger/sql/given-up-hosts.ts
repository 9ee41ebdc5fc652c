/** Hosts that people gave up, in either database. */
import type { HostTrouble } from "../../domain/host-trouble.ts";
import type { HostLedger } from "../port/host-ledger.ts";
import { UNFINISHED } from "./alive-jobs.ts";
import { integer, type Row, text } from "./row.ts";
import type { Dialect, Value } from "./steps.ts";

/** Part of the retry of a job: it asks all its hosts again. */
export const FORGET_GIVEN_UP = `
  delete from given_up_hosts where job = $1`;

const GIVE_UP = `
  insert into given_up_hosts (job, host, sentence, decided_by, decided_at)
  select id, $2, $3, $4, storewalk_now() from jobs
  where ${UNFINISHED} and (cast($1 as text) is null or tenant = $1)
  order by id
  on conflict (job, host) do update
  set sentence = excluded.sentence, decided_by = excluded.decided_by, decided_at = excluded.decided_at
  returning job`;

export function createGivenUpHosts(deps: {
  readonly run: (sql: string, values: readonly Value[]) => Promise<readonly Row[]>;
  readonly dialect: Dialect;
}): Pick<HostLedger, "giveUpHost" | "readGivenUpHosts"> & {
  /** Without the jobs of other tenants, and without hosts for which then nobody waits. */
  readonly onlyOf: (tenant: string | null, hosts: readonly HostTrouble[]) => Promise<readonly HostTrouble[]>;
} {
  const listed = `select cast(given.value ->> 0 as bigint) from ${deps.dialect.elements("$1")} given`;
  const READ = `
    select job, host, sentence from given_up_hosts where job in (${listed}) order by job, host`;
  const OWN = `
    select id from jobs where id in (${listed}) and tenant = $2`;
  const list = (jobIds: readonly number[]) => JSON.stringify(jobIds.map((id) => [id]));

  return {
    async giveUpHost(tenant, { host, sentence, by }) {
      const rows = await deps.run(GIVE_UP, [tenant, host, sentence, by]);
      return rows.map((row) => integer(row, "job")).sort((a, b) => a - b);
    },
    async readGivenUpHosts(jobIds) {
      if (jobIds.length === 0) return [];
      const rows = await deps.run(READ, [list(jobIds)]);
      return rows.map((row) => ({
        jobId: integer(row, "job"),
        host: text(row, "host"),
        sentence: text(row, "sentence"),
      }));
    },
    async onlyOf(tenant, hosts) {
      if (tenant === null || hosts.length === 0) return hosts;
      const jobs = new Set(hosts.flatMap(({ waiting }) => waiting.map(([jobId]) => jobId)));
      const own = new Set((await deps.run(OWN, [list([...jobs]), tenant])).map((row) => integer(row, "id")));
      return hosts
        .map((host) => ({ ...host, waiting: host.waiting.filter(([jobId]) => own.has(jobId)) }))
        .filter(({ waiting }) => waiting.length > 0);
    },
  };
}
