/** The members of a fleet, each a row that its process renews. */
import type { HostTrouble } from "../../domain/host-trouble.ts";
import type { Database } from "../../postgres/database.ts";
import type { FleetLedger } from "../port/fleet-ledger.ts";
import type { HostLedger } from "../port/host-ledger.ts";
import type { createGivenUpHosts } from "../sql/given-up-hosts.ts";
import { flag, integer, onlyRow, text } from "../sql/row.ts";
import { NOBODY_WAS_THERE } from "../sql/standstill.ts";

// Others may be forgetting the same members at this moment.
const HEARTBEAT = `
  with gone as (
    delete from members where id in (
      select id from members where alive_until <= (select storewalk_now()) and id <> $1 for update skip locked
    )
  )
  insert into members (id, window_images, window_chunks, threads, gpu_places, gpu_busy, alive_until)
  values ($1, $2, $3, $4, $5, $6, storewalk_now() + $7)
  on conflict (id) do update
  set window_images = excluded.window_images, window_chunks = excluded.window_chunks, threads = excluded.threads,
      gpu_places = excluded.gpu_places, gpu_busy = excluded.gpu_busy,
      alive_until = excluded.alive_until`;

const LEAVE = `
  delete from members where id = $1`;

const READ_FLEET = `
  select count(*) as members, coalesce(sum(window_images), 0) as window_images,
         coalesce(sum(window_chunks), 0) as window_chunks, coalesce(sum(threads), 0) as threads,
         coalesce(sum(gpu_places), 0) as gpu_places, coalesce(sum(gpu_busy), 0) as gpu_busy
  from members where alive_until > (select storewalk_now())`;

const TELL_HOSTS = `
  update members set hosts = $2 where id = $1`;

const READ_HOSTS = `
  select hosts from members where alive_until > (select storewalk_now()) and hosts <> '[]' order by id`;

// Two that come at once are one after the other, so that the second finds the first.
const LOCK_MEMBERS = `
  lock table members in share row exclusive mode`;

const IS_NOBODY_THERE = `
  select not exists (select from members where alive_until > storewalk_now()) as is_nobody_there`;

export function createFleet(
  db: Database,
  onlyOf: ReturnType<typeof createGivenUpHosts>["onlyOf"],
): FleetLedger & Pick<HostLedger, "tellHosts" | "readHosts"> {
  const known = new Set<string>();

  return {
    async heartbeat({ id, windowImages, windowChunks, threads }, { gpuPlaces, gpuBusy }, aliveMs) {
      const row = [id, windowImages, windowChunks, threads, gpuPlaces, gpuBusy, aliveMs];
      if (known.has(id)) {
        await db.write(HEARTBEAT, row);
        return;
      }
      await db.inTransaction(async (run) => {
        await run(LOCK_MEMBERS);
        if (flag(onlyRow(await run(IS_NOBODY_THERE)), "is_nobody_there")) await run(NOBODY_WAS_THERE);
        await run(HEARTBEAT, row);
      });
      known.add(id);
    },

    async leave(memberId) {
      known.delete(memberId);
      await db.write(LEAVE, [memberId]);
    },

    async tellHosts(memberId, hosts) {
      await db.write(TELL_HOSTS, [memberId, JSON.stringify(hosts)]);
    },

    async readHosts(tenant) {
      const told = (await db.read(READ_HOSTS)).flatMap((row): HostTrouble[] => JSON.parse(text(row, "hosts")));
      return await onlyOf(tenant, told);
    },

    async readFleet() {
      const row = onlyRow(await db.read(READ_FLEET));
      return {
        members: integer(row, "members"),
        windowImages: integer(row, "window_images"),
        windowChunks: integer(row, "window_chunks"),
        threads: integer(row, "threads"),
        gpuPlaces: integer(row, "gpu_places"),
        gpuBusy: integer(row, "gpu_busy"),
      };
    },
  };
}
