/** The ledger's port for upkeep: what died is rescued, what is old is removed. What it promises, `contract/` proves. */
import type { SweepLimits, SweepReport } from "./work-ledger.ts";

export type PruneStep = {
  /** The job whose last rows this step removed. */
  readonly removed: number | null;
  /** There may be more to remove. */
  readonly more: boolean;
};

export type UpkeepLedger = {
  /** Rescues chunks whose lease ran out or that wait in the queue for too long, splits those that keep failing, discards jobs left in preparation. */
  sweep(limits: SweepLimits): Promise<SweepReport>;
  /**
   * One bounded step of removing jobs that ended at least `keepMs` ago, oldest first, and deleted ones when their time to be restored is over. A job is gone for
   * readers from its first step on.
   */
  prune(keepMs: number): Promise<PruneStep>;
};
