/** The members of the fleet. With an embedded database that is the one process that owns it; the port is the same. */
import type { DatabaseSync } from "node:sqlite";
import type { FleetLedger } from "../ledger.ts";
import { inTransaction } from "./database.ts";
import { integer } from "./row.ts";

const FORGET_SILENT = `
  delete from members where alive_until <= ?`;

const PUT_MEMBER = `
  insert into members (id, window_images, window_chunks, threads, alive_until)
  values (:id, :windowImages, :windowChunks, :threads, :aliveUntil)
  on conflict (id) do update
  set window_images = excluded.window_images, window_chunks = excluded.window_chunks, threads = excluded.threads,
      alive_until = excluded.alive_until`;

const REMOVE_MEMBER = `
  delete from members where id = ?`;

const READ_FLEET = `
  select count(*) as members, coalesce(sum(window_images), 0) as window_images,
         coalesce(sum(window_chunks), 0) as window_chunks, coalesce(sum(threads), 0) as threads
  from members where alive_until > ?`;

export function createFleet(deps: { db: DatabaseSync; now: () => number }): FleetLedger {
  const { db, now } = deps;
  const forgetSilent = db.prepare(FORGET_SILENT);
  const putMember = db.prepare(PUT_MEMBER);
  const removeMember = db.prepare(REMOVE_MEMBER);
  const readFleet = db.prepare(READ_FLEET);

  return {
    async heartbeat({ id, windowImages, windowChunks, threads }, aliveMs) {
      inTransaction(db, () => {
        forgetSilent.run(now());
        putMember.run({ id, windowImages, windowChunks, threads, aliveUntil: now() + aliveMs });
      });
    },

    async leave(memberId) {
      removeMember.run(memberId);
    },

    async readFleet() {
      const row = readFleet.get(now());
      if (!row) throw new Error("a sum must give a row");
      return {
        members: integer(row, "members"),
        windowImages: integer(row, "window_images"),
        windowChunks: integer(row, "window_chunks"),
        threads: integer(row, "threads"),
      };
    },
  };
}
