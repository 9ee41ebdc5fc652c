/**
 * The ledger's port for schedules: jobs that repeat. Whoever runs one has taken it under a lease; of several processes one gets it, and one that
 * lost its lease changes nothing any more. A run that makes a job is noted by `sealJob`, all at once with it. Types only: anyone may import this file.
 */
export type ScheduleSource =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "text"; readonly text: string }
  /** One of the tenant's uploads, kept for as long as a schedule names it; `name` is its client's own. */
  | { readonly kind: "file"; readonly file: string; readonly name: string | null }
  | {
      readonly kind: "bucket";
      readonly from: string;
      /** Which parts of a key are what. */
      readonly visits: string;
      /** Photos that no run of the schedule took, or all that are there. */
      readonly take: "new" | "all";
    };

export type NewSchedule = {
  readonly tenant: string;
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly source: ScheduleSource;
  /** Of the manifest. */
  readonly format: string;
  /** Of its submissions, as a query has them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** When it runs first. */
  readonly dueAt: number;
};

/** Without job and error there was nothing new. */
export type ScheduleRun = {
  readonly dueAt: number;
  readonly endedAt: number;
  readonly jobId: number | null;
  readonly error: string | null;
};

export type Schedule = NewSchedule & {
  readonly id: number;
  readonly enabled: boolean;
  /** When the run that is due is tried: later than `dueAt` after an attempt that failed. */
  readonly nextAt: number;
  readonly createdAt: number;
  /** The latest first. */
  readonly runs: readonly ScheduleRun[];
};

/** A run to be made now. `attempts` counts this one. */
export type DueSchedule = Omit<Schedule, "runs" | "enabled" | "createdAt" | "nextAt"> & {
  readonly token: number;
  readonly attempts: number;
};

/** One attempt at one run. */
export type RunInHand = Pick<DueSchedule, "id" | "token" | "dueAt">;

/** A run whose job is being sealed. The next is at `nextDueAt`. */
export type MadeRun = RunInHand & { readonly nextDueAt: number };

export type ScheduleChanges = Partial<
  Pick<NewSchedule, "name" | "cron" | "timeZone" | "source" | "format" | "options" | "dueAt"> & {
    readonly enabled: boolean;
  }
>;

export type ScheduleLedger = {
  addSchedule(schedule: NewSchedule): Promise<Schedule>;
  /** By id, with their last runs; of all tenants for null. */
  listSchedules(tenant: string | null): Promise<readonly Schedule[]>;
  /** Null when there is none. A new `dueAt` forgets what failed before; a run in hand ends without effect then, and makes no job. */
  changeSchedule(id: number, changes: ScheduleChanges): Promise<Schedule | null>;
  /** Its jobs stay; what it took is forgotten by `clearRemovedSchedules`. False when there is none. */
  removeSchedule(id: number): Promise<boolean>;
  /** Removes a bounded part of what removed schedules took; says whether there is more. */
  clearRemovedSchedules(): Promise<{ readonly more: boolean }>;
  /** Takes an enabled schedule whose time has come and that nobody runs, of no tenant among those; null when there is none. */
  takeDueSchedule(leaseMs: number, exceptTenants?: readonly string[]): Promise<DueSchedule | null>;
  /** Keeps the run for `leaseMs` from now, if it is still the caller's. */
  holdScheduleRun(run: RunInHand, leaseMs: number): Promise<void>;
  /**
   * Those of the keys, by 32 hexadecimal digits each, that no run of the schedule took, noted under this attempt: they are taken when its job is sealed, or
   * never were. None for an attempt that is over, or not its holder's any more.
   */
  noteNewKeys(run: RunInHand, digests: readonly string[]): Promise<readonly string[]>;
  /** Those of the keys that the schedule's next run would take; notes nothing. */
  readNewKeys(scheduleId: number, digests: readonly string[]): Promise<readonly string[]>;
  /**
   * The run is over without a job. The next is at `nextDueAt`; where that is null the same run is tried again after `waitMs`.
   * False when it is not the caller's any more: nothing happened then.
   */
  endScheduleRun(
    run: RunInHand,
    end: { readonly error: string | null; readonly nextDueAt: number | null; readonly waitMs: number },
  ): Promise<boolean>;
};
