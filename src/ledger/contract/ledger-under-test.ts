/** What the parts of the ledger's contract share: a ledger whose clock the test moves. Tests only. */
import type { Ledger } from "../port/ledger.ts";

export const LEASE_MS = 1_000;
export const SWEEP = { queuedMs: 60_000, preparingMs: 3_600_000 } as const;

export type LedgerUnderTest = {
  readonly ledger: Ledger;
  readonly passTime: (ms: number) => Promise<void>;
  /** Bytes of the index of windows, which no method of the port shows. */
  readonly indexedBytes: () => Promise<number>;
  /** From now on each such write of a row of this table fails, as on a disk that is full; until the returned function is called. */
  readonly refuse: (write: "insert" | "update" | "delete", table: string) => Promise<() => Promise<void>>;
  /** Puts all prints into the form in which a version before kept them. */
  readonly asVersionBefore: () => Promise<void>;
};

/** Opens a ledger for one test and closes it afterwards. */
export type WithLedger = (test: (under: LedgerUnderTest) => Promise<void>) => Promise<void>;
