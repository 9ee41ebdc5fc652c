/**
 * The embedded ledger behind two threads, one that writes and one that reads, so that neither a sync to disk nor a long report
 * holds up the caller's event loop. Promises what the port promises; calls of one side run in the order in which they were made.
 */
import { startThread } from "../../process/start-thread.ts";
import type { EmbeddedLedger } from "../port/ledger.ts";
import { LedgerUnavailable } from "../port/ledger-unavailable.ts";
import { LedgerUnusable } from "../port/ledger-unusable.ts";
import type { LedgerAnswer, LedgerCall, LedgerThreadData } from "./ledger-thread.ts";

/** Batches of rows come and go; a small young generation gives their memory back soon. */
const HEAP = { maxYoungGenerationSizeMb: 8 };

type Pending = { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void };

function startSide(data: LedgerThreadData) {
  const worker = startThread(new URL("./ledger-thread.ts", import.meta.url), { workerData: data, heap: HEAP });
  const pending = new Map<number, Pending>();
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  let lastId = 0;
  let gone: Error | null = null;

  function failAll(error: Error): void {
    gone ??= error;
    for (const { reject } of pending.values()) reject(gone);
    pending.clear();
  }

  worker.on("message", (answer: LedgerAnswer) => {
    const call = pending.get(answer.id);
    pending.delete(answer.id);
    if (answer.kind === "error") {
      call?.reject(answer.isPassing ? new LedgerUnavailable(answer.message) : new Error(answer.message));
    } else call?.resolve(answer.value as never);
  });
  worker.on("error", (cause) => failAll(new Error(`the ${data.access} thread died of ${cause}`, { cause })));
  worker.on("exit", () => failAll(new Error("the ledger is closed")));

  function call<M extends keyof EmbeddedLedger>(
    method: M,
    args: Parameters<EmbeddedLedger[M]>,
  ): ReturnType<EmbeddedLedger[M]> {
    const answer = new Promise((resolve, reject) => {
      if (gone) return reject(gone);
      const id = ++lastId;
      pending.set(id, { resolve, reject });
      worker.postMessage({ id, method, args } satisfies LedgerCall);
    });
    // The thread calls the method of that name, so the answer has its type.
    return answer as ReturnType<EmbeddedLedger[M]>;
  }

  return { call, exited };
}

