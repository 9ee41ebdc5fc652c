/**
 * The ledger's port for schedules: jobs that repeat. Whoever runs one has taken it under a lease; of several processes one gets it, and one that
 * lost its lease changes nothing any more. Types only: anyone may import this file.
 */
export type ScheduleSource =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "file"; readonly text: string };

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

export type ScheduleChanges = Partial<
  Pick<NewSchedule, "name" | "cron" | "timeZone" | "options" | "dueAt"> & { readonly enabled: boolean }
>;

export type ScheduleLedger = {
  addSchedule(schedule: NewSchedule): Promise<Schedule>;
  /** By id, with their last runs; of all tenants for null. */
  listSchedules(tenant: string | null): Promise<readonly Schedule[]>;
  /** Null when there is none. A new `dueAt` forgets what failed before; a run in hand ends without effect on it. */
  changeSchedule(id: number, changes: ScheduleChanges): Promise<Schedule | null>;
  /** Its jobs stay. False when there is none. */
  removeSchedule(id: number): Promise<boolean>;
  /** Takes an enabled schedule whose time has come and that nobody runs, of no tenant among those; null when there is none. */
  takeDueSchedule(leaseMs: number, exceptTenants?: readonly string[]): Promise<DueSchedule | null>;
  /**
   * The run is over: with a job, or with an error. The next is at `nextDueAt`; where that is null the same run is tried again after `waitMs`.
   * False when it is not the caller's any more: then a job is noted at its run all the same, and nothing else changes.
   */
  endScheduleRun(
    due: Pick<DueSchedule, "id" | "token" | "dueAt">,
    end: {
      readonly jobId: number | null;
      readonly error: string | null;
      readonly nextDueAt: number | null;
      readonly waitMs: number;
    },
  ): Promise<boolean>;
};
