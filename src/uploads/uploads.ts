/** Uploaded photos, put together of the folder and the ledger: taken in, kept under one name for each content, swept when no job uses them. */
import { randomBytes } from "node:crypto";
import type { UploadLedger } from "../ledger/port/upload-ledger.ts";
import type { Incoming, UploadFolder } from "./upload-folder.ts";

export type Uploads = Pick<UploadFolder, "takeIn" | "drop"> & {
  /** Keeps what was taken in; resolves to the name of the file with this content. It is not swept before a submission can be over. */
  keep(incoming: Incoming): Promise<string>;
  /** One walk over the folder. Removes what no job uses, and what was left half done. */
  sweep(idleMs: number): Promise<void>;
};

const NAMES_A_CALL = 500;

export function createUploads(deps: { readonly folder: UploadFolder; readonly ledger: UploadLedger }): Uploads {
  const { folder, ledger } = deps;

  async function sweepFiles(files: readonly string[], idleMs: number): Promise<void> {
    for (const file of await ledger.forgetUploads(files, idleMs)) {
      // One that is being kept this moment has its file before its row.
      if ((await folder.ageMs(file).catch(() => 0)) >= idleMs) await folder.remove(file);
    }
  }

  return {
    takeIn: folder.takeIn,
    drop: folder.drop,

    async keep(incoming) {
      const { sha256 } = incoming;
      // A name of its own each time: whoever sweeps the name before cannot remove this file.
      const file = `${sha256}-${randomBytes(8).toString("hex")}`;
      await folder.place(incoming, file);
      const kept = await ledger.keepUpload({ sha256, file });
      if (kept === file) return file;
      if (await folder.has(kept)) await folder.remove(file);
      // Somebody removed it by hand.
      else await folder.rename(file, kept);
      return kept;
    },

    async sweep(idleMs) {
      await folder.clearIncoming(idleMs);
      for await (const files of folder.list()) {
        for (let at = 0; at < files.length; at += NAMES_A_CALL) {
          await sweepFiles(files.slice(at, at + NAMES_A_CALL), idleMs);
        }
      }
    },
  };
}
