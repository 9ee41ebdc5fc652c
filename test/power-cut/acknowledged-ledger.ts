/**
 * A ledger that tells the log of each answer: after every call that may write, one line says which call it was and what the whole ledger
 * looks like now. One call at a time, so that every state between two lines is a fault, or the call in hand.
 */
import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Ledger } from "../../src/ledger/port/ledger.ts";

export type Acknowledgement = {
  readonly call: string;
  /** Of the ledger itself; the others are about photos, and may come while a call is in hand. */
  readonly isOfLedger: boolean;
  /** Of every row of every table, after the last call of the ledger. */
  readonly state: string;
  /** The call is several transactions: a cut may also leave what is between them. */
  readonly inSteps: boolean;
  /** Uploaded photos that must be there from now on, by their names in the upload folder. */
  readonly photos: readonly string[];
};

const IN_STEPS: ReadonlySet<string> = new Set(["open", "discardJob", "sweep", "announceEnd"]);

/** A digest of every row of every table. */
export function readState(db: DatabaseSync): string {
  const digest = createHash("sha256");
  const tables = db.prepare("select name from sqlite_schema where type = 'table' order by name").all();
  for (const { name } of tables) {
    const rows = db.prepare(`select * from "${name}"`);
    rows.setReturnArrays(true);
    digest.update(JSON.stringify([name, rows.all()]));
  }
  return digest.digest("hex").slice(0, 16);
}

export function createAcknowledgements(deps: {
  /** Of the file that takes the lines. */
  readonly fd: number;
  /** Reads beside the ledger. */
  readonly look: DatabaseSync;
  readonly photos: ReadonlySet<string>;
}) {
  let last: Promise<unknown> = Promise.resolve();
  let state = "";

  function write(call: string, isOfLedger: boolean): void {
    const line: Acknowledgement = {
      call,
      isOfLedger,
      state,
      inSteps: IN_STEPS.has(call),
      photos: [...deps.photos],
    };
    writeSync(deps.fd, `${JSON.stringify(line)}\n`);
  }

  function tellLedger(call: string): void {
    state = readState(deps.look);
    write(call, true);
  }

  const after =
    <A extends unknown[], R>(call: string, method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const answer = last
        .then(() => method(...args))
        .then((value) => {
          tellLedger(call);
          return value;
        });
      last = answer.catch(() => {});
      return await answer;
    };

  return {
    tellLedger,
    tellPhotos: (call: string) => write(call, false),
    /** The methods that the workload uses to write. */
    acknowledged: (ledger: Ledger): Ledger => ({
      ...ledger,
      openJob: after("openJob", ledger.openJob),
      addVisits: after("addVisits", ledger.addVisits),
      sealJob: after("sealJob", ledger.sealJob),
      discardJob: after("discardJob", ledger.discardJob),
      beginRequest: after("beginRequest", ledger.beginRequest),
      dispatch: after("dispatch", ledger.dispatch),
      claim: after("claim", ledger.claim),
      record: after("record", ledger.record),
      renew: after("renew", ledger.renew),
      release: after("release", ledger.release),
      sweep: after("sweep", ledger.sweep),
      cancelJob: after("cancelJob", ledger.cancelJob),
      pauseJob: after("pauseJob", ledger.pauseJob),
      resumeJob: after("resumeJob", ledger.resumeJob),
      setPriority: after("setPriority", ledger.setPriority),
      retryImages: after("retryImages", ledger.retryImages),
      prune: after("prune", ledger.prune),
      importStores: after("importStores", ledger.importStores),
      addEndpoint: after("addEndpoint", ledger.addEndpoint),
      announceEnd: after("announceEnd", ledger.announceEnd),
      takeDue: after("takeDue", ledger.takeDue),
      recordAttempt: after("recordAttempt", ledger.recordAttempt),
      keepUpload: after("keepUpload", ledger.keepUpload),
      forgetUploads: after("forgetUploads", ledger.forgetUploads),
    }),
  };
}