/** Opens the database file, or makes it. Rejects with LedgerUnusable when it cannot be opened. */
export async function openThreadedLedger(path: string): Promise<EmbeddedLedger> {
  const writer = startSide({ path, access: "write" });
  // The first answer means that the tables are in place for the reader.
  await writer.call("countStores", []).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LedgerUnusable(`the ledger ${path} cannot be opened: ${reason}`, { cause });
  });
  const reader = startSide({ path, access: "read" });
  return {
    openJob: (...args) => writer.call("openJob", args),
    addVisits: (...args) => writer.call("addVisits", args),
    sealJob: (...args) => writer.call("sealJob", args),
    beginRequest: (...args) => writer.call("beginRequest", args),
    holdRequest: (...args) => writer.call("holdRequest", args),
    dropRequest: (...args) => writer.call("dropRequest", args),
    discardJob: (...args) => writer.call("discardJob", args),
    dispatch: (...args) => writer.call("dispatch", args),
    takeOver: (...args) => writer.call("takeOver", args),
    claim: (...args) => writer.call("claim", args),
    record: (...args) => writer.call("record", args),
    renew: (...args) => writer.call("renew", args),
    release: (...args) => writer.call("release", args),
    sweep: (...args) => writer.call("sweep", args),
    recover: (...args) => writer.call("recover", args),
    pauseJob: (...args) => writer.call("pauseJob", args),
    retryImages: (...args) => writer.call("retryImages", args),
    openDraft: (...args) => writer.call("openDraft", args),
    addDraft: (...args) => writer.call("addDraft", args),
    addFreshUrls: (...args) => writer.call("addFreshUrls", args),
    retryWithFreshUrls: (...args) => writer.call("retryWithFreshUrls", args),
    resumeJob: (...args) => writer.call("resumeJob", args),
    setPriority: (...args) => writer.call("setPriority", args),
    deleteJob: (...args) => writer.call("deleteJob", args),
    restoreJob: (...args) => writer.call("restoreJob", args),
    listDeletedJobs: (...args) => writer.call("listDeletedJobs", args),
    prune: (...args) => writer.call("prune", args),
    heartbeat: (...args) => writer.call("heartbeat", args),
    tellHosts: (...args) => writer.call("tellHosts", args),
    readHosts: (...args) => writer.call("readHosts", args),
    giveUpHost: (...args) => writer.call("giveUpHost", args),
    readGivenUpHosts: (...args) => reader.call("readGivenUpHosts", args),
    addAccess: (...args) => writer.call("addAccess", args),
    listAccess: (...args) => reader.call("listAccess", args),
    changeAccess: (...args) => writer.call("changeAccess", args),
    removeAccess: (...args) => writer.call("removeAccess", args),
    readAccess: (...args) => reader.call("readAccess", args),
    leave: (...args) => writer.call("leave", args),
    cancelJob: (...args) => writer.call("cancelJob", args),
    addAlert: (...args) => writer.call("addAlert", args),
    listAlerts: (...args) => writer.call("listAlerts", args),
    changeAlert: (...args) => writer.call("changeAlert", args),
    removeAlert: (...args) => writer.call("removeAlert", args),
    takeDueAlert: (...args) => writer.call("takeDueAlert", args),
    noteCauses: (...args) => writer.call("noteCauses", args),
    noteEnds: (...args) => writer.call("noteEnds", args),
    decideToTell: (...args) => writer.call("decideToTell", args),
    readTellings: (...args) => writer.call("readTellings", args),
    tell: (...args) => writer.call("tell", args),
    addAlertTest: (...args) => writer.call("addAlertTest", args),
    readJobsWhoseUrlsEnd: (...args) => reader.call("readJobsWhoseUrlsEnd", args),
    addSchedule: (...args) => writer.call("addSchedule", args),
    listSchedules: (...args) => writer.call("listSchedules", args),
    changeSchedule: (...args) => writer.call("changeSchedule", args),
    removeSchedule: (...args) => writer.call("removeSchedule", args),
    takeDueSchedule: (...args) => writer.call("takeDueSchedule", args),
    holdScheduleRun: (...args) => writer.call("holdScheduleRun", args),
    noteNewKeys: (...args) => writer.call("noteNewKeys", args),
    readNewKeys: (...args) => reader.call("readNewKeys", args),
    clearRemovedSchedules: (...args) => writer.call("clearRemovedSchedules", args),
    endScheduleRun: (...args) => writer.call("endScheduleRun", args),
    addEndpoint: (...args) => writer.call("addEndpoint", args),
    listEndpoints: (...args) => writer.call("listEndpoints", args),
    changeEndpoint: (...args) => writer.call("changeEndpoint", args),
    rotateEndpoint: (...args) => writer.call("rotateEndpoint", args),
    removeEndpoint: (...args) => writer.call("removeEndpoint", args),
    readUnannounced: (...args) => writer.call("readUnannounced", args),
    announceEnd: (...args) => writer.call("announceEnd", args),
    addPing: (...args) => writer.call("addPing", args),
    replayDelivery: (...args) => writer.call("replayDelivery", args),
    takeDue: (...args) => writer.call("takeDue", args),
    recordAttempt: (...args) => writer.call("recordAttempt", args),
    readDelivery: (...args) => writer.call("readDelivery", args),
    listDeliveries: (...args) => writer.call("listDeliveries", args),
    keepUpload: (...args) => writer.call("keepUpload", args),
    touchUpload: (...args) => writer.call("touchUpload", args),
    forgetUploads: (...args) => writer.call("forgetUploads", args),
    hasKeys: (...args) => reader.call("hasKeys", args),
    addKey: (...args) => writer.call("addKey", args),
    readKey: (...args) => reader.call("readKey", args),
    listKeys: (...args) => reader.call("listKeys", args),
    revokeKey: (...args) => writer.call("revokeKey", args),
    expireKey: (...args) => writer.call("expireKey", args),
    touchKey: (...args) => writer.call("touchKey", args),
    addSession: (...args) => writer.call("addSession", args),
    readSession: (...args) => reader.call("readSession", args),
    removeSession: (...args) => writer.call("removeSession", args),
    addAuditEntry: (...args) => writer.call("addAuditEntry", args),
    listAuditEntries: (...args) => reader.call("listAuditEntries", args),
    keepPrints: (...args) => writer.call("keepPrints", args),
    findAlike: (...args) => reader.call("findAlike", args),
    findAlikeTo: (...args) => reader.call("findAlikeTo", args),
    addReuses: (...args) => writer.call("addReuses", args),
    listReviews: (...args) => reader.call("listReviews", args),
    readReview: (...args) => reader.call("readReview", args),
    readReviewHistory: (...args) => reader.call("readReviewHistory", args),
    countReviews: (...args) => reader.call("countReviews", args),
    readShares: (...args) => reader.call("readShares", args),
    readFigures: (...args) => reader.call("readFigures", args),
    addUpSums: (...args) => writer.call("addUpSums", args),
    countSumChanges: (...args) => reader.call("countSumChanges", args),
    readKeySums: (...args) => reader.call("readKeySums", args),
    readKeyCauses: (...args) => reader.call("readKeyCauses", args),
    readCells: (...args) => reader.call("readCells", args),
    readCauseCells: (...args) => reader.call("readCauseCells", args),
    readThroughput: (...args) => reader.call("readThroughput", args),
    readStoreNames: (...args) => reader.call("readStoreNames", args),
    listAnyImages: (...args) => reader.call("listAnyImages", args),
    decideReviews: (...args) => writer.call("decideReviews", args),
    readTruthSettings: (...args) => reader.call("readTruthSettings", args),
    putTruthSettings: (...args) => writer.call("putTruthSettings", args),
    readTenantTimes: (...args) => reader.call("readTenantTimes", args),
    putTenantTimes: (...args) => writer.call("putTenantTimes", args),
    readStorePlaces: (...args) => reader.call("readStorePlaces", args),
    undoStoreVersion: (...args) => writer.call("undoStoreVersion", args),
    listStoreVersions: (...args) => reader.call("listStoreVersions", args),
    readStoreRecords: (...args) => reader.call("readStoreRecords", args),
    importStores: (...args) => writer.call("importStores", args),
    countStores: (...args) => reader.call("countStores", args),
    unknownStores: (...args) => reader.call("unknownStores", args),
    readStore: (...args) => reader.call("readStore", args),
    readStores: (...args) => reader.call("readStores", args),
    readJob: (...args) => reader.call("readJob", args),
    listJobs: (...args) => reader.call("listJobs", args),
    readUnfinished: (...args) => reader.call("readUnfinished", args),
    readFleet: (...args) => writer.call("readFleet", args),
    readTenant: (...args) => reader.call("readTenant", args),
    readBacklog: (...args) => reader.call("readBacklog", args),
    readLastEnd: (...args) => reader.call("readLastEnd", args),
    readEnds: (...args) => reader.call("readEnds", args),
    readFailures: (...args) => reader.call("readFailures", args),
    readStoreActivity: (...args) => reader.call("readStoreActivity", args),
    readOneStoreActivity: (...args) => reader.call("readOneStoreActivity", args),
    readStoreDays: (...args) => reader.call("readStoreDays", args),
    readAreas: (...args) => reader.call("readAreas", args),
    readImages: (...args) => reader.call("readImages", args),
    readLaterReuses: (...args) => reader.call("readLaterReuses", args),
    readPastResults: (...args) => reader.call("readPastResults", args),
    readVisitRows: (...args) => reader.call("readVisitRows", args),
    readMeasuredSums: (...args) => reader.call("readMeasuredSums", args),
    readResults: (...args) => reader.call("readResults", args),
    readVisits: (...args) => reader.call("readVisits", args),
    async close() {
      await reader.call("close", []);
      await writer.call("close", []);
      await Promise.all([reader.exited, writer.exited]);
    },
  };
}
