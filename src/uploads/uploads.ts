/** Uploads, photos and schedules' files, put together of their store and the ledger: taken in, kept under one name for each content of a tenant, swept when nothing uses them. */
import { randomBytes } from "node:crypto";
import type { UploadLedger } from "../ledger/port/upload-ledger.ts";
import type { Incoming, UploadStore } from "./upload-store.ts";

export type Uploads = Pick<UploadStore, "takeIn" | "drop" | "read"> & {
  /** Keeps what was taken in; resolves to the name of the tenant's file with this content. It is not swept before a submission can be over. */
  keep(incoming: Incoming, tenant: string): Promise<string>;
  /** One walk over the store. Removes what no job and no schedule uses, and what was left half done. */
  sweep(idleMs: number): Promise<void>;
};

const NAMES_A_CALL = 500;

export function createUploads(deps: { readonly store: UploadStore; readonly ledger: UploadLedger }): Uploads {
  const { store, ledger } = deps;

  async function sweepFiles(files: readonly string[], idleMs: number): Promise<void> {
    for (const file of await ledger.forgetUploads(files, idleMs)) {
      // One that is being kept this moment has its file before its row.
      if ((await store.ageMs(file).catch(() => 0)) >= idleMs) await store.remove(file);
    }
  }

  return {
    takeIn: store.takeIn,
    drop: store.drop,
    read: store.read,

    async keep(incoming, tenant) {
      const { sha256 } = incoming;
      // A name of its own each time: whoever sweeps the name before cannot remove this file.
      const file = `${sha256}-${randomBytes(8).toString("hex")}`;
      try {
        await store.place(incoming, file);
        const kept = await ledger.keepUpload({ tenant, sha256, file });
        if (kept === file) return file;
        if (await store.has(kept)) await store.remove(file);
        // Somebody removed it by hand.
        else await store.rename(incoming, file, kept);
        return kept;
      } finally {
        await store.drop(incoming);
      }
    },

    async sweep(idleMs) {
      await store.clearIncoming(idleMs);
      for await (const files of store.list()) {
        for (let at = 0; at < files.length; at += NAMES_A_CALL) {
          await sweepFiles(files.slice(at, at + NAMES_A_CALL), idleMs);
        }
      }
    },
  };
}
