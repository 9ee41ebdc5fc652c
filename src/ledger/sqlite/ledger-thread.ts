/**
 * Entry of a thread that owns one connection to the embedded database and answers calls of the ledger's port by message.
 * Started by `threaded-ledger.ts` only. An error crosses as its message: SQLite's codes stay on this side.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { EmbeddedLedger } from "../port/ledger.ts";
import { openDatabase } from "./database.ts";
import { createSqliteLedger } from "./sqlite-ledger.ts";

const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

export type LedgerThreadData = { readonly path: string; readonly access: "write" | "read" };
export type LedgerCall = {
  readonly id: number;
  readonly method: keyof EmbeddedLedger;
  readonly args: readonly unknown[];
};
export type LedgerAnswer =
  | { readonly id: number; readonly kind: "value"; readonly value: unknown }
  | { readonly id: number; readonly kind: "error"; readonly message: string; readonly isPassing: boolean };

const port = parentPort;
if (!port) throw new Error("ledger-thread.ts must be started as a worker thread");

const { path, access }: LedgerThreadData = workerData;
const ledger = createSqliteLedger({ db: openDatabase(path, access), now: Date.now });

async function answer(call: LedgerCall): Promise<LedgerAnswer> {
  try {
    const method: (...args: never[]) => Promise<unknown> = ledger[call.method];
    const value = await Reflect.apply(method, ledger, call.args);
    return { id: call.id, kind: "value", value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id: call.id, kind: "error", message, isPassing: isPassing(error) };
  }
}

/** A disk that is full or does not answer: once it has room again, the same call succeeds. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error && "errcode" in error)) return false;
  const primary = Number(error.errcode) & 0xff;
  return primary === SQLITE_FULL || primary === SQLITE_IOERR;
}

port.on("message", async (call: LedgerCall) => {
  port.postMessage(await answer(call));
  if (call.method === "close") port.close();
});
